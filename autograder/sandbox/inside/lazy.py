"""matplotlib and its pyplot as modules that load themselves when they are first used.

Nearly every notebook imports them in its first cell and, when it is graded, never draws. Forks of a process
that has them loaded cost twice as much, so the small template holds only these.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

_PACKAGE, _PYPLOT = "matplotlib", "matplotlib.pyplot"


# Names that the import system and inspection ask any module for, which neither of the two has.
_PROBED = frozenset({"__path__", "__wrapped__", "__warningregistry__", "__annotations__"})


class _LazyModule(ModuleType):
    """Takes on a module's contents at the first look for a name that it does not have yet."""

    def __getattr__(self, name: str) -> Any:
        if name not in _PROBED:
            _load(self)
            if name in vars(self) or "__getattr__" in vars(self):
                return getattr(self, name)
        raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")


def install_lazy_pyplot() -> None:
    """Put lazy modules in the places of matplotlib and pyplot, where matplotlib is installed."""
    package = PathFinder.find_spec(_PACKAGE)
    if package is None or package.submodule_search_locations is None:
        return
    pyplot = PathFinder.find_spec(_PYPLOT, package.submodule_search_locations)
    if pyplot is not None:
        _install(package).pyplot = _install(pyplot)  # type: ignore[attr-defined]


def load_pyplot() -> None:
    """Load the real contents of both, for everybody who holds the lazy modules as well."""
    for name in (_PACKAGE, _PYPLOT):
        module = sys.modules.get(name)
        if isinstance(module, _LazyModule):
            _load(module)


def _install(spec: ModuleSpec) -> _LazyModule:
    module = _LazyModule(spec.name)
    module.__spec__, module.__loader__, module.__file__ = spec, spec.loader, spec.origin
    module.__package__ = spec.name if spec.submodule_search_locations else spec.parent
    if spec.submodule_search_locations is not None:
        module.__path__ = spec.submodule_search_locations
    sys.modules[spec.name] = module
    return module


def _load(module: _LazyModule) -> None:
    spec = module.__spec__
    # First: while it loads, its own names are looked up.
    module.__class__ = ModuleType  # type: ignore[assignment]
    if spec is not None and spec.loader is not None:
        with _errors_to_nowhere():
            spec.loader.exec_module(module)


@contextmanager
def _errors_to_nowhere() -> Iterator[None]:
    """While matplotlib looks for fonts, it starts a program that misses its configuration in here and says so."""
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
