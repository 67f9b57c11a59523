"""What the site takes from the code as it is: the commands and the options, with their defaults."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from traitlets import TraitType
from traitlets.config import Configurable

from autograder.cli.command import COMMANDS, Command
from autograder.cli.program import command_named
from autograder.frame.options import Autograder

_ROOT = Path(__file__).parents[1]
_TO_ROOT = re.compile(r"\]\((\w+\.md)\)")  # of the files at the project's top
_MEBIBYTE = 2**20
_PAGES = {"SECURITY.md": "security.md", "CHANGELOG.md": "changes.md"}


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Put what the code says in the place of the comments that ask for it."""
    for asked, made in (("commands", _commands), ("options", _options)):
        comment = f"<!-- {asked} -->"
        if comment in markdown:
            markdown = markdown.replace(comment, "\n".join(made()))
    return _TO_ROOT.sub(lambda found: f"]({_PAGES.get(found[1], found[1])})", markdown)


def _commands() -> Iterator[str]:
    for command in map(command_named, COMMANDS):
        yield f"## autograder {command.name}\n"
        yield f"{command.description}\n"
        if command.examples:
            yield f"```sh\n{command.examples}\n```\n"
        own = [*_flags(command), *_aliases(command)]
        if own:
            yield "| option | default | meaning |\n|---|---|---|"
            yield from own
            yield ""


def _flags(command: type[Command]) -> Iterator[str]:
    for name, (_, meaning) in command.flags.items():
        if name not in Command.flags:
            yield f"| `--{name}` | | {_cell(meaning)} |"


def _aliases(command: type[Command]) -> Iterator[str]:
    owners = {owner.__name__: owner for owner in (command, Autograder)}
    for name, trait in command.aliases.items():
        if name in Command.aliases:
            continue
        section, _, attribute = trait.partition(".")
        found = owners[section].class_traits().get(attribute) if section in owners else None
        meaning, default = (found.help, _default(found)) if found else (f"Sets `{trait}`.", "")
        yield f"| `--{name}` | {default} | {_cell(meaning)} |"


def _options() -> Iterator[str]:
    yield "| option | default | meaning |\n|---|---|---|"
    for name, trait in sorted(_own_traits(Autograder)):
        yield f"| `{name}` | {_default(trait)} | {_cell(trait.help)} |"


def _own_traits(owner: type[Configurable]) -> Iterator[tuple[str, TraitType[Any, Any]]]:
    yield from owner.class_own_traits(config=True).items()


def _default(trait: TraitType[Any, Any]) -> str:
    value = trait.default()
    if isinstance(value, int) and value >= _MEBIBYTE and value % _MEBIBYTE == 0:
        return f"{value // _MEBIBYTE} MiB"
    return f"`{value!r}`" if value not in ("", None) else ""


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
