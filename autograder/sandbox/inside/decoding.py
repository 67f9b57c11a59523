"""Bytes to values, for bytes that a hostile process wrote.

Every count and size is compared with what really arrived before anything is made of it, and any surprise at all
is one exception, `CodecError`. Never pickle: a tag either names one of the plain kinds below or is refused.
"""

import math
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, TypeVar, final

import msgspec
import numpy as np

from .values import (
    AROUND,
    MAX_CONTROL,
    MAX_DEPTH,
    MAX_DIMENSIONS,
    MAX_INT_BYTES,
    MAX_NODES,
    MAX_PLAIN_KEYS,
    CodecError,
    Opaque,
    is_carried,
)

_decode_control = msgspec.msgpack.Decoder().decode
_LEAVES: Final = frozenset({type(None), bool, int, float, str, bytes})
_MAX_CODE_POINT: Final = 0x10FFFF
_T = TypeVar("_T")


def decode(control: bytes | memoryview, payload: bytes | memoryview, max_depth: int = MAX_DEPTH) -> Any:
    """Decode one value.

    Args:
        control: The msgpack part.
        payload: The large leaves, one after another in the order in which the control part mentions them.
        max_depth: Most levels of containers in one value of the message.

    Raises:
        CodecError: The bytes are not what `encode` writes.
    """
    if len(control) > MAX_CONTROL:
        raise CodecError("the control part is too large")
    try:
        reader = _Reader(memoryview(payload), max_depth)
        value = reader.value(_decode_control(control), 0)
    except CodecError:
        raise
    except Exception as error:  # the trust boundary: hostile bytes end in one kind of exception
        raise CodecError(f"malformed: {type(error).__name__}") from error
    if reader.offset != len(payload):
        raise CodecError("there are bytes that nothing mentions")
    return value


@final
@dataclass(slots=True)
class _Reader:
    payload: memoryview
    max_depth: int
    offset: int = 0
    nodes: int = MAX_NODES
    plain_keys: int = MAX_PLAIN_KEYS

    def value(self, node: Any, depth: int) -> Any:
        """One value, with all that it holds."""
        self.nodes -= 1
        if self.nodes < 0 or depth > self.max_depth + AROUND:
            raise CodecError("too many values or too deep")
        if type(node) in _LEAVES:
            return node
        if type(node) is not list:
            raise CodecError("an unknown kind of node")
        return _READERS[node[0]](self, node, depth)

    def _children(self, node: list[Any], depth: int) -> list[Any]:
        return [self.value(one, depth + 1) for one in node[1:]]

    def _keys(self, keys: list[Any]) -> list[Hashable]:
        self.plain_keys -= sum(type(key) is not str for key in keys)
        if self.plain_keys < 0:
            raise CodecError(f"more than {MAX_PLAIN_KEYS} keys that are not text")
        return keys

    def read_list(self, node: list[Any], depth: int) -> list[Any]:
        """A list."""
        return self._children(node, depth)

    def read_tuple(self, node: list[Any], depth: int) -> tuple[Any, ...]:
        """A tuple."""
        return tuple(self._children(node, depth))

    def read_set(self, node: list[Any], depth: int) -> set[Any]:
        """A set."""
        return set(self._keys(self._children(node, depth)))

    def read_dict(self, node: list[Any], depth: int) -> dict[Any, Any]:
        """A dict, in the order of its keys."""
        flat = self._children(node, depth)
        return dict(zip(self._keys(flat[::2]), flat[1::2], strict=True))

    def read_complex(self, node: list[Any], _depth: int) -> complex:
        """A complex number."""
        _, real, imaginary = node
        return complex(_as(float, real), _as(float, imaginary))

    def read_int(self, node: list[Any], _depth: int) -> int:
        """A big integer."""
        _, data = node
        if len(_as(bytes, data)) > MAX_INT_BYTES:
            raise CodecError("an integer is too large")
        return int.from_bytes(data, "little", signed=True)

    def read_text(self, node: list[Any], _depth: int) -> str:
        """Long text."""
        _, size = node
        return str(self._take(size), "utf-8")

    def read_bytes(self, node: list[Any], _depth: int) -> bytes:
        """Long bytes."""
        _, size = node
        return bytes(self._take(size))

    def read_scalar(self, node: list[Any], _depth: int) -> Any:
        """A numpy scalar."""
        _, dtype, data = node
        return _array(dtype, [], memoryview(_as(bytes, data)))[()]

    def read_array(self, node: list[Any], _depth: int) -> np.ndarray[Any, Any]:
        """A small array."""
        _, dtype, shape, data = node
        return _array(dtype, shape, memoryview(_as(bytes, data)))

    def read_large_array(self, node: list[Any], _depth: int) -> np.ndarray[Any, Any]:
        """An array that lies in the payload."""
        _, dtype, shape, size = node
        return _array(dtype, shape, self._take(size))

    def read_opaque(self, node: list[Any], _depth: int) -> Opaque:
        """An object of a type that is not carried."""
        _, name = node
        return Opaque(_as(str, name)[:60])

    def _take(self, size: Any) -> memoryview:
        start = self.offset
        if type(size) is not int or not 0 <= size <= len(self.payload) - start:
            raise CodecError("a size is wrong")
        self.offset = start + size
        return self.payload[start : self.offset]


def _as(kind: type[_T], value: Any) -> _T:
    if type(value) is not kind:
        raise CodecError(f"a {kind.__name__} was expected")
    return value


def _array(dtype: Any, shape: Any, data: memoryview) -> np.ndarray[Any, Any]:
    dims = [_as(int, one) for one in _as(list, shape)]
    kind = _kind(_as(str, dtype))
    if len(dims) > MAX_DIMENSIONS or min(dims, default=0) < 0 or math.prod(dims) * kind.itemsize != len(data):
        raise CodecError("an array's shape doesn't fit its bytes")
    if not len(data):
        return np.zeros(dims, kind)
    if kind.kind == "b":
        truth: np.ndarray[Any, Any] = np.frombuffer(data, np.uint8) != 0  # a bool is 0 or 1 and nothing else
        return truth.reshape(dims)
    if kind.kind == "U":
        _check_text(np.frombuffer(data, "<u4"))
    return np.frombuffer(data, kind).reshape(dims).copy()  # a copy owns its memory and can be written


@lru_cache(maxsize=256)
def _kind(dtype: str) -> np.dtype[Any]:
    if not is_carried(dtype):
        raise CodecError("an unknown dtype")
    return np.dtype(dtype)


def _check_text(points: np.ndarray[Any, np.dtype[np.uint32]]) -> None:
    surrogates = (points >= 0xD800) & (points <= 0xDFFF)
    if points.max() > _MAX_CODE_POINT or surrogates.any():
        raise CodecError("text holds something that is not a character")


_READERS: Final[dict[str, Callable[[_Reader, list[Any], int], Any]]] = {
    "l": _Reader.read_list,
    "t": _Reader.read_tuple,
    "s": _Reader.read_set,
    "d": _Reader.read_dict,
    "c": _Reader.read_complex,
    "i": _Reader.read_int,
    "S": _Reader.read_text,
    "B": _Reader.read_bytes,
    "g": _Reader.read_scalar,
    "a": _Reader.read_array,
    "A": _Reader.read_large_array,
    "?": _Reader.read_opaque,
}
