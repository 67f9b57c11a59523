"""What check items did after the answers that they got: an item that gets the same bytes again does the same again.

An item starts from a seed of its own and knows of a submission nothing but the answers to its calls. So what it
does next, the call that it makes or the verdict that it gives, follows from the answers so far, as bytes. Where they
are those of an earlier submission, they need not even be decoded. Nothing is remembered but in this process.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, final

from autograder.sandbox import Encoded, Question

MOST_BYTES: Final = 64 << 20
MOST_OF_ONE: Final = 1 << 20  # bytes of an item's whole conversation
_OVERHEAD: Final = 500  # bytes of a step besides what it holds


@final
@dataclass(frozen=True, slots=True)
class Found:
    """What came out at the end of a conversation.

    Attributes:
        value: It.
        key: Digest of all that was told; empty where it isn't remembered.
    """

    value: Any
    key: bytes = b""


Step = Question | Encoded | Found


@final
@dataclass(slots=True)
class Memory:
    """Steps of conversations, by all that had been told before; the least used are forgotten first.

    Attributes:
        most_bytes: Bytes of messages that are kept, about.
    """

    most_bytes: int = MOST_BYTES
    _steps: OrderedDict[bytes, tuple[Step, int]] = field(default_factory=OrderedDict)
    _bytes: int = 0

    def after(self, heard: bytes) -> Step | None:
        """What comes next in a conversation, or None where that isn't known.

        Args:
            heard: Digest of all that was told in it so far.
        """
        known = self._steps.get(heard)
        if known is None:
            return None
        self._steps.move_to_end(heard)
        return known[0]

    def keep(self, name: str, said: Sequence[tuple[Question | Encoded, Encoded]], value: Any) -> Found:
        """Keep a conversation.

        Args:
            name: Whose it is.
            said: What was sent, and what was told then.
            value: What came out in the end.
        """
        sizes = [size_of(sent) + size_of(told) for sent, told in said]
        heard = beginning(name)
        for (sent, told), size in zip(said, sizes, strict=True):
            self._put(heard, sent, size)
            heard = after_hearing(heard, told)
        found = Found(value, heard)
        self._put(heard, found, sum(sizes))  # it holds about as much, decoded
        return found

    def _put(self, heard: bytes, step: Step, size: int) -> None:
        if heard in self._steps:
            return
        self._steps[heard] = step, size + _OVERHEAD
        self._bytes += size + _OVERHEAD
        while self._bytes > self.most_bytes:
            _, (_, freed) = self._steps.popitem(last=False)
            self._bytes -= freed


def beginning(name: str) -> bytes:
    """Digest of a conversation in which nothing has been told yet."""
    return hashlib.blake2b(name.encode()).digest()


def after_hearing(heard: bytes, told: Encoded) -> bytes:
    """Digest of a conversation in which one more thing was told."""
    digest = hashlib.blake2b(heard)
    digest.update(len(told.control).to_bytes(8, "little"))
    digest.update(told.control)
    for part in told.payload:
        digest.update(part)
    return digest.digest()


def encoded_of(sent: Question | Encoded) -> Encoded:
    """The bytes of what was sent."""
    return sent.encoded if isinstance(sent, Question) else sent


def size_of(sent: Question | Encoded) -> int:
    """How many bytes a message has."""
    encoded = encoded_of(sent)
    return len(encoded.control) + encoded.payload_bytes
