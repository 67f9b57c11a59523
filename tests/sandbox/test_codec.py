"""The codec: what is carried arrives as it was, and no bytes whatsoever do harm."""

import socket
import tracemalloc
from collections import OrderedDict, namedtuple
from contextlib import suppress
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder.sandbox import Opaque
from autograder.sandbox.inside import frames
from autograder.sandbox.inside.decoding import decode
from autograder.sandbox.inside.encoding import Encoded, encode
from autograder.sandbox.inside.values import MAX_PLAIN_KEYS, CodecError

MOST = 1 << 20
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(1 << 200), 1 << 200),
    st.floats(),
    st.complex_numbers(),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
    st.binary(max_size=2000),
    hnp.arrays(
        st.one_of(hnp.boolean_dtypes(), hnp.integer_dtypes(), hnp.floating_dtypes(sizes=(16, 32, 64))),
        hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=8),
    ),
)
KEYS = st.one_of(st.text(st.characters(exclude_categories=["Cs"]), max_size=5), st.integers(), st.booleans())
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=4).map(tuple),
        st.dictionaries(KEYS, inner, max_size=4),
        st.sets(KEYS, max_size=4),
    ),
    max_leaves=12,
)


def flat(encoded: Encoded) -> bytes:
    return b"".join(bytes(part) for part in encoded.payload)


def carried(value: Any, most: int = MOST) -> Any:
    """The value after one journey."""
    encoded = encode(value, most)
    return decode(encoded.control, flat(encoded))


def same(one: Any, other: Any) -> bool:
    """Equal in type and content, NaN included, byte order aside."""
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray | np.generic):
        return one.dtype.newbyteorder("<") == other.dtype.newbyteorder("<") and bool(np.array_equal(one, other, True))
    if isinstance(one, dict):
        return same(list(one), list(other)) and same(list(one.values()), list(other.values()))
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, float | complex):
        return repr(one) == repr(other)
    return bool(one == other)


@settings(max_examples=150, deadline=None)
@given(VALUES)
def test_a_carried_value_arrives_with_its_types_order_and_content(value: Any) -> None:
    assert same(carried(value), value)


@pytest.mark.parametrize(
    "value", [np.float64(1.5), np.int32(-3), np.bool_(True), np.complex128(1 + 2j), np.str_("ä"), np.float16(2)]
)
def test_a_numpy_scalar_stays_one(value: Any) -> None:
    assert type(carried(value)) is type(value)
    assert carried(value) == value


def test_an_array_of_no_dimensions_stays_an_array() -> None:
    arrived = carried(np.array(2.0))
    assert type(arrived) is np.ndarray
    assert arrived.shape == ()


def test_an_arrived_array_owns_its_memory_and_can_be_written() -> None:
    arrived = carried(np.broadcast_to(1.0, (200, 3)))
    arrived[:] = 2
    assert arrived.flags.owndata or arrived.base is None


class Loud(dict):  # type: ignore[type-arg]
    """A dict whose own methods must not be asked."""

    def items(self) -> Any:
        """Refused."""
        raise AssertionError

    def __iter__(self) -> Any:
        raise AssertionError

    def __len__(self) -> int:
        raise AssertionError


class Liar(np.ndarray):
    """An array that lies about itself."""

    shape = dtype = size = property(lambda _: 1 / 0)  # type: ignore[assignment]

    def __array_finalize__(self, _: Any) -> None:
        pass


