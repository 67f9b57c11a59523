"""Values as bytes: a small tagged tree in msgpack, arrays as raw bytes beside it. Never pickle.

Both sides use it. The encoder runs in the student's process and is only a courtesy; the decoder runs
in the grader and takes every byte for hostile: it checks kinds, counts and sizes before it allocates.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any, final

import msgspec
import numpy as np

MAX_NODES = 200_000  # values in one message, counted one by one
MAX_DEPTH = 64
MAX_ARRAYS = 4096
INLINE = 32_768  # text and bytes from this length on travel beside the tree

# Booleans, integers, floats, complex numbers, text, bytes and times, little-endian; no objects, no records.
_DTYPE = re.compile(
    r"\|b1|[|<][iu][1248]|<f[248]|<c(?:8|16)|\|S\d{1,4}|<U\d{1,4}|<[mM]8\[(?:generic|\d{0,4}(?:Y|M|W|D|h|m|s|ms|us|ns))\]"
)
_MAX_NAME = 60
_INT_BITS = 20_000

Buffer = bytes | bytearray | memoryview
_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder().decode


class CodecError(Exception):
    """A value or a message that cannot be carried; ``str()`` says why."""


@final
class Opaque:
    """An object that is no plain value: only its type's name came through. It equals nothing.

    Attributes:
        type_name: The name of the object's type, as the sandbox gave it.
    """

    __slots__ = ("type_name",)
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, type_name: str) -> None:
        self.type_name = type_name

    def __repr__(self) -> str:
        return f"<{self.type_name} object>"

    def __eq__(self, other: object) -> bool:
        return False


def encode(value: Any, max_bytes: int) -> tuple[bytes, list[Buffer]]:
    """The tree of a value in msgpack, and the raw bytes that it refers to.

    Raises:
        CodecError: It is too large, too deep, or holds too many values.
    """
    encoder = _Encoder(max_bytes)
    tree = encoder.node(value, 0)
    return _pack(tree), encoder.buffers


@final
class _Encoder:
    def __init__(self, max_bytes: int) -> None:
        self.buffers: list[Buffer] = []
        self._bytes_left = max_bytes
        self._max_bytes = max_bytes
        self._nodes_left = MAX_NODES

    def node(self, value: Any, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise CodecError(f"it is nested more than {MAX_DEPTH} deep")
        self._count(1)
        kind = type(value)
        if value is None or kind is bool or kind is float:
            return value
        if kind is int:
            return self._int(value)
        if kind is str or kind is bytes:
            return self._text(value)
        if kind is complex:
            return ["c", value.real, value.imag]
        if isinstance(value, np.ndarray | np.generic):
            return self._array(value)
        return self._container(value, depth)

    def _count(self, nodes: int) -> None:
        self._nodes_left -= nodes
        if self._nodes_left < 0:
            raise CodecError(f"it holds more than {MAX_NODES} values")

    def _int(self, value: int) -> Any:
        if -(1 << 63) <= value < 1 << 63:
            return value
        if value.bit_length() > _INT_BITS:
            raise CodecError("it holds an integer of thousands of digits")
        return ["i", hex(value)]

    def _text(self, value: str | bytes) -> Any:
        data = value.encode("utf-8", "replace") if isinstance(value, str) else value
        tag = "S" if isinstance(value, str) else "B"
        return [tag, self._beside(data)] if len(data) >= INLINE else [tag.lower(), data]

    def _beside(self, data: Buffer) -> int:
        self.buffers.append(data)
        return len(self.buffers) - 1

    def _spend(self, size: int) -> None:
        self._bytes_left -= size
        if self._bytes_left < 0 or len(self.buffers) >= MAX_ARRAYS:
            raise CodecError(f"it is larger than {self._max_bytes / 2**20:.3g} MB")

    def _array(self, value: Any) -> Any:
        if isinstance(value, np.ma.MaskedArray):
            return ["?", "MaskedArray"]
        shape, dtype = np.ndarray.__dict__["shape"], np.ndarray.__dict__["dtype"]
        scalar = isinstance(value, np.generic)
        plain = np.asarray(value) if scalar else value
        kind = dtype.__get__(plain).newbyteorder("<")
        if not _DTYPE.fullmatch(kind.str):
            return ["?", f"array of {kind.name}"[:_MAX_NAME]]
        dimensions = list(shape.__get__(plain))
        size = kind.itemsize
        for length in dimensions:
            size *= length  # of the array as a whole, not of what a view of one zero takes
        self._spend(size)
        whole = np.ascontiguousarray(np.asarray(plain), dtype=kind)
        raw = memoryview(whole.reshape(-1).view(np.uint8)).cast("B") if whole.size and kind.itemsize else b""
        return ["g" if scalar else "a", kind.str, dimensions, self._beside(raw)]

    def _container(self, value: Any, depth: int) -> Any:
        """Containers, and subclasses of plain types read through the plain type's own methods."""
        for base, tag in ((list, "l"), (tuple, "t"), (set, "e"), (frozenset, "e")):
            if isinstance(value, base):
                self._count(base.__len__(value))
                return [tag, *[self.node(one, depth + 1) for one in base.__iter__(value)]]
        if isinstance(value, dict):
            self._count(dict.__len__(value))
            pairs = dict.items(value)
            return ["d", *[self.node(one, depth + 1) for pair in pairs for one in pair]]
        for base in (bool, int, float, complex, str, bytes):
            if isinstance(value, base):
                return self.node(_as_base(base, value), depth + 1)
        return ["?", _type_name(value)]


