"""What a cell or a call writes and displays, collected as notebook outputs of bounded size."""

import base64
import fcntl
import io
import os
from typing import Any, Final, final

_DRAIN_BYTES: Final = 1 << 20
_RICH_FACTOR: Final = 4  # pictures may take so many times what text may
_MAX_OUTPUTS: Final = 2000

Output = dict[str, Any]


@final
class Collector:
    """The outputs of the running cell.

    Args:
        limit: Bytes of streams and tracebacks that are kept; displayed data may take four times as many.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._captured = -1
        self._begin()

    def _begin(self) -> None:
        self._outputs: list[Output] = []
        self._text_left = self.limit
        self._rich_left = _RICH_FACTOR * self.limit
        self._cut = False
        self._clear_next = False

    def capture_descriptors(self, captured: int) -> None:
        """Send what is written to descriptors 1 and 2, by whatever process, into this file."""
        if self._captured >= 0:
            os.close(self._captured)
        self._captured = captured
        fcntl.fcntl(self._captured, fcntl.F_SETFL, os.O_APPEND)  # after a drain, writers begin at the front again
        os.dup2(self._captured, 1)
        os.dup2(self._captured, 2)

    def stream(self, name: str, text: str) -> None:
        """Text written to ``stdout`` or ``stderr``."""
        self._drain()
        self._append_stream(name, text)

    def error(self, name: str, text: str, traceback: list[str]) -> None:
        """An exception that ended the cell."""
        self._drain()
        # An exception class may render its own traceback, as whatever it likes.
        traceback = [str(line) for line in ([traceback] if isinstance(traceback, str) else traceback)]
        size = len(text) + sum(map(len, traceback))
        if size > self._text_left:
            traceback = ["".join(traceback)[-max(self._text_left, 2000) :]]
            self._cut = True
        self._text_left -= size
        self._outputs.append({"output_type": "error", "ename": name, "evalue": text, "traceback": traceback})

    def display(self, output: Output, display_id: str | None = None) -> None:
        """A displayed object or a cell's result: an output with ``data`` and ``metadata``."""
        self._drain()
        self._make_room()
        output["data"] = _texts(output["data"])
        if not self._fits(output["data"]):
            return
        if display_id is not None:
            output["display_id"] = display_id
        self._outputs.append(output)

    def update(self, display_id: str, data: dict[str, Any], metadata: dict[str, Any]) -> None:
        """New content for what this cell displayed under the id; an earlier cell's display stays as it was."""
        plain = _texts(data)
        for output in self._outputs:
            if output.get("display_id") == display_id and self._fits(plain):
                output.update(data=plain, metadata=metadata)

    def clear(self, *, wait: bool) -> None:
        """Forget the outputs so far, or do so when the next one comes."""
        self._drain()
        self._clear_next = True
        if not wait:
            self._make_room()

    def take(self) -> list[Output]:
        """The outputs, and begin anew."""
        self._drain()
        outputs = [_finished(one) for one in self._outputs]
        if self._cut:
            # On stdout: a warning on stderr before a score would make nbgrader read it as 0.
            note = f"\n[output cut: more than {self.limit / 2**20:g} MiB in one cell]\n"
            outputs.append({"output_type": "stream", "name": "stdout", "text": note})
        self._begin()
        return outputs

    def take_text(self) -> str:
        """What was written to stdout, and begin anew."""
        return "".join(one["text"] for one in self.take() if one.get("name") == "stdout")

    def _make_room(self) -> None:
        if self._clear_next:
            cut = self._cut
            self._begin()
            self._cut = cut

    def _fits(self, data: dict[str, Any]) -> bool:
        size = sum(len(one) if isinstance(one, str) else 1000 for one in data.values())
        if size > self._rich_left or len(self._outputs) >= _MAX_OUTPUTS:
            self._cut = True
            return False
        self._rich_left -= size
        return True

    def _append_stream(self, name: str, text: str) -> None:
        if self._cut or not text:
            return
        self._make_room()
        if len(text) > self._text_left:
            text, self._cut = text[: max(self._text_left, 0)], True
        self._text_left -= len(text)
        last = self._outputs[-1] if self._outputs else {}
        if last.get("name") == name:
            last["parts"].append(text)
        elif len(self._outputs) < _MAX_OUTPUTS:
            self._outputs.append({"output_type": "stream", "name": name, "parts": [text]})
        else:
            self._cut = True

    def _drain(self) -> None:
        """Take over what came through the descriptors, before what comes next."""
        if self._captured < 0:
            return
        end = os.lseek(self._captured, 0, os.SEEK_END)
        if end:
            data = os.pread(self._captured, min(end, _DRAIN_BYTES), 0)
            os.ftruncate(self._captured, 0)
            self._cut = self._cut or end > _DRAIN_BYTES
            self._append_stream("stdout", data.decode("utf-8", "replace"))


def _texts(data: dict[str, Any]) -> dict[str, Any]:
    return {
        mime: base64.b64encode(value).decode() if isinstance(value, bytes) else value for mime, value in data.items()
    }


def _finished(output: Output) -> Output:
    if "parts" in output:
        return {"output_type": "stream", "name": output["name"], "text": "".join(output["parts"])}
    return {key: value for key, value in output.items() if key != "display_id"}


@final
class Stream(io.TextIOBase):
    """``sys.stdout`` or ``sys.stderr`` of the notebook."""

    def __init__(self, collector: Collector, name: str, descriptor: int) -> None:
        self._collector, self.name, self._descriptor = collector, name, descriptor

    encoding = "utf-8"

    def write(self, text: str) -> int:
        """Collect the text."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._collector.stream(self.name, text)
        return len(text)

    def fileno(self) -> int:
        """The descriptor for child processes."""
        return self._descriptor

    def writable(self) -> bool:
        """Yes."""
        return True

    def isatty(self) -> bool:
        """No."""
        return False
