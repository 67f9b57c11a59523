"""Machine-made mistakes: one change each, in the solution only, and only where a result may show it."""

import ast

import pytest

from autograder.gate.mutants import mutants_of

CELL = '''# GRADED FUNCTION: f
def f(x, axis=0):
    """Docstring with 1 number."""
    n = 5
    ### BEGIN SOLUTION
{lines}
    ### END SOLUTION'''


def changed(line: str) -> set[str]:
    """What becomes of the last line of a solution."""
    cell = CELL.format(lines="\n".join(f"    {one}" for one in line.split("\n")))
    return {mutant.after.split("\n")[-1].strip() for mutant in mutants_of("f", cell)}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("return x + n", {"return x - n", "return x", "return n", "pass"}),
        ("return x * (n - 1)", {"return x / (n - 1)", "return x * (n + 1)", "return x * (n)", "return x * (n - 0)"}),
        ("return x[1:n]", {"return x[2:n]", "return x[0:n]", "return x[:n]", "return x[1:]", "return x[1:n + 1]"}),
        ("return x < n", {"return x >= n", "return x <= n"}),
        ("return not x", {"return x"}),
        ("return -x", {"return x"}),
        ("return x or n", {"return x and n"}),
        ("return x.T @ n", {"return x @ n", "return n @ x.T"}),
        ("return np.sum(x, axis=1, keepdims=True)",
         {"return np.mean(x, axis=1, keepdims=True)", "return np.sum(x, keepdims=True)", "return np.sum(x, axis=1)",
          "return np.sum(x, axis=0, keepdims=True)", "return np.sum(x, axis=1, keepdims=False)"}),
        ("return np.sqrt(x)", {"return x"}),
        ("return x.copy()", {"return x"}),
        ("return np.dot(x, n)", {"return np.dot(n, x)"}),
        ("return 0.5", {"return 1.0", "return 1.5"}),
        ("return [i for i in range(n)]", {"return [i for i in range(n + 1)]", "return [i for i in range(n - 1)]"}),
        ('return x["a"], x["b"]', {'return x[\'b\'], x["b"]', 'return x["a"], x[\'a\']'}),
        ('return x[f"W{n}"]', {"return x[f'W{n + 1}']"}),
        ("x += n", {"x -= n", "pass"}),
        ("return x if n else 0", {"return 0 if n else x"}),
    ],
)  # fmt: skip
def test_each_operator_makes_its_mistakes(line: str, expected: set[str]) -> None:
    assert expected <= changed(line)


@pytest.mark.parametrize(
    "line",
    [
        'print("the difference is", x + 1)',
        'if x < 1:\n    print("right")\nelse:\n    print("wrong", x + 1)',
        'raise ValueError(f"{n + 1}")',
        "assert x > 1, n - 1",
        "import math",
    ],
)
def test_what_is_only_printed_raised_or_asserted_stays(line: str) -> None:
    assert changed(f"{line}\nreturn x") == {"pass"}


def test_brackets_come_where_the_tree_needs_them() -> None:
    assert "return (x - n) * 2" in changed("return (x + n) * 2")
    assert "return x.copy().T" not in changed("return (x + n).T")
    assert "return (x - n).T" in changed("return (x + n).T")


def test_a_mutant_is_the_cell_with_one_change_within_the_solution() -> None:
    cell = CELL.format(lines="    total = x * 2\n    return total / n")
    mutants = mutants_of("f", cell)
    original = cell.split("\n")
    assert len({ast.dump(ast.parse(one.source)) for one in mutants} | {ast.dump(ast.parse(cell))}) == len(mutants) + 1
    for one in mutants:
        differing = [n for n, (a, b) in enumerate(zip(original, one.source.split("\n"), strict=True)) if a != b]
        assert differing == [one.line - 1]
        assert original[differing[0]] == one.before
        assert one.diff == f"- {one.before}\n+ {one.after}"
    assert {one.line for one in mutants} == {6, 7}


def test_a_statement_over_several_lines_is_dropped_whole() -> None:
    cell = CELL.format(lines="    for i in x:\n        n += i\n    return n")
    dropped = next(one for one in mutants_of("f", cell) if one.before.count("\n") == 1)
    assert dropped.diff == "-     for i in x:\n-         n += i\n+     pass"