def _as_base(base: type, value: Any) -> Any:
    """The plain value behind an instance of a subclass, without calling what the subclass overrides."""
    if base is str:
        return str.__str__(value)
    if base is bytes:
        return bytes(bytes.__iter__(value))
    return base.__pos__(value)  # type: ignore[attr-defined]


def _type_name(value: object) -> str:
    name = type.__dict__["__name__"].__get__(type(value))
    return name[:_MAX_NAME] if type(name) is str else "?"


def decode(tree: bytes, buffers: Sequence[Buffer]) -> Any:
    """The value of a message.

    Raises:
        CodecError: The bytes are no message of ours.
    """
    try:
        raw = _unpack(tree)
        return _Decoder(buffers).value(raw, 0)
    except CodecError:
        raise
    except (msgspec.DecodeError, RecursionError, ValueError, TypeError, OverflowError) as error:
        raise CodecError(f"the message cannot be read ({type(error).__name__})") from error


@final
class _Decoder:
    def __init__(self, buffers: Sequence[Buffer]) -> None:
        self._buffers = buffers
        self._used: set[int] = set()
        self._nodes_left = 4 * MAX_NODES
        self._readers: dict[str, Callable[[list[Any], int], Any]] = {
            "l": lambda rest, depth: self._all(rest, depth),
            "t": lambda rest, depth: tuple(self._all(rest, depth)),
            "e": lambda rest, depth: set(self._all(rest, depth)),
            "d": self._dict,
            "a": lambda rest, _depth: self._array(rest),
            "g": lambda rest, _depth: self._array(rest)[()],
            "s": lambda rest, _depth: str(_typed(rest[0], bytes), "utf-8"),
            "b": lambda rest, _depth: _typed(rest[0], bytes),
            "S": lambda rest, _depth: str(self._buffer(rest[0]), "utf-8"),
            "B": lambda rest, _depth: bytes(self._buffer(rest[0])),
            "i": lambda rest, _depth: _big_int(rest[0]),
            "c": lambda rest, _depth: complex(_typed(rest[0], float), _typed(rest[1], float)),
            "?": lambda rest, _depth: Opaque(_typed(rest[0], str)[:_MAX_NAME]),
        }

    def value(self, raw: Any, depth: int) -> Any:
        self._nodes_left -= 1
        if self._nodes_left < 0 or depth > MAX_DEPTH + 4:
            raise CodecError("the message is too large")
        if raw is None or type(raw) in (bool, int, float):
            return raw
        if type(raw) is not list or not raw or type(raw[0]) is not str or raw[0] not in self._readers:
            raise CodecError("the message has an unknown part")
        try:
            return self._readers[raw[0]](raw[1:], depth)
        except IndexError as error:
            raise CodecError("the message is cut short") from error

    def _all(self, raw: list[Any], depth: int) -> list[Any]:
        return [self.value(one, depth + 1) for one in raw]

    def _dict(self, raw: list[Any], depth: int) -> dict[Any, Any]:
        if len(raw) % 2:
            raise CodecError("a key has no value")
        flat = self._all(raw, depth)
        return dict(zip(flat[::2], flat[1::2], strict=True))

    def _buffer(self, index: Any) -> Buffer:
        if type(index) is not int or not 0 <= index < len(self._buffers) or index in self._used:
            raise CodecError("the message refers to bytes that it does not bring")
        self._used.add(index)
        return self._buffers[index]

    def _array(self, raw: list[Any]) -> Any:
        name, shape, index = raw
        if type(name) is not str or not _DTYPE.fullmatch(name):
            raise CodecError("an array has a dtype that is not carried")
        dtype = np.dtype(name)
        size = dtype.itemsize
        if type(shape) is not list or len(shape) > 32 or any(type(one) is not int or one < 0 for one in shape):
            raise CodecError("an array has no shape")
        for length in shape:
            size *= length
        data = self._buffer(index)
        if size != len(data) or (not dtype.itemsize and shape):
            raise CodecError("an array's bytes do not fit its shape")
        if not size:
            return np.empty(shape, dtype)
        return _canonical(np.frombuffer(bytearray(data), dtype)).reshape(shape)


def _canonical(array: Any) -> Any:
    """Free of bit patterns that numpy itself never makes: booleans of 2, code points beyond Unicode."""
    if array.dtype.kind == "b":
        return array.view(np.uint8) != 0
    if array.dtype.kind == "U" and array.view("<u4").max() > 0x10FFFF:
        raise CodecError("an array holds text that is none")
    return array


def _typed(value: Any, kind: type) -> Any:
    if type(value) is not kind:
        raise CodecError("a part of the message has the wrong type")
    return value


def _big_int(text: Any) -> int:
    if len(_typed(text, str)) > _INT_BITS // 4 + 4:
        raise CodecError("an integer is too long")
    return int(text, 16)
