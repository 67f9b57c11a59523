"""The program: which commands there are, and what an error becomes."""

import sys
from typing import Any, ClassVar

from nbgrader.apps.baseapp import NbGrader
from traitlets import TraitError
from traitlets.utils.importstring import import_item

from autograder.cli.command import COMMANDS, Command
from autograder.errors import AutograderError
from autograder.printable import on_one_line

WRONG_USE = 2


class Program(NbGrader):
    """Auto-graded numpy assignments: build, check, grade."""

    name = "autograder"
    description = "Auto-graded numpy assignments: hidden checks, a sandbox, nbgrader's gradebook."
    # By name: a command loads what it needs, and nothing of the others.
    subcommands: ClassVar[dict[str, Any]] = {
        name: (f"autograder.cli.{name}.{name.title()}Command", text) for name, text in COMMANDS.items()
    }


def command_named(name: str) -> type[Command]:
    """The class of a command."""
    found: type[Command] = import_item(Program.subcommands[name][0])
    return found


def run(argv: list[str]) -> int:
    """Run the command line; the exit code."""
    try:
        return _run(argv)
    except (AutograderError, TraitError) as error:
        print(f"autograder: {on_one_line(str(error))}", file=sys.stderr)
        return WRONG_USE
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has gone, as after `| head`
        return 1


def _run(argv: list[str]) -> int:
    known = ", ".join(Program.subcommands)
    if not argv or (argv[0] not in Program.subcommands and not argv[0].startswith("-")):
        wrong = f"there is no command '{argv[0]}'" if argv else "a command is missing"
        raise AutograderError(f"{wrong}: it is one of {known}", remedy="See: autograder --help")
    program = Program()
    _refuse_unknown_options(argv)
    try:
        if argv[0] in Program.subcommands:
            command_named(argv[0]).clear_instance()  # traitlets keeps one, with the options of an earlier call
        program.initialize(argv)
    except SystemExit as stopped:  # traitlets leaves with 1 when an option is wrong
        return WRONG_USE if stopped.code == 1 else int(stopped.code or 0)
    chosen = program.subapp
    if not isinstance(chosen, Command):
        program.print_help()
        return WRONG_USE
    return chosen.run()


def _refuse_unknown_options(argv: list[str]) -> None:
    """Refuse what traitlets would pass over with a warning: an option that has no effect is a mistake."""
    command = command_named(argv[0]) if argv[0] in Program.subcommands else Program
    known = {"help", "help-all", "version", "show-config", "show-config-json", "generate-config"}
    for names in (*command.aliases, *command.flags):
        known |= {names} if isinstance(names, str) else set(names)
    for word in argv[1:]:
        name = word.partition("=")[0].removeprefix("--")
        if word.startswith("--") and "." not in name and name not in known:
            raise AutograderError(f"there is no option '--{name}'", remedy=f"See: autograder {argv[0]} --help")
