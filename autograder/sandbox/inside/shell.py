"""The in-process IPython shell: what a notebook's kernel does, without a kernel."""

import ast
import asyncio
import builtins
import getpass
import inspect
import linecache
import os
import warnings
from collections.abc import Iterator, Sequence
from contextlib import suppress
from types import CodeType
from typing import Any, Final, NoReturn

from IPython.core.compilerop import CachingCompiler
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.error import StdinNotImplementedError
from IPython.core.interactiveshell import ExecutionResult, InteractiveShell
from traitlets.config import Config

from .lazy import install_lazy_pyplot, load_pyplot
from .outputs import Collector
from .values import type_name

_MAX_MESSAGE: Final = 4000
_modules_by_file: Final[dict[str, str]] = vars(inspect)["modulesbyfile"]  # what `inspect.getmodule` found before

# Run once in the template: what Python, numpy and IPython import lazily cannot be imported as fast later.
# What raises comes last: for its traceback, every module loaded so far is looked at, once.
_WARM: Final = (
    "1 + 1",
    "%timeit -n1 -r1 1",
    "from IPython.display import display, HTML\ndisplay(HTML('x'))",
    "import numpy as np\nnp.random.seed(0); np.linalg.svd(np.eye(3)); np.random.default_rng(0); np.arange(3.0)",
    "def f(:",
    "def f():\n    assert np.allclose([1.0], [2.0]), 'x'\n\nf()",
)
_PRACTICE: Final = "def f(x):\n    return x + 1\n\na = f(1)\nassert a == 2\nprint(a)\na"
_PRACTICE_ROUNDS: Final = 20
_WARM_PLOTS: Final = (
    "%matplotlib inline",
    "import matplotlib.pyplot as plt\nplt.plot([1, 2]); plt.title('x'); plt.show()",
    "plt.figure(); plt.contourf([[0, 1], [1, 0]]); plt.scatter([0], [0]); plt.legend(['x'])",
    "plt.close('all')",
)


class CellCompiler(CachingCompiler):  # type: ignore[misc, unused-ignore]
    """Names the code of a cell after its place among the cells that were run: ``<cell 3>``."""

    cell_number = 0
    flags: int
    _parsed: tuple[str, int, ast.AST] | None = None

    def __init__(self) -> None:
        super().__init__()
        self._learned: dict[tuple[str, str, int], ast.Module] = {}
        self._codes: dict[int, list[CodeType]] = {}  # of a learned cell's statements, by their list's identity

    def learn(self, cells: Sequence[str]) -> None:
        """Compile the cells that most submissions hold, in the template for all of them; other ones are forgotten."""
        self._learned.clear()
        self._codes.clear()
        for number, source in enumerate(map(_ended, cells), start=1):
            name, flags = f"<cell {number}>", self.flags
            with suppress(Exception), warnings.catch_warnings():  # a magic; what is said of a cell is said when it runs
                warnings.simplefilter("error")
                tree = super().ast_parse(source, name)
                with self.extra_flags(ast.PyCF_ALLOW_TOP_LEVEL_AWAIT):
                    codes = [self(one, name, mode) for one, mode in _statements(tree)]
                if self.flags == flags and not any(code.co_flags & inspect.CO_COROUTINE for code in codes):
                    self._learned[name, source, flags] = tree
                    self._codes[id(tree.body)] = codes
            self.flags = flags

    def learned(self, statements: list[ast.stmt]) -> list[CodeType] | None:
        """The code of each statement, as IPython compiles them, where these are a learned cell's."""
        return self._codes.get(id(statements))

    def begin(self, number: int) -> None:
        """Say which cell comes."""
        self.cell_number = number
        # No module is made of a cell: else every traceback would look through all there are, several times a frame.
        name = f"<cell {number}>"
        _modules_by_file[name] = ""
        with suppress(OSError):  # a cell may have removed the folder that it is in
            _modules_by_file[os.path.join(os.getcwd(), name)] = ""  # noqa: PTH109, PTH118  as inspect makes it

    def parsed(self, source: str, *, as_learned: bool) -> None:
        """Parse a cell for `ast_parse`, which comes next, or take what is known of it where that may be.

        Raises:
            SyntaxError: It isn't Python; or another of the errors of ``compile``.
        """
        name = f"<cell {self.cell_number}>"
        tree = self._learned.get((name, source, self.flags)) if as_learned else None
        self._parsed = source, self.flags, tree or super().ast_parse(source, name)

    def ast_parse(self, source: str, filename: str = "<unknown>", symbol: str = "exec") -> ast.AST:
        """As IPython's; what was parsed a moment ago isn't parsed again."""
        kept, self._parsed = self._parsed, None
        if kept is not None and kept[:2] == (source, self.flags) and symbol == "exec":
            return kept[2]
        tree: ast.AST = super().ast_parse(source, filename, symbol)
        return tree

    def get_code_name(self, raw_code: str, transformed_code: str, number: int) -> str:
        """The name that tracebacks show."""
        return f"<cell {self.cell_number}>"

    def format_code_name(self, name: str) -> tuple[str, str] | None:
        """As it is, without IPython's ``In[3]``."""
        return ("Cell", name) if name in self._filename_map else None


