"""Nearly equal code: copies are found in disguise, and what everybody writes is not taken for one."""

import pytest

from autograder.reports.class_report.alike import alike_groups
from autograder.reports.class_report.candidates import FEW
from autograder.reports.class_report.side_by_side import compare

STUB = '''# GRADED FUNCTION: mean_of_rows
def mean_of_rows(table, weights=None):
    """The mean of each row."""
    raise NotImplementedError
'''
HEAD, _, _ = STUB.rpartition("    raise")
REFERENCE = f"{HEAD}    return np.average(table, axis=1, weights=weights)\n"
OWN = f"""{HEAD}    rows, columns = table.shape
    if weights is None:
        weights = np.full(columns, 1 / columns)
    result = np.empty(rows)
    for row in range(rows):
        total, share = 0.0, 0.0
        for column in range(columns):
            total += table[row, column] * weights[column]
            share += weights[column]
        result[row] = total / max(share, 1e-12)
    return result
"""
DISGUISED = OWN
for old, new in (("rows", "n"), ("columns", "m"), ("result", "out"), ("total", "acc"), ("share", "w_sum")):
    DISGUISED = DISGUISED.replace(old, new)
DISGUISED = DISGUISED.replace("mean_of_n", "mean_of_rows").replace("    for row", "    # go over it\n\n    for row")
OTHER = f"""{HEAD}    total = np.zeros(len(table))
    count = 0.0
    index = 0
    while index < table.shape[1]:
        factor = 1.0 if weights is None else float(weights[index])
        total = total + factor * table[:, index]
        count = count + factor
        index = index + 1
    assert count != 0, "no weights"
    return np.divide(total, count, out=np.zeros_like(total), where=abs(count) > 1e-9)
"""


def groups(codes: dict[str, str]) -> list[tuple[str, ...]]:
    whole = {student: {"mean_of_rows": code} for student, code in codes.items()}
    found, _ = alike_groups(whole, dict.fromkeys(codes, ("i",)), {"mean_of_rows": STUB}, {"mean_of_rows": REFERENCE})
    return [one.alike.students for one in found]


def test_a_copy_with_other_names_and_comments_is_found() -> None:
    assert groups({"ada": OWN, "bela": OTHER, "chen": DISGUISED}) == [("ada", "chen")]


def test_the_same_text_is_found_however_many_hand_it_in() -> None:
    many = {f"s{n:02}": OWN for n in range(FEW + 10)}
    assert groups({**many, "bela": OTHER}) == [tuple(sorted(many))]


def test_what_the_release_or_the_reference_says_is_nobodys_copy() -> None:
    assert groups({"ada": REFERENCE, "bela": REFERENCE, "chen": STUB, "dora": STUB}) == []


def test_what_many_write_each_in_their_own_words_is_no_copy() -> None:
    """More than twenty different texts with the same tokens: the usual solution."""
    assert groups({f"s{n:02}": OWN.replace("share", f"share{n}") for n in range(FEW + 1)}) == []


@pytest.mark.parametrize("code", ["", "def f(:", "'" * 5000, "a" * 50_000 + '"', '"""' * 3001, "\0\ud800"])
def test_code_that_is_no_python_is_compared_all_the_same(code: str) -> None:
    assert groups({"ada": code, "bela": code + " ", "chen": OWN}) in ([], [("ada", "bela")])


def test_side_by_side_marks_what_both_have() -> None:
    codes = {"ada": {"mean_of_rows": OWN}, "chen": {"mean_of_rows": DISGUISED}, "bela": {"mean_of_rows": OTHER}}
    sides = compare("ada", "chen", codes, {"mean_of_rows": STUB})
    ((_, left, right),) = sides.functions
    assert sides.similarity > 0.9
    assert dict(left)["        result[row] = total / max(share, 1e-12)"]
    assert "\n".join(text for text, _ in right) + "\n" == DISGUISED
    assert compare("ada", "bela", codes, {"mean_of_rows": STUB}).similarity < 0.3
