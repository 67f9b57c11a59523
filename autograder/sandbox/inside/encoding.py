"""Values to bytes. Containers and text become msgpack; what is large goes beside it as raw bytes.

Subclasses travel as their base value, read through the base class's own methods: what a student's class says
about itself is not asked. Sizes are checked before anything is copied, so that a huge view costs nothing.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final, final

import msgspec
import numpy as np
from numpy.ma import MaskedArray  # numpy loads it lazily, and every fork would do that anew

from .values import (
    AROUND,
    MAX_CONTROL,
    MAX_DEPTH,
    MAX_INLINE,
    MAX_INT_BYTES,
    MAX_NODES,
    CodecError,
    is_carried,
    type_name,
)

Node = Any  # what msgpack can say by itself, or a list that begins with a tag
_encode_control = msgspec.msgpack.Encoder().encode
_NATIVE_INTS: Final = range(-(1 << 63), 1 << 63)


@dataclass(frozen=True, slots=True)
class Encoded:
    """A value as bytes: the control part, and the large leaves in the order in which it mentions them."""

    control: bytes | memoryview
    payload: tuple[memoryview | bytes, ...]
    payload_bytes: int


def encode(value: Any, max_bytes: int, max_depth: int = MAX_DEPTH) -> Encoded:
    """Encode a value.

    Args:
        value: Anything; objects of unknown types arrive as `Opaque`.
        max_bytes: Most bytes that the large leaves may take together.
        max_depth: Most levels of containers in one value of the message.

    Raises:
        CodecError: Too large, too deep or too many values.
    """
    writer = _Writer(max_bytes, max_depth, max_bytes)
    control = _encode_control(writer.node(value, 0))
    if len(control) > MAX_CONTROL:
        raise CodecError("it holds too much text or too many numbers outside of arrays")
    return Encoded(control, tuple(writer.payload), max_bytes - writer.room)


@final
@dataclass(slots=True)
class _Writer:
    most: int
    max_depth: int
    room: int
    nodes: int = MAX_NODES
    payload: list[memoryview | bytes] = field(default_factory=list)

    def node(self, value: Any, depth: int) -> Node:
        """One value, with all that it holds."""
        self._count(1, depth)
        kind = type(value)
        if value is None or kind is bool or kind is float:
            return value
        write = _WRITERS.get(kind)
        if write is None:
            write = next((one for base, one in _BASES if issubclass(kind, base)), _Writer.write_opaque)
        return write(self, value, depth)

    def _count(self, more: int, depth: int) -> None:
        self.nodes -= more
        if self.nodes < 0:
            raise CodecError(f"it holds more than {MAX_NODES} values outside of arrays")
        if depth > self.max_depth + AROUND:
            raise CodecError(f"it is nested more than {self.max_depth} levels deep, or holds itself")

    def _require(self, size: int) -> None:
        if size > self.room:
            raise CodecError(f"its arrays and strings are too large (more than {self.most / 2**20:g} MB)")

    def _many(self, tag: str, length: int, values: Iterable[Any], depth: int) -> Node:
        if length > self.nodes:  # before anything is built
            self._count(length, depth)
        return [tag, *[self.node(one, depth + 1) for one in values]]

    def write_opaque(self, value: Any, _depth: int) -> Node:
        """An object of an unknown type: only its type's name."""
        return ["?", type_name(value)]

    def write_float(self, value: float, _depth: int) -> Node:
        """A subclass of float."""
        return float.__float__(value)

    def write_complex(self, value: complex, _depth: int) -> Node:
        """Both parts."""
        plain = complex.__pos__(value)
        return ["c", plain.real, plain.imag]

    def write_int(self, value: int, _depth: int) -> Node:
        """As msgpack has it, or bytes for a big one."""
        plain = int.__index__(value)
        if plain in _NATIVE_INTS:
            return plain
        size = plain.bit_length() // 8 + 1
        if size > MAX_INT_BYTES:
            raise CodecError("it holds an integer of thousands of digits")
        return ["i", plain.to_bytes(size, "little", signed=True)]

    def write_text(self, value: str, _depth: int) -> Node:
        """Text; lone surrogates become question marks."""
        plain = str.__str__(value)
        if len(plain) > MAX_INLINE:
            self._require(len(plain))
        elif plain.isascii():
            return plain
        data = plain.encode("utf-8", "replace")
        return data.decode() if len(data) <= MAX_INLINE else ["S", self._large(data)]

    def write_bytes(self, value: bytes, _depth: int) -> Node:
        """Bytes."""
        plain = bytes.__getitem__(value, slice(None))
        return plain if len(plain) <= MAX_INLINE else ["B", self._large(plain)]

    def write_list(self, value: list[Any], depth: int) -> Node:
        """A list."""
        return self._many("l", list.__len__(value), list.__iter__(value), depth)

    def write_tuple(self, value: tuple[Any, ...], depth: int) -> Node:
        """A tuple, named or not."""
        return self._many("t", tuple.__len__(value), tuple.__iter__(value), depth)

    def write_set(self, value: set[Any], depth: int) -> Node:
        """A set."""
        return self._many("s", set.__len__(value), set.__iter__(value), depth)

    def write_frozenset(self, value: frozenset[Any], depth: int) -> Node:
        """A frozen set, which arrives as a set."""
        return self._many("s", frozenset.__len__(value), frozenset.__iter__(value), depth)

    def write_dict(self, value: dict[Any, Any], depth: int) -> Node:
        """A dict, in its order."""
        flat = (one for pair in dict.items(value) for one in pair)
        return self._many("d", 2 * dict.__len__(value), flat, depth)

    def write_scalar(self, value: np.generic, depth: int) -> Node:
        """A numpy scalar."""
        array = _in_double_precision(np.asarray(value))
        if not is_carried(little := _little(array.dtype)):
            return self.write_opaque(value, depth)
        return ["g", little, array.astype(little).tobytes()]

    def write_array(self, value: np.ndarray[Any, Any], depth: int) -> Node:
        """An array of any layout; subclasses as plain arrays, but masked ones, whose holes would be lost, not."""
        if type(value) is np.ndarray and value.dtype is _FLOAT and value.nbytes <= MAX_INLINE:  # nearly all are
            return ["a", "<f8", list(value.shape), value.tobytes()]
        if issubclass(type(value), MaskedArray):
            return self.write_opaque(value, depth)
        plain = np.ndarray.view(value, np.ndarray)
        if plain.nbytes <= self.room:
            plain = _in_double_precision(plain)
        if not is_carried(little := _little(plain.dtype)):
            return ["?", f"array of {plain.dtype.name}"[:60]]
        size = plain.size * plain.dtype.itemsize
        if size > MAX_INLINE:
            self._require(size)
        data = np.ascontiguousarray(plain, dtype=little)
        shape = list(plain.shape)
        if size <= MAX_INLINE:
            return ["a", little, shape, data.tobytes()]
        return ["A", little, shape, self._large(data.reshape(-1).view(np.uint8).data)]

    def _large(self, data: memoryview | bytes) -> int:
        size = len(data)
        self._require(size)
        self.room -= size
        self.payload.append(data)
        return size


_FLOAT: Final = np.dtype("<f8")


def _in_double_precision(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Long doubles as doubles, the largest floats that are carried; all other arrays as they are."""
    if array.dtype.kind not in "fc" or is_carried(_little(array.dtype)):
        return array
    return array.astype("<f8" if array.dtype.kind == "f" else "<c16")


def _little(dtype: np.dtype[Any]) -> str:
    return dtype.newbyteorder("<").str if dtype.byteorder == ">" else dtype.str


_Write = Callable[[_Writer, Any, int], Node]

# numpy's before Python's, since np.float64 is a float and np.str_ a str.
_BASES: Final[tuple[tuple[type, _Write], ...]] = (
    (np.ndarray, _Writer.write_array),
    (np.generic, _Writer.write_scalar),
    (int, _Writer.write_int),
    (float, _Writer.write_float),
    (complex, _Writer.write_complex),
    (str, _Writer.write_text),
    (bytes, _Writer.write_bytes),
    (list, _Writer.write_list),
    (tuple, _Writer.write_tuple),
    (dict, _Writer.write_dict),
    (set, _Writer.write_set),
    (frozenset, _Writer.write_frozenset),
)
_WRITERS: Final[dict[type, _Write]] = dict(_BASES)