class _Publisher(DisplayPublisher):  # type: ignore[misc, unused-ignore]
    collector: Collector

    def publish(
        self, data: Any, metadata: Any = None, *_: Any, transient: Any = None, update: bool = False, **__: Any
    ) -> None:
        display_id = (transient or {}).get("display_id")
        if update and display_id is not None:
            self.collector.update(display_id, data, metadata or {})
        elif not update:
            output = {"output_type": "display_data", "data": data, "metadata": metadata or {}}
            self.collector.display(output, display_id)

    def clear_output(self, wait: bool = False) -> None:
        self.collector.clear(wait=wait)


class _Hook(DisplayHook):  # type: ignore[misc, unused-ignore]
    collector: Collector

    def write_output_prompt(self) -> None:
        """The prompt is the output's ``execution_count``."""

    def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
        output = {"output_type": "execute_result", "execution_count": self.prompt_count}
        self.collector.display({**output, "data": format_dict, "metadata": md_dict or {}})

    def finish_displayhook(self) -> None:
        """Nothing to flush."""


class ZMQInteractiveShell(InteractiveShell):  # type: ignore[misc, unused-ignore]
    """The shell; libraries look at the name of its class to know a notebook."""

    collector: Collector
    own_transformers: tuple[list[Any], ...] = ()

    async def run_ast_nodes(
        self,
        nodelist: list[ast.stmt],
        cell_name: str,
        interactivity: str = "last_expr",
        compiler: Any = compile,
        result: ExecutionResult | None = None,
    ) -> bool | None:
        """As IPython's, but for the compiling where that has been done."""
        codes = self.compile.learned(nodelist)
        if codes is None or interactivity != "last_expr":
            ran: bool | None = await super().run_ast_nodes(nodelist, cell_name, interactivity, compiler, result)
            return ran
        for code in codes:
            if await self.run_code(code, result):
                return True
        return False

    def enable_gui(self, gui: Any = None) -> None:
        """There is no screen."""

    def ask_exit(self) -> NoReturn:
        """``exit()`` in a cell ends the cell."""
        raise SystemExit

    def _format_exception_for_storage(self, *_: Any, **__: Any) -> list[Any]:
        """Nothing: IPython would make every traceback a second time, for a history that nobody can read."""
        return []

    def _showtraceback(self, etype: Any, evalue: Any, stb: list[str]) -> None:
        self.collector.error(type_name(evalue), text_of(evalue), stb)


def text_of(error: BaseException) -> str:
    """``str(error)``, cut, and without the error that a student's own ``__str__`` may raise."""
    try:
        return str.__str__(str(error))[:_MAX_MESSAGE]
    except BaseException as another:  # student code
        return f"<its text raised {type_name(another)}>"


