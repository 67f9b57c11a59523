"""The same class for stock nbgrader: our release with the hidden items inlined behind the visible asserts."""

import base64
import zlib
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.course import Course
from autograder.notebooks import Kind, read_mark

# What an instructor would paste into hidden tests by hand: the items' own code, a stand-in for what pytest gives
# them, the reference beside it. It runs in the student's kernel; a failed item fails the cell.
_PREAMBLE = '''
import base64 as _b, copy as _c, itertools as _i, sys as _s, types as _t, zlib as _z

class _Mark:
    def __getattr__(self, name):
        def mark(*args, **kwargs):
            def kept(function):
                function.__dict__.setdefault("_marks", []).append((name, args, kwargs))
                return function
            return kept
        return mark

_pytest = _t.ModuleType("pytest")
_pytest.mark, _pytest.param = _Mark(), lambda *values, **_: values

class _Student:
    def __init__(self, names, lent=None):
        self._names, self._lent, self.arguments = names, lent or {{}}, ()
    def __getattr__(self, function):
        def call(*args, **kwargs):
            args, before = _c.deepcopy(args), {{n: self._names.get(n) for n in self._lent}}
            self._names.update(self._lent)
            try:
                value = self._names[function](*args, **kwargs)
            finally:
                self._names.update(before)
            self.arguments = args
            return value
        return call
    def replaced(self, **lent):
        return _Student(self._names, lent)

def _module(name, text):
    module = _t.ModuleType(name)
    exec(compile(_z.decompress(_b.b64decode(text)).decode(), name, "exec"), vars(module))
    return module

_s.modules["pytest"], _had = _pytest, _s.modules.get("pytest")
_reference = _module("reference", "{reference}")
_items = _module("items", "{items}")

def _hidden(name):
    import numpy
    for function in list(vars(_items).values()):
        marks = getattr(function, "_marks", [])
        if not any(kind == "graded" and args[0] == name for kind, args, _ in marks):
            continue
        given = []
        for kind, args, _ in marks:
            if kind == "parametrize":
                names = [n.strip() for n in args[0].split(",")] if isinstance(args[0], str) else list(args[0])
                given.append([dict(zip(names, v if len(names) > 1 else [v])) for v in args[1]])
        for some in _i.product(*given):
            values = {{k: v for one in some for k, v in one.items()}}
            lent = _Student(vars(_reference))
            offered = dict(student=_Student(globals()), reference=lent, draw=numpy.random.RandomState(1),
                           pinned=lambda f, *a, **k: getattr(lent, f)(*a, **k), **values)
            wanted = function.__code__.co_varnames[: function.__code__.co_argcount]
            function(**{{n: offered[n] for n in wanted}})
'''


def write_stock_source(ours: Course, stock: Course, assignment: str) -> None:
    """Write a source notebook for stock nbgrader: cells with its metadata, hidden tests in the check cells."""
    notebook = nbformat.read(ours.release_notebook(assignment), as_version=4)
    preamble = _PREAMBLE.format(
        reference=_packed(ours.solutions_module(assignment)),
        items=_packed(ours.checks_folder(assignment) / f"test_{assignment}.py"),
    )
    for cell in notebook.cells:
        mark = read_mark(cell)
        if mark is not None and mark.kind is Kind.CHECK:
            hidden = f'{preamble}\n_hidden("{mark.name}")'
            cell.source += f"\n### BEGIN HIDDEN TESTS\n{hidden.strip()}\n### END HIDDEN TESTS"
            preamble = ""
    target = stock.source_notebook(assignment)
    target.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, target)


def without_demonstrations(notebook: NotebookNode) -> NotebookNode:
    """The notebook without its demonstrations."""
    kept = []
    for cell in notebook.cells:
        mark = read_mark(cell)
        if mark is None or mark.kind is not Kind.DEMO:
            kept.append(cell)
    notebook.cells = kept
    return notebook


def _packed(path: Path) -> str:
    return base64.b64encode(zlib.compress(path.read_bytes())).decode()
