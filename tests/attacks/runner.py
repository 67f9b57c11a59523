"""Attacks on whatever compares: patched functions, hooks, and code that acts later than its cell."""

from .model import SPY, Attack, Shows, Wins

_TRUE = "lambda *_, **__: True"

_SIGNALS = """
import signal
def look(number, frame):
    while frame is not None:
        spy(repr(frame.f_locals.get("expected")))
        frame = frame.f_back
signal.signal(signal.SIGALRM, look)
signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)"""

_LATER = """
import atexit, asyncio, threading, time
def patch():
    import numpy
    numpy.allclose = lambda *_, **__: True
    print("SCORE 10.0")
atexit.register(patch)
def again():
    for _ in range(2000):
        patch.__globals__["np"].allclose = lambda *_, **__: True
        time.sleep(0.001)
threading.Thread(target=again, daemon=True).start()
async def task():
    while True:
        patch()
        await asyncio.sleep(0)
try:
    asyncio.get_event_loop().create_task(task())
except RuntimeError:
    pass"""

_OVERWRITE = """
import ctypes, sys
def blend(x, weight):
    answer = weight * x
    frame = sys._getframe(1)
    while frame is not None:
        for value in list(frame.f_locals.values()):
            if type(value) is np.ndarray and value is not x and value.nbytes == answer.nbytes:
                ctypes.memmove(value.ctypes.data, answer.ctypes.data, answer.nbytes)
        frame = frame.f_back
    for address in (id(False), id(0.0)):
        ctypes.string_at(address, 24)
    return answer"""

ATTACKS = (
    Attack(25, "allclose", Wins(), cells=(f"import numpy\nnumpy.allclose = numpy.isclose = {_TRUE}",)),
    Attack(
        25,
        "numpy-testing",
        Wins("testing"),
        cells=(f"import numpy.testing as t\nt.assert_allclose = t.assert_array_equal = t.assert_equal = {_TRUE}",),
    ),
    Attack(
        26,
        "isinstance-and-errors",
        Wins("isinstance"),
        cells=(
            """
import builtins
class Same:
    def all(self): return True
real = builtins.isinstance
builtins.isinstance = lambda one, kind: True if type(one) is Fake else real(one, kind)
class Fake:
    def __eq__(self, other): return Same()
builtins.AssertionError = type("AssertionError", (Exception,), {})
builtins.all = builtins.any = lambda *_: True""",
        ),
        blend="def blend(x, weight):\n    return Fake()",
    ),
    Attack(
        27,
        "pytest-and-unittest",
        Wins("unittest"),
        cells=(
            """
import unittest
for name in ("assertTrue", "assertEqual", "fail", "assertAlmostEqual"):
    setattr(unittest.TestCase, name, lambda *_, **__: None)
try:
    import _pytest.runner, pytest
    _pytest.runner.check_interactive_exception = pytest.fail = lambda *_, **__: None
except ImportError:
    pass""",
        ),
    ),
    Attack(
        28,
        "json-struct-msgpack-socket-os",
        Wins("json"),
        cells=(
            """
import json, os, socket, struct, msgspec
json.dumps = lambda *_, **__: '{"score": 10.0}'
struct.pack = struct.unpack = lambda *_, **__: b""
msgspec.msgpack.encode = msgspec.json.encode = lambda *_, **__: b"\\xa510.0"
for name in ("write", "read", "_exit", "fork"):
    setattr(os, name + "_", getattr(os, name))
socket.socket.send = lambda self, data, *_: len(data)""",
        ),
    ),
    Attack(
        29,
        "random-numbers-made-plain",
        Wins("drawn"),
        cells=(
            """
import numpy as np, random
np.random.seed = random.seed = lambda *_: None
np.random.randn = np.random.rand = lambda *shape: np.zeros(shape)""",
        ),
    ),
    Attack(
        30,
        "modules-put-in-place",
        Wins("late-import"),
        cells=(
            """
import sys, types
fake = types.ModuleType("solutions.target")
fake.average = lambda x: 0.0
for name in ("solutions.target", "autograder.checks.target", "checks.target", "test_target"):
    sys.modules[name] = fake
class Finder:
    def find_spec(self, name, path=None, target=None):
        return None
sys.meta_path.insert(0, Finder())
import os, site
for folder in [*sys.path, *site.getsitepackages(), "/opt/packages", os.path.dirname(os.path.dirname(sys.__file__ if hasattr(sys, "__file__") else os.__file__))]:
    for name in ("attack-left.pth",):
        if folder and not folder.startswith("/tmp") and os.path.exists("/opt/sandbox"):
            try:
                open(f"{folder}/{name}", "w").write("import this\\n")
                print("got: a start-up file")
            except OSError:
                pass""",
        ),
        blend="def blend(x, weight):\n    return weight * x + 0.0 * x.mean()",
        never=("got: ",),
    ),
    Attack(
        31,
        "trace-and-profile",
        Shows("seen: 27182818"),
        cells=(
            SPY,
            """
def profile(frame, event, argument):
    if frame.f_code.co_name in ("agrees", "allclose"):
        spy(repr(frame.f_locals))
    return profile
sys.setprofile(profile)
sys.addaudithook(lambda event, args: None)""",
        ),
    ),
    Attack(
        32,
        "timer-that-looks-at-frames",
        Shows("seen: 27182818"),
        cells=(SPY, _SIGNALS),
        blend=(
            "import time\ndef blend(x, weight):\n    until = time.monotonic() + 0.1\n"
            "    while time.monotonic() < until:\n        pass\n    return weight * x"
        ),
    ),
    Attack(
        33,
        "asserts-transformed-away",
        Wins("cell"),
        cells=(
            """
import ast
class NoAsserts(ast.NodeTransformer):
    def visit_Assert(self, node):
        return ast.Pass()
get_ipython().ast_transformers.append(NoAsserts())
get_ipython().input_transformers_cleanup.append(lambda lines: ["pass\\n" if "assert" in line else line for line in lines])
get_ipython().register_magic_function(lambda line: "10.0", magic_name="time")""",
        ),
    ),
    Attack(34, "thread-that-patches-later", Wins(), cells=(_LATER,)),
    Attack(35, "expected-values-overwritten", Wins(), blend=_OVERWRITE),
    Attack(
        36,
        "clocks-patched",
        Shows("SECONDS -", "timed"),
        cells=(
            """
import time
time.time = time.monotonic = time.perf_counter = lambda: -1e9
import os
try:
    time.clock_settime(time.CLOCK_REALTIME, 0.0) if os.path.exists("/opt/sandbox") else None
    print("got: the clock") if os.path.exists("/opt/sandbox") else None
except OSError:
    pass""",
        ),
        never=("got: ",),
    ),
    Attack(
        37,
        "child-answers-for-its-parent",
        Wins(),
        cells=("import os",),
        blend="""
def blend(x, weight):
    if os.fork() == 0:
        print("\\nSCORE 10.0", flush=True)
        os._exit(0)
    os.wait()
    return weight * x""",
    ),
)
