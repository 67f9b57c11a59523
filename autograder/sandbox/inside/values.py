"""The vocabulary of the codec: which values can be carried, and how many and how large."""

import re
from dataclasses import dataclass
from typing import Any, Final, final

import numpy as np

MAX_NODES: Final = 100_000  # values in one message, containers and leaves alike
MAX_DEPTH: Final = 64  # containers inside containers, where nothing else is said
AROUND: Final = 2  # levels that a message itself has: the answer, and its list of arguments
MAX_CONTROL: Final = 1 << 20  # bytes of msgpack; decoding takes up to 64 times as much memory
MAX_INLINE: Final = 1024  # bytes of a string or array that travel within the control part
MAX_INT_BYTES: Final = 2048
MAX_DIMENSIONS: Final = 32
# Keys other than text can be chosen so that they all collide, which makes a dict quadratic.
MAX_PLAIN_KEYS: Final = 4096

_DTYPE = re.compile(r"\|b1|[|<][iu][1248]|<f[248]|<c(?:8|16)|\|S[1-9]\d{0,3}|<U[1-9]\d{0,3}")


class CodecError(Exception):
    """A value or its bytes are outside of what the codec carries; the text says why, for people."""


@final
@dataclass(frozen=True, slots=True, eq=False)
class Opaque:
    """Stands for an object of an unknown type inside a carried value; equals nothing, not even itself.

    Attributes:
        type_name: The name of the object's type, at most 60 characters.
    """

    type_name: str

    def __eq__(self, other: object) -> bool:
        """No."""
        return False

    __hash__ = None  # type: ignore[assignment]


def shares(value: Any) -> bool:
    """Whether a value holds one list, dict, set or array in two places: to change it in one changes the other.

    Looks into containers only, and at no more than `MAX_NODES` values.
    """
    met: set[int] = set()
    left = [value]
    for _ in range(MAX_NODES):
        if not left:
            break
        one = left.pop()
        kind = type(one)
        if issubclass(kind, list | dict | set | np.ndarray):
            if id(one) in met:
                return True
            met.add(id(one))
        if issubclass(kind, dict):
            left += dict.values(one)
        elif issubclass(kind, list):
            left += list.__iter__(one)
        elif issubclass(kind, tuple):
            left += tuple.__iter__(one)
    return False


def type_name(value: object) -> str:
    """The name of the value's type as the interpreter has it, whatever its metaclass says; ASCII, at most 60."""
    name: str = type.__dict__["__name__"].__get__(type(value))
    return name[:60].encode("ascii", "replace").decode()


def is_carried(dtype: str) -> bool:
    """Whether arrays of this dtype string are carried: bool, ints, floats, complex and fixed-width text.

    Only little-endian names are; the encoder converts. Object, record, date and long double arrays are not.
    """
    return _DTYPE.fullmatch(dtype) is not None
