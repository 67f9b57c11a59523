"""What a cell prints and displays, gathered as nbformat outputs; no more is kept than allowed."""

import io
import os
from typing import Any, final

CUT = "\n[The rest of this output was cut: it was longer than {size} kB.]\n"


@final
class Outputs:
    """The outputs of the cell that is running.

    Text written to descriptors 1 and 2 by other means than ``sys.stdout`` lands in a file in memory
    and is added before whatever comes next.
    """

    def __init__(self) -> None:
        self.items: list[dict[str, Any]] = []
        self.max_bytes = 1 << 20
        self._size = 0
        self._cut = False
        self._clear_first = False
        self.descriptor = -1

    def reset(self, max_bytes: int) -> None:
        """Forget everything, for the next cell or call."""
        self._drain()
        self.items, self.max_bytes, self._size = [], max_bytes, 0
        self._cut = self._clear_first = False

    def capture(self, descriptor: int) -> None:
        """Take in what is written to this file as well."""
        self.descriptor = descriptor

    def text(self, name: str, text: str) -> None:
        """Add to a stream."""
        self._drain()
        self._add_text(name, text)

    def add(self, item: dict[str, Any]) -> None:
        """Add an output that is no stream."""
        self._drain()
        if self._fits(_size(item)):
            self.items.append(item)

    def update(self, display_id: str, data: Any, metadata: Any) -> None:
        """Replace what was displayed under an id."""
        for item in self.items:
            if item.get("display_id") == display_id and self._fits(_size({"data": data})):
                item["data"], item["metadata"] = data, metadata

    def clear(self, wait: bool) -> None:
        """Forget what was printed so far, at once or when the next output comes."""
        self._drain()
        self._clear_first = wait
        if not wait:
            self.items = []

    def taken(self) -> list[dict[str, Any]]:
        """Everything gathered, as plain nbformat outputs."""
        self._drain()
        if self._cut:
            self._append_text("stdout", CUT.format(size=self.max_bytes // 1024))
        return [{key: value for key, value in item.items() if key != "display_id"} for item in self.items]

    def _fits(self, size: int) -> bool:
        if self._clear_first:
            self.items, self._clear_first = [], False
        if self._cut or self._size + size > self.max_bytes:
            self._cut = True
            return False
        self._size += size
        return True

    def _add_text(self, name: str, text: str) -> None:
        room = max(0, self.max_bytes - self._size)
        kept = text[:room]
        if kept and self._fits(len(kept)):
            self._append_text(name, kept)
        if len(kept) < len(text):
            self._cut = True

    def _append_text(self, name: str, text: str) -> None:
        last = self.items[-1] if self.items else {}
        if last.get("output_type") == "stream" and last["name"] == name:
            last["text"] += text
        else:
            self.items.append({"output_type": "stream", "name": name, "text": text})

    def _drain(self) -> None:
        if self.descriptor < 0:
            return
        end = os.lseek(self.descriptor, 0, os.SEEK_END)
        if end:
            data = os.pread(self.descriptor, min(end, self.max_bytes + 1), 0)
            os.ftruncate(self.descriptor, 0)
            self._add_text("stdout", data.decode("utf-8", "replace"))


def _size(item: dict[str, Any]) -> int:
    texts = [*item.get("traceback", ()), *(item.get("data") or {}).values()]
    return sum(len(text) if isinstance(text, str | bytes) else 200 for text in texts) + 50


@final
class Stream(io.TextIOBase):
    """``sys.stdout`` or ``sys.stderr`` of student code."""

    encoding = "utf-8"
    errors = "replace"

    def __init__(self, name: str, descriptor: int, outputs: Outputs) -> None:
        super().__init__()
        self.name = name
        self._descriptor = descriptor
        self._outputs = outputs

    def write(self, text: str) -> int:
        """Add text to the stream's output."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._outputs.text(self.name, text)
        return len(text)

    def fileno(self) -> int:
        """The descriptor that programs started by student code inherit."""
        return self._descriptor

    def writable(self) -> bool:
        """Always."""
        return True

    def isatty(self) -> bool:
        """Never."""
        return False
