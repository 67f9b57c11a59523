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
from .encoding import encode
from .values import MAX_CONTROL, MAX_DEPTH, CodecError

ID_BYTES: Final = 16
_MAGIC: Final = b"NpA1"
_HEADER: Final = struct.Struct(f"<4s{ID_BYTES}sIQ")
_CHUNK: Final = 1 << 20
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
    encoded = encode(value, max_bytes, max_depth)
    header = _HEADER.pack(_MAGIC, ident, len(encoded.control), encoded.payload_bytes)
    parts = encoded.payload
    head = header + encoded.control
    if encoded.payload_bytes <= _JOINED:
        head, parts = b"".join((head, *parts)), ()
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
    header, descriptors = _header(channel, deadline, max_descriptors)
    magic, ident, control_bytes, payload_bytes = _HEADER.unpack(header)
    if magic != _MAGIC or control_bytes > MAX_CONTROL or payload_bytes > max_bytes:
        raise FrameError("not a frame, or larger than allowed")
    body = memoryview(_exactly(channel, control_bytes + payload_bytes, deadline))
    try:
        return Frame(ident, decode(body[:control_bytes], body[control_bytes:], max_depth), descriptors)
    except CodecError as error:
        raise FrameError(str(error)) from error


def _arm(channel: socket.socket, deadline: float | None) -> None:
    if deadline is None:
        return
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    channel.settimeout(left)


def _header(channel: socket.socket, deadline: float | None, most: int) -> tuple[bytes, tuple[int, ...]]:
    if not most:
        return bytes(_exactly(channel, _HEADER.size, deadline)), ()
    _arm(channel, deadline)
    head, ancillary, _flags, _address = channel.recvmsg(_HEADER.size, socket.CMSG_SPACE(4 * most))
    if not head:
        raise EOFError
    descriptors = array.array("i")
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            descriptors.frombytes(data[: len(data) // descriptors.itemsize * descriptors.itemsize])
    return head + bytes(_exactly(channel, _HEADER.size - len(head), deadline)), tuple(descriptors)


def _exactly(channel: socket.socket, size: int, deadline: float | None) -> bytearray:
    data = bytearray(size)
    left = memoryview(data)
    while left:
        _arm(channel, deadline)
        count = channel.recv_into(left, min(len(left), _CHUNK))
        if not count:
            raise EOFError
        left = left[count:]
    return data
