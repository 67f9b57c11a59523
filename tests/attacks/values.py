"""Attacks by values that lie about themselves, or that cost more than they look."""

from .model import SPY, Attack, Harmful, Shows, Stops, Wins

_LIAR = """
class {name}({base}):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __lt__(self, other): return True
    __gt__ = __le__ = __ge__ = __lt__
    __hash__ = None
    def __sub__(self, other): return 0.0
    __rsub__ = __sub__
    def __abs__(self): return 0.0
    def __bool__(self): return True
    def all(self, *_, **__): return True
"""
_ARRAY_LIAR = """
import numpy as np
class Yes(np.ndarray):
    __array_priority__ = 1e9
    def __array_function__(self, function, types, args, kwargs): return True
    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs): return np.zeros(1) if ufunc is np.subtract else True
    def __eq__(self, other): return np.array([True])
    def all(self, *_, **__): return True
    def tolist(self): return [True]
    __class__ = property(lambda self: np.ndarray)
"""


def _returns(expression: str, before: str = "") -> str:
    return f"{before}\ndef blend(x, weight):\n    return {expression}"


def _liar(base: str, *made: str) -> str:
    return _LIAR.format(name="Liar", base=base) + _returns(*made)


_SIDE_EFFECTS = """
class Touchy:
    def __repr__(self): win(); return "x"
    __str__ = __repr__
    def __del__(self): win()
    def __reduce__(self): win(); return (float, ("1",))
    def __len__(self): win(); return 1
    def __iter__(self): win(); return iter(())
    def __array__(self, *_, **__): win(); return np.zeros(2)
    def __eq__(self, other): win(); return False
    @property
    def __class__(self): win(); return np.ndarray
    def __getattr__(self, name): win(); raise AttributeError(name)
def win():
    import numpy
    numpy.all = numpy.allclose = lambda *_, **__: True
def blend(x, weight):
    return Touchy()"""

ATTACKS = (
    Attack(13, "always-equal", Wins("equal"), blend=_liar("object", "Liar()")),
    Attack(14, "array-that-answers-for-numpy", Wins(), blend=_returns("(weight * x).view(Yes)", _ARRAY_LIAR)),
    Attack(
        14,
        "array-with-its-own-difference",
        Wins("difference"),
        blend="""
class Near(np.ndarray):
    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs): return np.zeros(1)
def blend(x, weight):
    return (weight * x).view(Near)""",
    ),
    Attack(
        15,
        "objects-in-an-array",
        Wins("equal"),
        blend=_liar("object", "np.array([Liar() for _ in x.flat], dtype=object).reshape(x.shape)"),
    ),
    Attack(
        15,
        "pickle-payload",
        Wins("pickled"),
        blend="""
class Payload:
    def __reduce__(self): return (eval, ("__import__('numpy').__dict__.update(all=lambda *_: True)",))
def blend(x, weight):
    return Payload()""",
    ),
    Attack(16, "subclass-of-float", Wins("equal"), blend=_liar("float", "Liar(0)")),
    Attack(16, "subclass-of-list", Wins("equal"), blend=_liar("list", "Liar([0.0] * len(x))")),
    Attack(
        16,
        "subclass-of-dict-and-text",
        Wins("equal"),
        blend=_liar("dict", "Liar(a=1)") + "\nclass Text(str):\n    __eq__ = Liar.__eq__",
    ),
    Attack(
        17,
        "late-value",
        Wins(),
        blend="""
import sys
class Late:
    def __array__(self, *_, **__):
        frame = sys._getframe()
        while frame:
            if "expected" in frame.f_locals:
                return frame.f_locals["expected"]
            frame = frame.f_back
        return np.zeros(2)
def blend(x, weight):
    return Late()""",
    ),
    Attack(
        17,
        "generator-that-tells",
        Shows("seen: 27182818", "equal"),
        cells=(SPY,),
        blend="""
class Proxy:
    __array_ufunc__ = None
    def __eq__(self, other):
        spy(repr(other))
        return False
    __req__ = __eq__
def blend(x, weight):
    return Proxy()""",
    ),
    Attack(18, "not-a-number", Wins("difference"), blend=_returns("x * float('nan')")),
    Attack(18, "masked", Wins("difference"), blend=_returns("np.ma.masked_all(x.shape)")),
    Attack(18, "infinite-and-complex", Wins("difference"), blend=_returns("x.astype(complex) * complex('nan+infj')")),
    Attack(
        19,
        "huge-view-of-one-zero",
        Harmful("it would take the machine's memory"),
        blend=_returns("np.broadcast_to(0.0, (10**7, 10**7))"),
    ),
    Attack(
        19,
        "strides-beyond-the-end",
        Stops(),
        blend=_returns("np.lib.stride_tricks.as_strided(x, (1 << 20, 1 << 10), (1 << 20, 1 << 24))"),
    ),
    Attack(
        20,
        "deep-list",
        Stops(),
        blend="""
def blend(x, weight):
    value = 0.0
    for _ in range(200_000):
        value = [value]
    return value""",
    ),
    Attack(
        20, "cyclic", Stops(), blend="def blend(x, weight):\n    value = []\n    value.append(value)\n    return value"
    ),
    Attack(
        20,
        "wide",
        Harmful("it would take the machine's memory"),
        blend="def blend(x, weight):\n    return [[0.0]] * 300_000_000",
    ),
    Attack(21, "side-effects", Wins(), blend=_SIDE_EFFECTS),
    Attack(22, "huge-number", Stops(), blend="def blend(x, weight):\n    return 7 ** 10 ** 9"),
    Attack(
        22,
        "huge-text",
        Harmful("it would take the machine's memory"),
        blend="def blend(x, weight):\n    return ['9' * (1 << 29)] * 999_999_999",
    ),
    Attack(
        23,
        "changed-later",
        Wins(),
        blend="""
import threading
def blend(x, weight):
    answer = weight * x
    def later():
        import sys, time
        while True:
            for frame in sys._current_frames().values():
                while frame:
                    if isinstance(frame.f_locals.get("expected"), np.ndarray):
                        answer[...] = frame.f_locals["expected"]
                        return
                    frame = frame.f_back
    thread = threading.Thread(target=later, daemon=True)
    thread.start()
    thread.join(0.3)
    return answer""",
    ),
    Attack(24, "nothing", Stops(), blend=_returns("None")),
    Attack(24, "not-implemented", Stops(), blend=_returns("NotImplemented")),
    Attack(24, "itself", Stops(), blend=_returns("blend")),
)