Pair = namedtuple("Pair", "a b")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Loud(a=1), {"a": 1}),
        (OrderedDict(b=1, a=2), {"b": 1, "a": 2}),
        (Pair(1, 2), (1, 2)),
        (type("Text", (str,), {"__str__": lambda _: "lie"})("true"), "true"),
        (type("Number", (int,), {"__index__": lambda _: 0})(7), 7),
        (type("Real", (float,), {"__float__": lambda _: 0.0})(7.5), 7.5),
        (frozenset({1}), {1}),
        (np.arange(3).view(Liar), np.arange(3)),
        (np.rec.array(np.arange(2)), np.arange(2)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_subclass_arrives_as_its_base_value_without_its_own_methods_being_asked(value: Any, expected: Any) -> None:
    assert same(carried(value), expected)


@pytest.mark.parametrize(
    "value",
    [
        object(),
        iter(()),
        len,
        NotImplemented,
        np.ma.masked_array([1, 2], [0, 1]),
        np.datetime64("2020-01-01"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_unknown_object_arrives_as_a_marker_with_its_types_name(value: Any) -> None:
    arrived = carried([value])[0]
    assert isinstance(arrived, Opaque)
    assert arrived.type_name == type(value).__name__


def test_an_array_of_what_is_not_carried_says_so() -> None:
    assert carried(np.array([object()])).type_name == "array of object"


def test_long_doubles_arrive_as_doubles() -> None:
    assert same(carried(np.ones(2, np.longdouble)), np.ones(2))
    assert same(carried(np.longdouble(1)), np.float64(1))


def test_a_marker_equals_nothing_not_even_itself() -> None:
    marker = Opaque("x")
    assert marker != marker  # noqa: PLR0124
    assert not marker == Opaque("x")  # noqa: SIM201


def nested(depth: int) -> Any:
    value: Any = 0
    for _ in range(depth):
        value = [value]
    return value


def cyclic() -> Any:
    value: list[Any] = []
    value.append(value)
    return value


@pytest.mark.parametrize(
    "value",
    [
        np.broadcast_to(0.0, (10**7, 10**7)),
        np.zeros(MOST),
        "x" * (MOST + 1),
        [0] * 200_000,
        [[0] * 1000] * 1000,
        nested(100),
        cyclic(),
        1 << 100_000,
    ],
    ids=["huge view", "large array", "long text", "many", "many by sharing", "deep", "cyclic", "big int"],
)
def test_what_is_too_much_is_refused_before_anything_is_allocated(value: Any) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(CodecError):
            encode(value, MOST)
        assert tracemalloc.get_traced_memory()[1] < 32 * MOST
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "node",
    [
        ["A", "<f8", [10**9, 10**9], 8],
        ["a", "|O8", [1], b"12345678"],
        ["a", "<V8", [1], b"12345678"],
        ["a", "<f8", [-1, -1], b"12345678"],
        ["a", "<f8", [1, 1 << 63], b""],
        ["a", "<U1", [1], b"\xff\xff\xff\xff"],
        ["a", "<U0", [10**12], b""],
        ["a", "<f8", [1] * 60, b"12345678"],
        ["a", "<f8", [0, 1 << 62, 1 << 62], b""],
        ["S", 10**9],
        ["S", True],
        ["d", [], 1],
        ["d", ["l", 1], 1],
        ["d", 1],
        ["d", ["?", "x"], 1],
        ["i", b"x" * 10_000],
        ["zz", 1],
        [],
        [["l"], 1],
        {"a": 1},
        ["c", 1, 2],
        ["?", 3],
    ],
    ids=lambda node: str(node)[:40],
)
def test_a_malformed_node_is_refused(node: Any) -> None:
    with pytest.raises(CodecError):
        decode(msgspec.msgpack.encode(node), b"")


def test_many_keys_that_collide_are_refused_before_they_are_hashed() -> None:
    colliding = [key for i in range(MAX_PLAIN_KEYS + 1) for key in (["i", (i * (2**61 - 1)).to_bytes(16, "little")], 0)]
    with pytest.raises(CodecError):
        decode(msgspec.msgpack.encode(["d", *colliding]), b"")


def test_a_bool_of_an_odd_byte_becomes_a_true_bool() -> None:
    arrived = decode(msgspec.msgpack.encode(["a", "|b1", [3], b"\x00\x02\xff"]), b"")
    assert arrived.view(np.uint8).tolist() == [0, 1, 1]


def test_bytes_that_nothing_mentions_are_refused() -> None:
    with pytest.raises(CodecError):
        decode(encode(1, 0).control, b"more")


@settings(max_examples=300, deadline=None)
@given(VALUES, st.data())
def test_changed_bytes_raise_nothing_but_the_codecs_own_error(value: Any, data: st.DataObject) -> None:
    encoded = encode(value, MOST)
    control, payload = bytearray(encoded.control), bytearray(flat(encoded))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(control) - 1))
        control[place] = data.draw(st.integers(0, 255))
    if payload and data.draw(st.booleans()):
        del payload[data.draw(st.integers(0, len(payload) - 1)) :]
    with suppress(CodecError):
        decode(bytes(control), bytes(payload))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_random_bytes_on_the_wire_raise_nothing_but_the_agreed_errors(data: bytes) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(data)
        theirs.shutdown(socket.SHUT_WR)
        with suppress(EOFError, frames.FrameError):
            frames.receive(ours, max_bytes=1000)


def test_a_header_that_promises_too_much_is_refused_before_anything_is_allocated() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(b"NpA1" + bytes(16) + (1 << 31).to_bytes(4, "little") + (1 << 62).to_bytes(8, "little"))
        with pytest.raises(frames.FrameError):
            frames.receive(ours, max_bytes=MOST)