def make_shell(collector: Collector) -> ZMQInteractiveShell:
    """The one shell of a template, its lazy imports done."""
    config = Config()
    # IPython's history starts a thread and opens a database: neither survives a fork.
    config.HistoryManager.enabled = False
    config.HistoryManager.hist_file = ":memory:"
    config.InteractiveShell.colors = "nocolor"
    for kind in (_Publisher, _Hook, ZMQInteractiveShell):
        kind.collector = collector
    ZMQInteractiveShell.display_pub_class = _Publisher
    ZMQInteractiveShell.displayhook_class = _Hook
    ZMQInteractiveShell.compiler_class = CellCompiler
    shell: ZMQInteractiveShell = ZMQInteractiveShell.instance(config=config)
    shell.system = shell.system_raw  # no terminal inside; descriptors 1 and 2 are captured
    shell.set_hook("show_in_pager", lambda *_args: None, 0)
    builtins.input = getpass.getpass = _no_input
    warnings.filterwarnings("ignore", message="To exit: use")
    install_lazy_pyplot()
    asyncio.run(_practise(shell))
    warm(shell, _WARM)
    shell.own_transformers = _transformers(shell)
    return shell


def warm_plots(shell: ZMQInteractiveShell) -> None:
    """Load pyplot with its inline backend, and draw once."""
    load_pyplot()
    warm(shell, _WARM_PLOTS)


def warm(shell: ZMQInteractiveShell, sources: tuple[str, ...]) -> None:
    """Run these, and leave the shell as if nothing had been run."""
    for source in sources:
        shell.run_cell(source, store_history=False)
    for name in [one for one in linecache.cache if one.startswith("<cell ")]:
        del linecache.cache[name]
    shell.compile._filename_map.clear()
    shell.reset(new_session=True)
    shell.execution_count = 1
    shell.collector.take()


def _no_input(prompt: object = "", *_: object, **__: object) -> NoReturn:
    raise StdinNotImplementedError("input() can't be used while a notebook is graded: nobody is there to answer")


async def _practise(shell: ZMQInteractiveShell) -> None:
    """Run a small cell so often that Python has specialized the shell's own code, once for all submissions."""
    for number in range(_PRACTICE_ROUNDS):
        shell.compile.begin(number)
        await run_source(shell, _PRACTICE)


async def run_source(shell: ZMQInteractiveShell, source: str) -> ExecutionResult:
    """Run a cell as a kernel does, with ``await`` at its top level where it uses that."""
    preprocessing: Any = None
    try:
        transformed = _transformed(shell, source)
    except Exception as error:  # a student's own transformer
        transformed, preprocessing = source, (type(error), error, error.__traceback__)
    result = await shell.run_cell_async(
        source, store_history=True, transformed_cell=transformed, preprocessing_exc_tuple=preprocessing
    )
    shell.events.trigger("post_execute")  # run_cell_async leaves this to its caller; figures are shown by it
    shell.events.trigger("post_run_cell", result)
    await asyncio.sleep(0)  # lets tasks that the cell made begin, as a kernel does
    return result


def _transformed(shell: ZMQInteractiveShell, source: str) -> str:
    """The cell as Python: plain Python is what IPython's transformers would give back.

    They tokenize it again and again, 2 ms a kilobyte, to find magics, help and shell lines; none of these is
    Python. Leading blank lines they strip, and a single line (as ``exit``) may be more to them, so those go
    their way, as does everything once a cell added a transformer.
    """
    if "\n" in source and source[:1].strip() and _transformers(shell) == shell.own_transformers:
        ended = _ended(source)
        try:
            shell.compile.parsed(ended, as_learned=not shell.ast_transformers)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            pass  # a magic, or a mistake to be shown as one
        else:
            return ended
    return str(shell.transform_cell(source))


def _statements(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    """A cell's statements, each with the mode in which IPython compiles it: the last shows its value."""
    for statement in tree.body:
        if statement is tree.body[-1] and isinstance(statement, ast.Expr):
            yield ast.Interactive([statement]), "single"
        else:
            yield ast.Module([statement], []), "exec"


def _ended(source: str) -> str:
    return source if source.endswith("\n") else source + "\n"


def _transformers(shell: ZMQInteractiveShell) -> tuple[list[Any], ...]:
    manager = shell.input_transformer_manager
    kinds = (manager.cleanup_transforms, manager.line_transforms, manager.token_transformers)
    return (*(list(kind) for kind in kinds), list(shell.input_transformers_post))
