"""What the pages say can be typed: every command in them exists, with its options."""

import shlex
from pathlib import Path

import pytest
from commands import PROJECT
from nbgrader.apps import NbGraderApp
from tutorials import DOCS, blocks_of

from autograder.cli.program import Program, _refuse_unknown_options

PAGES = sorted([*DOCS.glob("*.md"), PROJECT / "README.md", PROJECT / "CONTRIBUTING.md"])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_of_a_page_exist(page: Path) -> None:
    for block in blocks_of(page):
        if block.language != "sh":
            continue
        for line in block.text.splitlines():
            program, *words = shlex.split(line, comments=True) or [""]
            if program == "autograder":
                assert words[0] in Program.subcommands, line
                _refuse_unknown_options(words)
            elif program == "nbgrader":
                assert words[0].replace("-", "_") in NbGraderApp.subcommands, line
