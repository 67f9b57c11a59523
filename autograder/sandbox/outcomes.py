"""What became of a cell, rebuilt as plain notebook outputs from what an untrusted process said."""

import re
from dataclasses import dataclass
from typing import Any, Final, Literal

from autograder.printable import printable

_MIME: Final = re.compile(r"[\w.+-]{1,60}/[\w.+-]{1,120}")
_JSON_MIME: Final = re.compile(r"application/(?:.*\+)?json")
_IDENTIFIER: Final = re.compile(r"[^\W\d]\w{0,199}")
_MAX_NAME: Final = 200
_MAX_TEXT: Final = 4000
_MAX_OUTPUTS: Final = 2100
_MAX_DEPTH: Final = 16

Outputs = tuple[dict[str, Any], ...]


class Malformed(Exception):
    """The other side's answer does not have the agreed shape."""


@dataclass(frozen=True)
class CellOutcome:
    """What became of one cell.

    Attributes:
        status: ``ok``; ``error``: it raised; ``timeout``: it was interrupted; ``died``: the submission is gone.
        outputs: Notebook outputs (nbformat 4), plain data of bounded size.
        error: Like ``ZeroDivisionError: division by zero``, or why it was stopped; empty where it is ``ok``.
        missing_name: The name that a NameError did not find, else None.
        seconds: Wall time that it took, in seconds.
    """

    status: Literal["ok", "error", "timeout", "died"]
    outputs: Outputs
    error: str
    missing_name: str | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Fault:
    """An exception that student code raised, as it told."""

    type_name: str
    message: str
    cell: int | None
    line: int | None
    missing_name: str | None


def read_fault(told: Any) -> Fault:
    """A fault, checked.

    Raises:
        Malformed: It isn't one.
    """
    told = _as_dict(told)
    missing = told.get("missing")
    return Fault(
        printable(text(told.get("type"), _MAX_NAME)),
        printable(text(told.get("message"), _MAX_TEXT)),
        _number(told.get("cell")),
        _number(told.get("line")),
        missing if isinstance(missing, str) and _IDENTIFIER.fullmatch(missing) else None,
    )


def read_outputs(told: Any) -> Outputs:
    """A cell's outputs, each rebuilt from its known parts.

    Raises:
        Malformed: They aren't outputs.
    """
    if type(told) is not list or len(told) > _MAX_OUTPUTS:
        raise Malformed("outputs")
    return tuple(_output(_as_dict(one)) for one in told)


def _output(told: dict[Any, Any]) -> dict[str, Any]:
    kind = told.get("output_type")
    if kind == "stream":
        name = "stderr" if told.get("name") == "stderr" else "stdout"
        return {"output_type": kind, "name": name, "text": text(told.get("text"))}
    if kind == "error":
        lines = [text(line) for line in _as_list(told.get("traceback"))]
        name, value = text(told.get("ename"), _MAX_NAME), text(told.get("evalue"), _MAX_TEXT)
        return {"output_type": kind, "ename": name, "evalue": value, "traceback": lines}
    if kind not in ("display_data", "execute_result"):
        raise Malformed("kind of output")
    output: dict[str, Any] = {"output_type": kind, "data": _data(told.get("data")), "metadata": _metadata(told)}
    if kind == "execute_result":
        output["execution_count"] = _number(told.get("execution_count"))
    return output


def _data(told: Any) -> dict[str, Any]:
    """A bundle as nbformat wants it: JSON types hold any plain JSON, all others text."""
    return {
        mime: _json(one, 0) if _JSON_MIME.fullmatch(mime) else one
        for mime, one in _as_dict(told).items()
        if type(mime) is str and _MIME.fullmatch(mime) and (type(one) is str or _JSON_MIME.fullmatch(mime))
    }


def _metadata(told: dict[Any, Any]) -> dict[str, Any]:
    metadata = _json(told.get("metadata"), 0)
    return metadata if isinstance(metadata, dict) else {}


def _json(value: Any, depth: int) -> Any:
    """The value where JSON can say it, else None in its place."""
    if depth > _MAX_DEPTH:
        return None
    if value is None or type(value) in (bool, str):
        return value
    if type(value) in (int, float):
        return value if abs(value) <= 2**53 else None  # also not for NaN and infinities
    if type(value) in (list, tuple):
        return [_json(one, depth + 1) for one in value]
    if type(value) is dict:
        return {key: _json(one, depth + 1) for key, one in value.items() if isinstance(key, str)}
    return None


def text(told: Any, most: int | None = None) -> str:
    """Text, cut.

    Raises:
        Malformed: It isn't text.
    """
    if type(told) is not str:
        raise Malformed("text")
    return told[:most]


def _number(told: Any) -> int | None:
    return told if type(told) is int and 0 <= told < 10**9 else None


def _as_dict(told: Any) -> dict[Any, Any]:
    if type(told) is not dict:
        raise Malformed("dict")
    return told


def _as_list(told: Any) -> list[Any]:
    if type(told) is not list:
        raise Malformed("list")
    return told
