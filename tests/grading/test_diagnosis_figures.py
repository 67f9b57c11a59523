"""How often a wrong answer is diagnosed rightly, wrongly or only described: answers spoiled in a known way.

What is wrong with each is known by how it is made, from the reference's answer, and not from the code that
diagnoses. Run with ``-s`` to see the table.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from commands import PROJECT

from autograder.grading.diagnosis import Diagnosis
from autograder.grading.probing import Probe
from autograder.grading.reference import Reference
from autograder.grading.student import Answer, Replacements
from autograder.grading.suite import Suite, Verdict

ASSIGNMENTS = ("gradient_checking", "initialization", "optimization", "regularization")
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


def on_arrays(change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A change of every array and number of an answer."""

    def spoil(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: spoil(inner) for key, inner in value.items()}
        if isinstance(value, list | tuple):
            return type(value)([spoil(inner) for inner in value])
        return change(value) if np.asarray(value).dtype.kind == "f" else value

    return spoil


def on_first_key(change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A change of one entry of an answer that is a dictionary; others stay right."""

    def spoil(value: Any) -> Any:
        if isinstance(value, tuple | list) and value:
            return type(value)([spoil(value[0]), *value[1:]])
        if isinstance(value, dict) and value:
            return {**value, next(iter(value)): change(next(iter(value.values())))}
        return value

    return spoil


def without_last_key(value: Any) -> Any:
    """Dictionaries lose the entry that was put in last."""
    if isinstance(value, tuple | list):
        return type(value)([without_last_key(one) for one in value])
    return dict(list(value.items())[:-1]) if isinstance(value, dict) else value


# Of each way to spoil an answer: how, and what may truly be said of it. Claims of the kinds below that are not
# among those are wrong; a message without any claim is a plain description.
SPOILED: Mapping[str, tuple[Callable[[Any], Any], str]] = {
    "times 3": (on_arrays(lambda a: 3 * a), "factor|too large|size"),
    "a third": (on_arrays(lambda a: a / 3), "factor|too small|size"),
    "sign turned": (on_arrays(lambda a: -a), "sign|negative|wrong way"),
    "offset": (on_arrays(lambda a: a + 0.5), "offset|size"),
    "transposed": (on_arrays(lambda a: np.asarray(a).T), "shape|transposed"),
    "flattened": (on_arrays(np.ravel), "shape"),
    "zeros": (on_arrays(np.zeros_like), "zero|same number|constant|idle"),
    "rounded": (on_arrays(lambda a: np.round(a, 2)), "rounded|zero|close"),
    "single precision": (on_arrays(np.float32), "single|close"),
    "NaN": (on_arrays(lambda a: a * np.nan), "nan"),
    "one key times 3": (on_first_key(lambda a: 3 * a), "factor|key|size"),
    "last key lost": (without_last_key, "missing"),
}
CLAIMS = {
    "factor": r"constant factor",
    "sign": r"sign is turned|turned in sign",
    "wrong way": r"goes the wrong way",
    "offset": r"off by the same amount",
    "shape": r"the shape is|an array of shape",
    "transposed": r"the transpose of|values are transposed",
    "zero": r"(every value|the value) is zero",
    "nan": r"NaN|nan",
    "rounded": r"rounded|cut off",
    "single": r"single precision",
    "close": r"close, but not right",
    "missing": r"Missing in",
    "key": r"right: the other",
    "same number": r"the same number",
    "constant": r"whatever it is given",
    "seed": r"random numbers are",
    "idle": r"no effect",
    "too large": r"factor.*too large",
    "too small": r"factor.*(half of|times too small)",
}
# An item that looks at something made from the answer may see another effect than the one that was put in: of some
# 900 failed items in all, three do.
MOST_WRONG = 2
# Each of these is true of any array to which it can apply at all, so it is never held against a message.
NEUTRAL = {"key", "close"}


@dataclass(frozen=True)
class Spoiled:
    """The reference, with the answers of one function spoiled."""

    reference: Reference
    function: str
    spoil: Callable[[Any], Any]

    def call(self, function: str, args: tuple[Any, ...], kwargs: Mapping[str, Any], replaced: Replacements) -> Answer:
        answer = self.reference.call(function, args, kwargs, replaced)
        return Answer(self.spoil(answer.value), answer.arguments) if function == self.function else answer


def verdicts_of(suite: Suite, callee: Spoiled) -> dict[str, Verdict]:
    items = [item for item in suite.items if item.function == callee.function]
    found = [(item, suite.run(item, callee)) for item in items]
    more = Probe(suite.reference, lambda _item: callee).explained(found)
    return {item.id: more.get(item.id, verdict) for item, verdict in found}


def judged(message: str, allowed: str) -> str:
    """Whether a message says something right or wrong of an answer, or only describes it."""
    claims = {name for name, text in CLAIMS.items() if re.search(text, message)}
    if wrong := claims - set(allowed.split("|")) - NEUTRAL:
        return f"wrong: {sorted(wrong)}"
    return "right" if claims & set(allowed.split("|")) else "described"


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_spoiled_answers_are_diagnosed_rightly_or_only_described(assignment: str) -> None:
    suite = Suite(PROJECT / "autograder" / "checks" / assignment, PROJECT)
    reference, diagnosis = Reference(suite.solutions), Diagnosis(suite)
    table: dict[str, Counter[str]] = {name: Counter() for name in SPOILED}
    wrong, hints = [], []
    for function in suite.points:
        for name, (spoil, allowed) in SPOILED.items():
            callee = Spoiled(reference, function, spoil)
            verdicts = verdicts_of(suite, callee)
            for item, verdict in verdicts.items():
                if not verdict.passed:
                    result = judged(verdict.message, allowed)
                    table[name][result.split(":", 1)[0]] += 1
                    if result.startswith("wrong"):
                        wrong.append((function, name, item, result, verdict.message))
            if mistake := diagnosis.misconception(function, verdicts):
                hints.append((function, name, mistake.name))
    print(f"\n{assignment:24}{'right':>8}{'described':>11}{'wrong':>8}")
    for name, counts in table.items():
        print(f"{name:24}{counts['right']:8}{counts['described']:11}{counts['wrong']:8}")
    for one in (*wrong, *hints):
        print(one)
    assert sum(counts["right"] for counts in table.values()) > 0
    assert len(wrong) <= MOST_WRONG
