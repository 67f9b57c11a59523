"""A fork of the executed notebook: it answers calls of the student's functions, one after another."""

import builtins
import os
import random
import re
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, NoReturn, final

import numpy as np

from .frames import Frame, receive, send
from .outputs import Collector
from .shell import text_of
from .values import CodecError, shares, type_name

_CELL_NAME: Final = re.compile(r"<cell (\d+)>")
_MAX_NAME: Final = 200
_ABSENT: Final = object()

# Kept from before the student's cells ran, who may have put their own in the place.
_seed_python = random.seed
_seed_numpy = np.random.seed
_exit = os._exit


@dataclass(frozen=True, slots=True)
class Notebook:
    """What the cells left behind.

    Attributes:
        names: The notebook's global namespace.
        offsets: For each cell's number, how many blank lines IPython took from its beginning.
        collector: Collects what is written.
        max_bytes: Most payload bytes of one message.
        max_depth: Most levels of containers in a returned value.
    """

    names: dict[str, Any]
    offsets: dict[int, int]
    collector: Collector
    max_bytes: int
    max_depth: int


def serve(channel: socket.socket, notebook: Notebook) -> NoReturn:
    """Answer calls until the grader closes the channel."""
    try:
        while True:
            _serve_one(channel, notebook)
    except BaseException:  # nothing above may run student code's handlers in this fork
        _exit(0)


def _serve_one(channel: socket.socket, notebook: Notebook) -> None:
    request = receive(channel, max_bytes=notebook.max_bytes)
    try:
        answer = _call(channel, request, notebook)
    except BaseException as error:  # student code raises what it likes
        answer = describe(error, notebook)
    answer["output"] = notebook.collector.take_text()
    try:
        send(channel, request.ident, answer, max_bytes=notebook.max_bytes, max_depth=notebook.max_depth)
    except CodecError as error:
        unfit = {"kind": "unfit", "reason": str(error), "output": ""}
        send(channel, request.ident, unfit, max_bytes=notebook.max_bytes)


def _call(channel: socket.socket, request: Frame, notebook: Notebook) -> dict[str, Any]:
    asked = request.value
    _seed_python(asked["seed"])
    _seed_numpy(asked["seed"] % 2**32)
    function = notebook.names.get(asked["function"], _ABSENT)
    if function is _ABSENT:
        name = asked["function"]
        raise NameError(f"name '{name}' is not defined", name=name)
    args, kwargs = asked["args"], asked["kwargs"]
    with _replaced(asked["replaced"], channel, request.ident, notebook):
        value = function(*args, **kwargs)
    if not asked["echo"]:
        return {"kind": "value", "value": value, "arguments": (), "keywords": {}, "shares": False}
    return {"kind": "value", "value": value, "arguments": args, "keywords": kwargs, "shares": shares(value)}


def describe(error: BaseException, notebook: Notebook) -> dict[str, Any]:
    """An exception as plain data: its type, text, and the place in the student's cells that raised it."""
    cell, line = _place(error, notebook.offsets)
    missing = error.name if type(error) is NameError else None
    return {
        "kind": "error",
        "type": type_name(error),
        "message": text_of(error),
        "cell": cell,
        "line": line,
        "missing": missing[:_MAX_NAME] if isinstance(missing, str) else None,
    }


def _place(error: BaseException, offsets: Mapping[int, int]) -> tuple[int | None, int | None]:
    place: tuple[int | None, int | None] = (None, None)
    trace = error.__traceback__
    while trace is not None:
        found = _CELL_NAME.fullmatch(trace.tb_frame.f_code.co_filename)
        if found:
            cell = int(found[1])
            place = (cell, trace.tb_lineno + offsets.get(cell, 0))
        trace = trace.tb_next
    return place


@contextmanager
def _replaced(names: tuple[str, ...], channel: socket.socket, ident: bytes, notebook: Notebook) -> Iterator[None]:
    """Bind proxies to these global names for the time of one call."""
    proxies = {name: _Proxy(name, channel, ident, notebook.max_bytes) for name in names}
    before = {name: notebook.names.get(name, _ABSENT) for name in names}
    notebook.names.update(proxies)
    try:
        yield
    finally:
        for name, value in before.items():
            proxies[name].open = False
            if value is _ABSENT:
                notebook.names.pop(name, None)
            else:
                notebook.names[name] = value


@final
class _Proxy:
    """Looks like a function of the notebook, and asks the grader for the answer."""

    def __init__(self, name: str, channel: socket.socket, ident: bytes, max_bytes: int) -> None:
        self.__name__ = self.__qualname__ = name
        self.open = True
        self._ask: Callable[[Any], Any] = _asker(channel, ident, max_bytes)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if not self.open:
            raise RuntimeError(f"{self.__name__} was kept from an earlier call")
        answer = self._ask({"kind": "callback", "name": self.__name__, "args": args, "kwargs": kwargs})
        if answer["kind"] == "error":
            raise _exception(answer["type"])(answer["message"])
        return answer["value"]


def _asker(channel: socket.socket, ident: bytes, max_bytes: int) -> Callable[[Any], Any]:
    def ask(question: Any) -> Any:
        try:
            send(channel, ident, question, max_bytes=max_bytes)
        except CodecError as error:
            raise ValueError(f"an argument can't be used here: {error}") from None
        return receive(channel, max_bytes=max_bytes).value

    return ask


def _exception(name: str) -> type[Exception]:
    kind = vars(builtins).get(name)
    return kind if isinstance(kind, type) and issubclass(kind, Exception) else ValueError
