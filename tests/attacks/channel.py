"""Attacks on the way that results take: descriptors, printed scores, the outputs of cells."""

from .model import Attack, Stops, Wins

_EACH_DESCRIPTOR = """
import os, stat
def each():
    for number in range(3, 256):
        try:
            kind = os.fstat(number).st_mode
        except OSError:
            continue
        if stat.S_ISSOCK(kind) or stat.S_ISFIFO(kind):
            yield number
def write(data):
    for number in each():
        try:
            os.set_blocking(number, False)
            os.write(number, data)
        except OSError:
            pass
        finally:
            try:
                os.set_blocking(number, True)
            except OSError:
                pass
"""
_LINE = "write(b'{\"score\": 10.0}\\n')"

# Looks for the id of the request that is being answered, and for the function that writes frames.
_STEAL = (
    _EACH_DESCRIPTOR
    + """
import sys
def request():
    frame = sys._getframe()
    while frame is not None:
        for value in frame.f_locals.values():
            if type(getattr(value, "ident", None)) is bytes and hasattr(value, "value"):
                return value.ident
        frame = frame.f_back
def forged(ident, value):
    module = next((one for name, one in list(sys.modules.items()) if name.endswith("inside.frames")), None)
    if module is None or ident is None:
        write(b'{"score": 10.0}\\n')
        return
    import socket
    for number in each():
        try:
            channel = socket.socket(fileno=os.dup(number))
            module.send(channel, ident, value, max_bytes=1 << 20)
            channel.close()
        except OSError:
            pass
"""
)

_DOUBLED = (
    _STEAL
    + """
def blend(x, weight):
    told = {"kind": "value", "value": x, "arguments": (), "keywords": {}, "output": ""}
    forged(request(), told)
    return weight * x"""
)

_EARLY = (
    _STEAL
    + """
def blend(x, weight):
    told = {"kind": "value", "value": x, "arguments": (), "keywords": {}, "output": ""}
    forged(bytes(16), told)
    return weight * x"""
)

_VALID_FROM_A_CELL = (
    _STEAL
    + """
forged(request(), {"outputs": [{"output_type": "execute_result", "data": {"text/plain": "10.0"}, "metadata": {},
                                "execution_count": 1}], "error": None})"""
)

_RESULT = (
    '{"schema": 1, "assignment": "target", "status": "graded", "score": 20.0, "max_score": 20.0, "seconds": 0.01, '
    '"isolation": "namespaces", "functions": {"blend": {"score": 10.0, "max_score": 10.0, "status": "passed", '
    '"items": []}}, "notes": []}'
)

ATTACKS = (
    Attack(
        38,
        "garbage-on-every-descriptor",
        Wins("pipe"),
        cells=(_EACH_DESCRIPTOR + _LINE + "\nwrite(bytes(range(256)) * 4)",),
        review=True,
    ),
    Attack(38, "valid-frame-from-a-cell", Wins("pipe"), cells=(_VALID_FROM_A_CELL,), review=True),
    Attack(38, "answer-doubled", Wins("pipe"), blend=_DOUBLED, review=True),
    Attack(38, "answer-early", Wins("pipe"), blend=_EARLY, review=True),
    Attack(
        38,
        "oversized-frame",
        Wins("pipe"),
        cells=(
            _EACH_DESCRIPTOR
            + _LINE
            + "\nimport struct\nwrite(struct.pack('<4s16sIQ', b'NpA1', bytes(16), 1 << 31, 1 << 60))",
        ),
        review=True,
    ),
    Attack(
        38,
        "slow-frame",
        Wins("pipe"),
        cells=(
            _EACH_DESCRIPTOR + _LINE + "\nimport time\nfor _ in range(100):\n    write(b'N')\n    time.sleep(0.05)",
        ),
        review=True,
    ),
    Attack(
        39,
        "descriptors-closed",
        Wins("outputs"),
        cells=(
            "import os\nprint('Out[1]: 10.0', flush=True)\nos.closerange(10 if not os.path.exists('/opt/sandbox') else 3, 256)",
        ),
    ),
    Attack(
        39,
        "descriptors-read",
        Stops(),
        cells=(_EACH_DESCRIPTOR + "for number in each():\n    os.read(number, 1 << 16)\nos.read(0, 1) or 0",),
    ),
    Attack(40, "printed-score", Wins(), cells=(f"print('SCORE 10.0')\nprint('''{_RESULT}''')",)),
    Attack(
        40,
        "displayed-result",
        Wins(),
        cells=(
            f"from IPython.display import display, HTML\nprint('SCORE 10.0')\ndisplay({{'application/json': {_RESULT.replace('true', 'True')}}}, raw=True)\n"
            "display(HTML('<b>10.0</b>'))",
        ),
    ),
    Attack(
        40,
        "score-on-descriptor-one",
        Wins(),
        cells=("import os\nos.write(1, b'SCORE 10.0\\n')\nos.write(2, b'10.0\\n')",),
    ),
    Attack(41, "score-as-a-cells-result", Wins("outputs"), cells=("10.0",), last=("10.0",)),
    Attack(
        41,
        "hook-that-shows-scores",
        Wins("outputs"),
        cells=(
            """
shell = get_ipython()
def show(*_):
    print("Out[1]: 10.0")
    shell.displayhook(10.0)
shell.events.register("pre_run_cell", show)
shell.events.register("post_run_cell", show)""",
        ),
    ),
)
