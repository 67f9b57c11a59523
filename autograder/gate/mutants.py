"""Small mistakes that a machine makes in a reference: one change of its syntax tree each.

The operators are the classic ones of mutation testing (DeMillo, Lipton and Sayward, "Hints on test data
selection", Computer 11(4), 1978) for the code that numpy notebooks hold: arithmetic, comparisons, constants,
indices, axes, calls with a near neighbour, statements left out.
"""

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from operator import setitem
from typing import Any, Final, final

from autograder.authoring import solution_lines

_SWAPPED: Final[dict[type[ast.operator], type[ast.operator]]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
    ast.Pow: ast.Mult, ast.FloorDiv: ast.Mult, ast.Mod: ast.FloorDiv,
}  # fmt: skip
_OPPOSITE: Final[dict[type[ast.cmpop], type[ast.cmpop]]] = {
    ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE, ast.LtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
_EDGE: Final[dict[type[ast.cmpop], type[ast.cmpop]]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
}  # fmt: skip
# Not zeros_like: it mostly makes room for what a loop then writes, and another filling is no mistake.
_NEIGHBOURS: Final = {
    "sum": "mean", "mean": "sum", "zeros": "ones", "ones": "zeros",
    "maximum": "minimum", "minimum": "maximum", "max": "min", "min": "max", "rand": "randn", "randn": "rand",
    "floor": "ceil", "ceil": "floor", "vstack": "hstack", "hstack": "vstack", "sin": "cos", "cos": "sin",
}  # fmt: skip
_WRAPPERS: Final = frozenset(
    {"sqrt", "square", "exp", "log", "abs", "absolute", "fabs", "copy", "deepcopy", "floor", "ceil", "round", "norm",
     "transpose"}
)  # fmt: skip
_SILENT: Final = (ast.Raise, ast.Assert, ast.Import, ast.ImportFrom, ast.Global, ast.Nonlocal, ast.Pass)


@final
@dataclass(frozen=True, slots=True)
class Mutant:
    """A reference with one machine-made mistake.

    Attributes:
        function: The graded function.
        operator: What was done, in a few words.
        line: Where in the cell, counted from 1.
        source: The whole text of the graded cell with the mistake in it.
        before: The lines that differ, as they are.
        after: The same lines with the mistake.
    """

    function: str
    operator: str
    line: int
    source: str
    before: str
    after: str

    @property
    def diff(self) -> str:
        """What was changed, as lines with ``-`` and ``+``."""
        minus = (f"- {line}" for line in self.before.splitlines())
        plus = (f"+ {line}" for line in self.after.splitlines())
        return "\n".join((*minus, *plus))


def mutants_of(function: str, source: str) -> tuple[Mutant, ...]:
    """All mutants of a graded cell, in the order of its lines; only lines of the solution are touched.

    What is only printed, raised or asserted stays as it is: nothing of it is ever graded.

    Args:
        function: The graded function.
        source: The text of its graded cell in the source notebook, with the markers of its solution.
    """
    tree = ast.parse(source)
    inside, found = solution_lines(source), {ast.dump(tree)}
    made: list[Mutant] = []
    for node, put in _shown(tree):
        if getattr(node, "lineno", 0) not in inside:
            continue
        for operator, changed in _changes(node, tree):
            put(changed)
            expected = ast.dump(tree)
            put(node)
            text = _replaced(source.split("\n"), node, changed, expected)
            if text and expected not in found:
                found.add(expected)
                made.append(_mutant(function, operator, node, source, text))
    return tuple(sorted(made, key=lambda one: one.line))


def _mutant(function: str, operator: str, node: Any, source: str, text: str) -> Mutant:
    before, after = source.split("\n"), text.split("\n")
    tail = len(before) - node.end_lineno
    old = before[node.lineno - 1 : node.end_lineno]
    new = after[node.lineno - 1 : len(after) - tail]
    return Mutant(function, operator, node.lineno, text, "\n".join(old), "\n".join(new))


def _shown(node: ast.AST) -> Iterator[tuple[ast.AST, Callable[[ast.AST], None]]]:
    """All nodes whose change may show in what a function returns, each with what puts another in its place."""
    for field, value in ast.iter_fields(node):
        children = [(partial(setattr, node, field), value)]
        if isinstance(value, list):
            children = [(partial(setitem, value, place), child) for place, child in enumerate(value)]
        for put, child in children:
            if not isinstance(child, ast.AST) or isinstance(child, _SILENT) or _only_prints(child):
                continue
            yield child, put
            if not isinstance(child, ast.JoinedStr):  # before Python 3.12 its parts don't know where they stand
                yield from _shown(child)


def _only_prints(node: ast.AST) -> bool:
    match node:
        case ast.Expr(value=ast.Call(func=ast.Name(id="print"))) | ast.Expr(value=ast.Constant()):
            return True
        case ast.If(body=body, orelse=orelse):
            return all(map(_only_prints, [*body, *orelse]))
    return False


def _replaced(lines: list[str], node: Any, changed: ast.AST, expected: str) -> str:
    """The text with another node in the place of one, in brackets where it needs them; empty where it can't be."""
    head = lines[node.lineno - 1].encode()[: node.col_offset].decode()
    tail = lines[node.end_lineno - 1].encode()[node.end_col_offset :].decode()
    code = ast.unparse(ast.fix_missing_locations(changed))
    for inserted in (code, f"({code})"):
        text = "\n".join((*lines[: node.lineno - 1], head + inserted + tail, *lines[node.end_lineno :]))
        try:
            if ast.dump(ast.parse(text)) == expected:
                return text
        except SyntaxError:
            continue
    return ""


def _changes(node: ast.AST, tree: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    match node:
        case ast.Constant():
            yield from _constants(node, tree)
        case ast.JoinedStr():
            yield from _formatted(node)
        case ast.Call():
            yield from _calls(node)
        case ast.Attribute(attr="T", ctx=ast.Load()):
            yield "transpose dropped", node.value
        case ast.Subscript():
            yield from _indices(node)
        case ast.expr() | ast.AugAssign():
            yield from _operators(node)
        case ast.If():
            yield "condition turned", _with(node, test=ast.UnaryOp(ast.Not(), node.test))
    if isinstance(node, ast.Assign | ast.AugAssign | ast.Expr | ast.Return | ast.For | ast.While):
        yield "statement dropped", ast.Pass()


def _operators(node: ast.expr | ast.AugAssign) -> Iterator[tuple[str, ast.AST]]:
    match node:
        case ast.BinOp():
            yield from _arithmetic(node)
        case ast.AugAssign() if type(node.op) in _SWAPPED:
            yield "operator", _with(node, op=_SWAPPED[type(node.op)]())
        case ast.UnaryOp(op=ast.USub() | ast.Not()):
            yield "sign dropped", node.operand
        case ast.Compare(ops=[op]):
            yield "comparison turned", _with(node, ops=[_OPPOSITE[type(op)]()])
            if type(op) in _EDGE:
                yield "edge of a comparison", _with(node, ops=[_EDGE[type(op)]()])
        case ast.BoolOp():
            yield "and for or", _with(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
        case ast.IfExp():
            yield "branches swapped", _with(node, body=node.orelse, orelse=node.body)


def _with(node: Any, **fields: Any) -> Any:
    changed = copy.deepcopy(node)
    for name, value in fields.items():
        setattr(changed, name, copy.deepcopy(value))
    return changed


def _arithmetic(node: ast.BinOp) -> Iterator[tuple[str, ast.AST]]:
    if type(node.op) in _SWAPPED:
        yield "operator", _with(node, op=_SWAPPED[type(node.op)]())
    if isinstance(node.op, ast.MatMult):
        yield "factors swapped", _with(node, left=node.right, right=node.left)
    else:
        yield "right operand dropped", node.left
        yield "left operand dropped", node.right


def _constants(node: ast.Constant, tree: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    value = node.value
    if isinstance(value, bool):
        yield "truth value turned", ast.Constant(not value)
    elif isinstance(value, int):
        yield "constant", ast.Constant(value + 1)
        yield "constant", ast.Constant(value - 1) if value else ast.UnaryOp(ast.USub(), ast.Constant(1))
    elif isinstance(value, float):
        yield "constant", ast.Constant(2 * value)
        yield "constant", ast.Constant(value + 1)
    elif isinstance(value, str) and (other := _next_text(value, tree)):
        yield "another key", ast.Constant(other)


def _next_text(value: str, tree: ast.AST) -> str:
    """The next of the keys that the function uses."""
    indices = [node.slice for node in ast.walk(tree) if isinstance(node, ast.Subscript)]
    keys = sorted({one.value for one in indices if isinstance(one, ast.Constant) and isinstance(one.value, str)})
    return keys[(keys.index(value) + 1) % len(keys)] if value in keys and len(keys) > 1 else ""


def _formatted(node: ast.JoinedStr) -> Iterator[tuple[str, ast.AST]]:
    for place, part in enumerate(node.values):
        if isinstance(part, ast.FormattedValue):
            shifted = _with(part, value=_plus(part.value, 1))
            yield "index shifted", _with(node, values=[*node.values[:place], shifted, *node.values[place + 1 :]])


def _calls(node: ast.Call) -> Iterator[tuple[str, ast.AST]]:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    for place, keyword in enumerate(node.keywords):
        if keyword.arg in ("axis", "keepdims"):
            others = [*node.keywords[:place], *node.keywords[place + 1 :]]
            yield f"{keyword.arg} dropped", _with(node, keywords=others)
    if name in _NEIGHBOURS and isinstance(node.func, ast.Attribute):
        yield "neighbouring function", _with(node, func=_with(node.func, attr=_NEIGHBOURS[name]))
    if name in _WRAPPERS and len(node.args) == 1 and not node.keywords:
        yield "call dropped", node.args[0]
    if name == "copy" and not node.args and isinstance(node.func, ast.Attribute):
        yield "copy dropped", node.func.value
    if name == "dot" and len(node.args) == 2:
        yield "factors swapped", _with(node, args=node.args[::-1])
    if name == "range":
        for place, argument in enumerate(node.args):
            for step in (1, -1) if not isinstance(argument, ast.Constant) else ():
                shifted = [*node.args[:place], _plus(argument, step), *node.args[place + 1 :]]
                yield "index shifted", _with(node, args=shifted)


def _indices(node: ast.Subscript) -> Iterator[tuple[str, ast.AST]]:
    """Positions one further; what is looked up by text is no position."""
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    for place, part in enumerate(parts):
        for operator, changed in _positions(part):
            elements = [*parts[:place], changed, *parts[place + 1 :]]
            index = _with(node.slice, elts=elements) if isinstance(node.slice, ast.Tuple) else changed
            yield operator, _with(node, slice=index)


def _positions(part: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(part, ast.Slice):
        for end in ("lower", "upper"):
            if (bound := getattr(part, end)) is not None:
                yield "end of a slice dropped", _with(part, **{end: None})
                if not isinstance(bound, ast.Constant):
                    yield "index shifted", _with(part, **{end: _plus(bound, 1)})
                    yield "index shifted", _with(part, **{end: _plus(bound, -1)})
    elif not isinstance(part, ast.Constant | ast.JoinedStr | ast.UnaryOp) and not _is_text(part):
        yield "index shifted", _plus(part, 1)


def _is_text(node: ast.expr) -> bool:
    """Whether an index is put together from text, as ``"d" + name``."""
    return any(isinstance(one, ast.Constant) and isinstance(one.value, str) for one in ast.walk(node))


def _plus(node: ast.expr, step: int) -> ast.BinOp:
    operator: ast.operator = ast.Add() if step > 0 else ast.Sub()
    return ast.BinOp(copy.deepcopy(node), operator, ast.Constant(abs(step)))
