"""Outputs of student code, checked on the grader's side: plain nbformat data of bounded size, nothing else."""

import re
from typing import Any

_MIME = re.compile(r"[a-zA-Z0-9.+-]{1,60}/[a-zA-Z0-9.+-]{1,100}$")
_MAX_OUTPUTS = 1_000
_MAX_DEPTH = 20


def checked_text(value: Any, longest: int) -> str:
    """Text of at most so many characters that any file can hold; empty for anything else."""
    return value[:longest].encode("utf-8", "replace").decode() if type(value) is str else ""


def checked_outputs(outputs: Any, max_bytes: int) -> tuple[dict[str, Any], ...]:
    """The valid ones among a cell's claimed outputs.

    Args:
        outputs: What the sandbox sent, decoded, of any kind.
        max_bytes: The size, in characters, of any one text in them.
    """
    if type(outputs) is not list:
        return ()
    checked = (_checked(one, 2 * max_bytes) for one in outputs[:_MAX_OUTPUTS] if type(one) is dict)
    return tuple(one for one in checked if one is not None)


def _checked(output: dict[Any, Any], longest: int) -> dict[str, Any] | None:
    match output.get("output_type"):
        case "stream" if output.get("name") in ("stdout", "stderr"):
            text = checked_text(output.get("text"), longest)
            return {"output_type": "stream", "name": output["name"], "text": text}
        case "display_data" | "execute_result" as kind:
            bundle = {"output_type": kind, "data": _bundle(output.get("data"), longest), "metadata": {}}
            count = output.get("execution_count")
            return {**bundle, "execution_count": count if type(count) is int else None} if kind == "execute_result" else bundle
        case "error":
            trace = output.get("traceback")
            lines = trace[:_MAX_OUTPUTS] if type(trace) is list else []
            return {
                "output_type": "error",
                "ename": checked_text(output.get("ename"), 200),
                "evalue": checked_text(output.get("evalue"), 4_000),
                "traceback": [checked_text(line, longest) for line in lines],
            }
    return None


def _bundle(data: Any, longest: int) -> dict[str, Any]:
    if type(data) is not dict:
        return {}
    return {
        mime: _json(value, longest, 0)
        for mime, value in data.items()
        if type(mime) is str and _MIME.match(mime) and (type(value) is str or mime.endswith("json"))
    }


def _json(value: Any, longest: int, depth: int) -> Any:
    """Only what JSON has."""
    if depth > _MAX_DEPTH:
        return None
    if type(value) is str:
        return checked_text(value, longest)
    if type(value) in (list, tuple):
        return [_json(one, longest, depth + 1) for one in value]
    if type(value) is dict:
        return {checked_text(key, 1_000): _json(one, longest, depth + 1) for key, one in value.items() if type(key) is str}
    if type(value) is float and value - value != 0:
        return None
    return value if value is None or type(value) in (bool, int, float) else None
