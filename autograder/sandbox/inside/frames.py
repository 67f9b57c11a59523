"""Messages over a socket: a header with sizes, the tree, the raw bytes. Deadlines are absolute.

A frame is refused by its header, before anything of it is allocated. File descriptors travel with the
first byte of a frame (SCM_RIGHTS), from the grader inwards only.
"""

import array
import socket
import struct
import time
from collections.abc import Sequence
from typing import Any

from .codec import MAX_ARRAYS, CodecError, decode, encode

MAX_TREE = 2 << 20  # bytes of msgpack; 200,000 floats take 1.8 MB

_MAGIC = b"agF1"
_HEADER = struct.Struct("<4sIIQ")  # magic, bytes of the tree, number of buffers, bytes of all buffers
_CHUNK = 1 << 20


class FrameError(CodecError):
    """What came is no frame of ours; the channel cannot be used any more."""


def send(channel: socket.socket, value: Any, max_bytes: int, descriptors: Sequence[int] = ()) -> None:
    """Send a value as one frame.

    Raises:
        CodecError: The value cannot be carried; nothing was sent.
        OSError: The other side is gone.
        TimeoutError: It did not take the frame in the socket's own time.
    """
    tree, buffers = encode(value, max_bytes)
    if len(tree) > MAX_TREE:
        raise CodecError("it holds too many values")
    sizes = [len(one) for one in buffers]
    if sum(sizes) > max_bytes:
        raise CodecError(f"it is larger than {max_bytes / 2**20:.3g} MB")
    head = _HEADER.pack(_MAGIC, len(tree), len(sizes), sum(sizes)) + struct.pack(f"<{len(sizes)}Q", *sizes) + tree
    rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))] if descriptors else []
    sent = channel.sendmsg([head], rights)
    channel.sendall(memoryview(head)[sent:])
    for one in buffers:
        channel.sendall(one)


def receive(channel: socket.socket, max_bytes: int, deadline: float | None = None) -> Any:
    """Receive one frame's value.

    Args:
        channel: The socket.
        max_bytes: Bytes of arrays and long texts that are taken at most.
        deadline: On the monotonic clock, in seconds; None waits for ever.

    Raises:
        EOFError: The other side is gone.
        TimeoutError: The frame was not whole at the deadline.
        CodecError: It is no frame of ours, or larger than allowed.
        OSError: The socket failed.
    """
    return _rest(channel, bytes(_exactly(channel, _HEADER.size, deadline)), max_bytes, deadline)


def receive_with_descriptors(channel: socket.socket, count: int) -> tuple[Any, list[int]]:
    """Receive one frame that brings up to ``count`` file descriptors; from the trusted side only."""
    head, ancillary, _, _ = channel.recvmsg(_HEADER.size, socket.CMSG_SPACE(4 * count))
    if not head:
        raise EOFError
    descriptors = array.array("i")
    for level, kind, data in ancillary:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            descriptors.frombytes(data[: len(data) - len(data) % descriptors.itemsize])
    head += bytes(_exactly(channel, _HEADER.size - len(head), None))
    return _rest(channel, head, 1 << 30, None), list(descriptors)


def _rest(channel: socket.socket, head: bytes, max_bytes: int, deadline: float | None) -> Any:
    magic, tree_size, count, total = _HEADER.unpack(head)
    if magic != _MAGIC or tree_size > MAX_TREE or count > MAX_ARRAYS or total > max_bytes:
        raise FrameError("what it sent is no answer")
    sizes = struct.unpack(f"<{count}Q", _exactly(channel, 8 * count, deadline))
    if sum(sizes) != total:
        raise FrameError("what it sent is no answer")
    tree = bytes(_exactly(channel, tree_size, deadline))
    return decode(tree, [_exactly(channel, size, deadline) for size in sizes])


def _exactly(channel: socket.socket, size: int, deadline: float | None) -> bytearray:
    """Exactly so many bytes. Memory is taken as they come: a promise of bytes costs nothing."""
    data = bytearray()
    while len(data) < size:
        if deadline is not None:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            channel.settimeout(left)
        part = channel.recv(min(size - len(data), _CHUNK))
        if not part:
            raise EOFError
        data += part
    return data
