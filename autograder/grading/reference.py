"""The reference solutions of one assignment, loaded by path and called like a submission."""

import contextlib
import copy
import importlib.util
import io
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any, final

import numpy as np
import pytest

from autograder.errors import CourseError
from autograder.grading.student import Answer, Replacements
from autograder.sandbox import shares


@final
class Reference:
    """The functions of ``solutions/A.py``: trusted code, called in this process on copies.

    Args:
        path: The module's file. It is loaded at the first call, so that points can be read and items
            collected before the solutions are built.
        edit: Code of the course's own, run in the loaded module: a function of it written in another way.
    """

    def __init__(self, path: Path, edit: str = "") -> None:
        self.path = path
        self._edit = edit
        self._loaded: ModuleType | None = None

    @property
    def module(self) -> ModuleType:
        """The loaded module.

        Raises:
            CourseError: The file is missing or raises when it is loaded.
        """
        if self._loaded is None:
            module = _load(self.path)
            exec(compile(self._edit, str(self.path), "exec"), vars(module))  # noqa: S102  the course's own
            self._loaded = module
        return self._loaded

    def call(self, function: str, args: tuple[Any, ...], kwargs: Mapping[str, Any], replaced: Replacements) -> Answer:
        """Call the reference on deep copies, silently; see `Callee.call`."""
        target = getattr(self.module, function, None)
        if target is None:
            raise CourseError(
                f"the reference has no function {function}",
                where=str(self.path),
                remedy="Run: autograder build",
            )
        own_args, own_kwargs = _copied(args), _copied(dict(kwargs))
        with _bound(self.module, replaced), contextlib.redirect_stdout(io.StringIO()):
            value = target(*own_args, **own_kwargs)
        return Answer(value, own_args, partial(shares, value))  # made from copies: nothing of it is the caller's

    def __getattr__(self, function: str) -> Callable[..., Any]:
        if function.startswith("_"):
            raise AttributeError(function)
        return lambda *args, **kwargs: self.call(function, args, kwargs, {}).value


def _copied(value: Any) -> Any:
    """A deep copy, for arrays in plain containers ten times as fast as ``copy.deepcopy``.

    What stands in two places is copied twice, as on the way to a submission.
    """
    kind = type(value)
    if kind is np.ndarray and not value.dtype.hasobject:
        return value.copy(order="K")
    if kind is dict:
        return {key: _copied(one) for key, one in value.items()}
    if kind is list or kind is tuple:
        return kind(map(_copied, value))
    return copy.deepcopy(value)


@contextlib.contextmanager
def _bound(module: ModuleType, replaced: Replacements) -> Iterator[None]:
    """The module's globals with some names bound to others, and as before afterwards."""
    before = {name: vars(module)[name] for name in replaced if name in vars(module)}
    vars(module).update(replaced)
    try:
        yield
    finally:
        for name in replaced:
            vars(module).pop(name, None)
        vars(module).update(before)


def _load(path: Path) -> ModuleType:
    # Never put into sys.modules: two courses may each have an assignment of the same name.
    spec = importlib.util.spec_from_file_location(f"_reference_{path.stem}", path)
    if spec is None or spec.loader is None or not path.is_file():
        raise CourseError("the reference solutions are missing", where=str(path), remedy="Run: autograder build")
    module = importlib.util.module_from_spec(spec)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("MPLBACKEND", "agg")  # where a reference needs matplotlib, it draws into memory
            spec.loader.exec_module(module)
    except Exception as error:  # whatever the course's own module raises, the user needs one line
        raise CourseError(
            f"the reference solutions cannot be loaded ({type(error).__name__}: {error})",
            where=str(path),
            remedy="Mend the source notebook and run: autograder build",
        ) from error
    return module
