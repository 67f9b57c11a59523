"""matplotlib's pyplot as a module that loads itself when it is first used.

Nearly every notebook imports it in its first cell and, when it is graded, never draws. Forks of a process
that has it loaded cost half as much again, so the small template holds only this.
"""

import importlib.util
import sys
from types import ModuleType
from typing import Any

_NAME = "matplotlib.pyplot"


class _LazyModule(ModuleType):
    """Takes on a module's contents at the first look for a name that it does not have yet."""

    def __getattr__(self, name: str) -> Any:
        # The import system and inspection ask any module for such names; `import *` wants the contents.
        if not name.startswith("__") or name == "__all__":
            load_pyplot()
            if name in vars(self):
                return vars(self)[name]
        raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")


def install_lazy_pyplot() -> None:
    """Put the lazy module in pyplot's place; matplotlib itself is loaded."""
    import matplotlib
    import matplotlib.font_manager  # reads its fonts here: a submission cannot keep what it finds

    spec = importlib.util.find_spec(_NAME)
    assert spec is not None
    module = _LazyModule(_NAME)
    module.__spec__, module.__loader__, module.__file__ = spec, spec.loader, spec.origin
    module.__package__ = spec.parent
    sys.modules[_NAME] = matplotlib.pyplot = module  # type: ignore[attr-defined, unused-ignore]


def load_pyplot() -> None:
    """Load the real contents, for everybody who holds the lazy module as well."""
    module = sys.modules.get(_NAME)
    if isinstance(module, _LazyModule) and module.__spec__ is not None and module.__spec__.loader is not None:
        # First: while it loads, its own names are looked up.
        module.__class__ = ModuleType  # type: ignore[assignment]
        module.__spec__.loader.exec_module(module)
