"""The grader's end of a channel: ask, and take exactly one answer to that."""

import os
import socket
import sys
import tempfile
import time
from collections.abc import Sequence
from types import TracebackType
from typing import Any, BinaryIO, Final, Self, final

from autograder.sandbox.inside import frames
from autograder.sandbox.inside.encoding import Encoded, encode
from autograder.sandbox.inside.values import MAX_DEPTH

FORGED: Final = "it wrote to the grader's channel"
_MAX_SENT: Final = 1 << 30


class Broken(Exception):
    """The other side is gone, or wrote what it must not; the channel is of no more use."""


@final
class Channel:
    """A connected socket on which the grader asks and the other side answers.

    Args:
        end: The grader's end.
        max_bytes: Most payload bytes that an answer may have.
        max_sent: Most payload bytes that a request may have.
        max_depth: Most levels of containers in a value of an answer.
    """

    def __init__(
        self, end: socket.socket, max_bytes: int, max_sent: int = _MAX_SENT, max_depth: int = MAX_DEPTH
    ) -> None:
        self._end, self._max_bytes, self._max_sent, self._max_depth = end, max_bytes, max_sent, max_depth

    @classmethod
    def pair(cls, max_bytes: int, max_sent: int = _MAX_SENT, max_depth: int = MAX_DEPTH) -> tuple[Self, socket.socket]:
        """A channel, and the other side's end, to be passed on and closed."""
        ours, theirs = socket.socketpair()
        return cls(ours, max_bytes, max_sent, max_depth), theirs

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Close it; the other side sees the end."""
        self._end.close()

    def ask(self, question: Any, seconds: float, *, descriptors: Sequence[int] = ()) -> Any:
        """Send a request and wait for its answer.

        Raises:
            TimeoutError: There was none in time; `answer` may wait on.
            Broken: There will be none.
            CodecError: The question itself is too large; nothing was sent.
        """
        ident = frames.new_id()
        deadline = time.monotonic() + seconds
        self.send(ident, question, deadline, descriptors=descriptors)
        return self.answer(ident, deadline)

    def send(self, ident: bytes, value: Any, deadline: float, *, descriptors: Sequence[int] = ()) -> None:
        """Send one frame.

        Raises:
            TimeoutError: It wasn't taken until ``deadline`` (monotonic seconds).
            Broken: Nobody can take it.
            CodecError: The value is too large; nothing was sent.
        """
        self.send_encoded(ident, encode(value, self._max_sent), deadline, descriptors=descriptors)

    def send_encoded(self, ident: bytes, encoded: Encoded, deadline: float, *, descriptors: Sequence[int] = ()) -> None:
        """Send one frame whose value is encoded already; see `send`.

        Raises:
            TimeoutError: It wasn't taken until ``deadline`` (monotonic seconds).
            Broken: Nobody can take it.
        """
        try:
            frames.send_encoded(self._end, ident, encoded, deadline=deadline, descriptors=descriptors)
        except TimeoutError:
            raise
        except OSError as error:
            raise Broken("it ended") from error

    def answer(self, ident: bytes, deadline: float) -> Any:
        """The answer to the request with this id.

        Raises:
            TimeoutError: There was none until ``deadline`` (monotonic seconds).
            Broken: There will be none.
        """
        return self.value_of(self.encoded_answer(ident, deadline))

    def encoded_answer(self, ident: bytes, deadline: float) -> Encoded:
        """The answer to the request with this id, as bytes: nothing of them is known but how many there are.

        Raises:
            TimeoutError: There was none until ``deadline`` (monotonic seconds).
            Broken: There will be none.
        """
        try:
            told, encoded, _ = frames.receive_encoded(self._end, max_bytes=self._max_bytes, deadline=deadline)
        except TimeoutError:
            raise
        except (EOFError, OSError) as error:
            raise Broken("it ended") from error
        except frames.FrameError as error:
            raise Broken(FORGED) from error
        if told != ident:
            raise Broken(FORGED)
        return encoded

    def value_of(self, encoded: Encoded) -> Any:
        """What an answer says.

        Raises:
            Broken: It is no value that the codec carries.
        """
        try:
            return frames.value_of(encoded, self._max_depth)
        except frames.FrameError as error:
            raise Broken(FORGED) from error


def output_file() -> BinaryIO:
    """A nameless file for what student code writes to its descriptors 1 and 2; in memory where that can be had."""
    if sys.platform == "linux":
        return os.fdopen(os.memfd_create("output"), "w+b", buffering=0)
    return tempfile.TemporaryFile(buffering=0)
