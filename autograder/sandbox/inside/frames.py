"""Frames on a socket: a header with a random id and two lengths, the control part, the payload.

The lengths are compared with a cap before anything is allocated. Who asks chooses the id; an answer that
carries another one was written early, twice or for somebody else.
"""

import array
import os
import socket
import struct
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from .decoding import decode
from .encoding import Encoded, encode
from .values import MAX_CONTROL, MAX_DEPTH, CodecError

ID_BYTES: Final = 16
_MAGIC: Final = b"NpA1"
_HEADER: Final = struct.Struct(f"<4s{ID_BYTES}sIQ")
_CHUNK: Final = 1 << 20
_FIRST: Final = 1 << 16  # asked of the kernel at first: nearly every frame comes whole with one call
_JOINED: Final = 1 << 18  # a payload up to this size is copied, which is cheaper than a system call for each part


class FrameError(Exception):
    """What arrived is not a frame; the channel cannot be used any more."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One message.

    Attributes:
        ident: The id of the request that it is, or answers.
        value: The decoded value.
        descriptors: File descriptors that came with it, now the receiver's to close.
    """

    ident: bytes
    value: Any
    descriptors: tuple[int, ...] = ()


def new_id() -> bytes:
    """An id that nobody can guess."""
    return os.urandom(ID_BYTES)


def send(
    channel: socket.socket,
    ident: bytes,
    value: Any,
    *,
    max_bytes: int,
    max_depth: int = MAX_DEPTH,
    deadline: float | None = None,
    descriptors: Sequence[int] = (),
) -> None:
    """Send one message.

    Args:
        channel: A connected stream socket.
        ident: The request's id.
        value: What to send.
        max_bytes: Most bytes of payload; nothing is sent when it has more.
        max_depth: Most levels of containers in one value; nothing is sent when it has more.
        deadline: Monotonic time until which everything must have been taken, or None.
        descriptors: File descriptors that travel with it.

    Raises:
        CodecError: The value is too large, too deep or has too many parts.
        TimeoutError: The deadline passed.
        OSError: The other side is gone.
    """
    send_encoded(channel, ident, encode(value, max_bytes, max_depth), deadline=deadline, descriptors=descriptors)


def send_encoded(
    channel: socket.socket,
    ident: bytes,
    encoded: Encoded,
    *,
    deadline: float | None = None,
    descriptors: Sequence[int] = (),
) -> None:
    """Send a message that is encoded already; see `send`.

    Raises:
        TimeoutError: The deadline passed.
        OSError: The other side is gone.
    """
    header = _HEADER.pack(_MAGIC, ident, len(encoded.control), encoded.payload_bytes)
    parts = encoded.payload
    if encoded.payload_bytes <= _JOINED:
        head, parts = b"".join((header, encoded.control, *parts)), ()
    else:
        head = header + encoded.control
    first = memoryview(head)
    rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))] if descriptors else []
    _arm(channel, deadline)
    sent = channel.sendmsg([first], rights)
    for part in (first[sent:], *parts):
        if len(part):
            _arm(channel, deadline)
            channel.sendall(part)


def receive(
    channel: socket.socket,
    *,
    max_bytes: int,
    max_depth: int = MAX_DEPTH,
    deadline: float | None = None,
    max_descriptors: int = 0,
) -> Frame:
    """Receive one message.

    Args:
        channel: A connected stream socket.
        max_bytes: Most bytes of payload that are taken.
        max_depth: Most levels of containers in one value.
        deadline: Monotonic time until which the whole frame must have come, or None.
        max_descriptors: How many file descriptors may come with it.

    Raises:
        EOFError: The other side is gone.
        TimeoutError: The deadline passed.
        FrameError: These are not the bytes of a frame, or it is larger than allowed.
        OSError: The socket failed.
    """
    ident, encoded, descriptors = receive_encoded(
        channel, max_bytes=max_bytes, deadline=deadline, max_descriptors=max_descriptors
    )
    return Frame(ident, value_of(encoded, max_depth), descriptors)


def value_of(encoded: Encoded, max_depth: int = MAX_DEPTH) -> Any:
    """The value of a message as `receive_encoded` gave it.

    Raises:
        FrameError: The bytes are not what `send` writes.
    """
    try:
        return decode(encoded.control, encoded.payload[0] if encoded.payload else b"", max_depth)
    except CodecError as error:
        raise FrameError(str(error)) from error


def receive_encoded(
    channel: socket.socket, *, max_bytes: int, deadline: float | None = None, max_descriptors: int = 0
) -> tuple[bytes, Encoded, tuple[int, ...]]:
    """Receive one message and leave it as bytes: its id, itself, and the descriptors that came with it.

    See `receive`, which raises the same.
    """
    head, descriptors = _first(channel, deadline, max_descriptors)
    while len(head) < _HEADER.size:
        head += _some(channel, _HEADER.size - len(head), deadline)
    magic, ident, control_bytes, payload_bytes = _HEADER.unpack_from(head)
    size = _HEADER.size + control_bytes + payload_bytes
    if magic != _MAGIC or control_bytes > MAX_CONTROL or payload_bytes > max_bytes or len(head) > size:
        raise FrameError("not a frame, larger than allowed, or more than one")
    body = memoryview(head)[_HEADER.size :]
    if len(head) < size:
        body = memoryview(_whole(channel, body, size - _HEADER.size, deadline))
    payload = (body[control_bytes:],) if payload_bytes else ()
    return ident, Encoded(body[:control_bytes], payload, payload_bytes), descriptors


def _arm(channel: socket.socket, deadline: float | None) -> None:
    if deadline is None:
        return
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    channel.settimeout(left)


def _first(channel: socket.socket, deadline: float | None, most: int) -> tuple[bytes, tuple[int, ...]]:
    """The first bytes of a frame, as many as are there, and the descriptors with them."""
    if not most:
        return _some(channel, _FIRST, deadline), ()
    _arm(channel, deadline)
    head, ancillary, _flags, _address = channel.recvmsg(_FIRST, socket.CMSG_SPACE(4 * most))
    if not head:
        raise EOFError
    descriptors = array.array("i")
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            descriptors.frombytes(data[: len(data) // descriptors.itemsize * descriptors.itemsize])
    return head, tuple(descriptors)


def _some(channel: socket.socket, most: int, deadline: float | None) -> bytes:
    _arm(channel, deadline)
    data = channel.recv(most)
    if not data:
        raise EOFError
    return data


def _whole(channel: socket.socket, begun: memoryview, size: int, deadline: float | None) -> bytearray:
    """A body of ``size`` bytes, of which the first are there."""
    data = bytearray(size)
    data[: len(begun)] = begun
    left = memoryview(data)[len(begun) :]
    while left:
        _arm(channel, deadline)
        count = channel.recv_into(left, min(len(left), _CHUNK))
        if not count:
            raise EOFError
        left = left[count:]
    return data
