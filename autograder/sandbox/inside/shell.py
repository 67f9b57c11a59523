"""An IPython shell without a kernel: what cells expect of one, in this process."""

import builtins
import contextlib
import getpass
import io
import sys
from typing import Any

from IPython.core.compilerop import CachingCompiler
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.error import StdinNotImplementedError
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from .outputs import Outputs

_MAX_MESSAGE = 4_000  # characters of an exception's text
_MAX_TRACEBACK = 100  # lines

# What a notebook may need only once the walls are up, when nothing can be imported any more from places
# that are gone by then: tracebacks, syntax errors, display, timing, linear algebra, random generators.
_WARM_UP = (
    "1 + 1",
    "1 / 0",
    "def f(:",
    "%timeit -n1 -r1 1",
    "import warnings; warnings.warn('warm')",
    "import numpy as np; np.random.seed(0); np.linalg.svd(np.eye(3)); np.random.default_rng(0); np.arange(3.0)",
    "from IPython.display import display, HTML, Markdown; display(HTML(''), Markdown(''))",
    "help(len)",
)
_WARM_PLOTS = (
    "%matplotlib inline",
    "import matplotlib.pyplot as plt; f, a = plt.subplots(); a.plot([1, 2], label='$x_1$'); a.set_title('x'); a.legend(); plt.show()",
)

OUTPUTS = Outputs()


class Publisher(DisplayPublisher):  # type: ignore[misc]
    """Where ``display`` leads."""

    def publish(
        self, data: Any, metadata: Any = None, *args: Any, transient: Any = None, update: bool = False, **kwargs: Any
    ) -> None:
        """Add a display, or change one."""
        display_id = (transient or {}).get("display_id", "")
        if update:
            OUTPUTS.update(display_id, data, metadata or {})
            return
        OUTPUTS.add(
            {"output_type": "display_data", "data": data, "metadata": metadata or {}, "display_id": display_id}
        )

    def clear_output(self, wait: bool = False) -> None:
        """Forget what was printed."""
        OUTPUTS.clear(wait)


class Hook(DisplayHook):  # type: ignore[misc]
    """Where the value of a cell's last line leads."""

    def write_output_prompt(self) -> None:
        """Nothing: notebooks show the number themselves."""

    def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
        """Add the cell's result."""
        OUTPUTS.add(
            {
                "output_type": "execute_result",
                "execution_count": self.prompt_count,
                "data": format_dict,
                "metadata": md_dict or {},
            }
        )

    def finish_displayhook(self) -> None:
        """Nothing to flush."""


class Compiler(CachingCompiler):  # type: ignore[misc]
    """Names the code of a cell after its number."""

    def get_code_name(self, raw_code: str, transformed_code: str, number: int) -> str:
        """The file name under which the cell's lines are found."""
        return f"<cell {number}>"


class ZMQInteractiveShell(InteractiveShell):  # type: ignore[misc]
    """The shell; libraries tell a notebook from a terminal by this class's name."""

    display_pub_class = Publisher
    displayhook_class = Hook
    compiler_class = Compiler

    def enable_gui(self, gui: Any = None) -> None:
        """No event loop of a toolkit runs here."""

    def _showtraceback(self, etype: Any, evalue: Any, stb: Any) -> None:
        OUTPUTS.add(
            {
                "output_type": "error",
                "ename": str(getattr(etype, "__name__", "Exception")),
                "evalue": text_of(evalue)[:_MAX_MESSAGE],
                "traceback": [str(line) for line in stb][:_MAX_TRACEBACK],
            }
        )


def text_of(error: object) -> str:
    """An exception's text, whatever its ``__str__`` does."""
    try:
        return str(error)
    except BaseException:
        return "(its text could not be had)"


def make_shell() -> ZMQInteractiveShell:
    """A warm shell that has run nothing."""
    config = Config()
    config.HistoryManager.enabled = False  # it would start a thread and open a database before the fork
    config.HistoryManager.hist_file = ":memory:"
    config.InteractiveShell.colors = "nocolor"
    shell: ZMQInteractiveShell = ZMQInteractiveShell.instance(config=config)
    shell.config.IPKernelApp = Config()  # libraries look for it to tell that they are in a notebook
    builtins.input = getpass.getpass = _no_input
    shell.system = shell.system_raw  # there is no terminal to give to a program
    shell.set_hook("show_in_pager", lambda _self, data, start=0, screen_lines=0: print(_plain(data)), 0)
    _run_silently(shell, _WARM_UP)
    return shell


def warm_plots(shell: ZMQInteractiveShell) -> None:
    """Load matplotlib with its fonts and draw once."""
    _run_silently(shell, _WARM_PLOTS)


def _run_silently(shell: ZMQInteractiveShell, cells: tuple[str, ...]) -> None:
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        for cell in cells:
            shell.run_cell(cell, store_history=False)
        shell.reset(new_session=True)
    shell.execution_count = 1
    OUTPUTS.reset(OUTPUTS.max_bytes)
    sys.last_value = sys.last_traceback = None


def _plain(data: Any) -> str:
    return str(data.get("text/plain", "")) if isinstance(data, dict) else str(data)


def _no_input(prompt: str = "") -> str:
    raise StdinNotImplementedError("Nobody can answer here: input() does not work when a notebook is graded.")
