"""The misconception that a wrong function behaves like: found by what it answers, whatever its text."""

import itertools
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from commands import PROJECT

from autograder.course import Course
from autograder.demo.people import Material, graded_cell
from autograder.errors import CourseError
from autograder.grading.grade import Graded, Grader
from autograder.sandbox import Limits, Sandbox

ASSIGNMENTS = ("gradient_checking", "initialization", "optimization", "regularization")

# Only their text tells these from an earlier one of the catalogue.
ALIKE = {
    "adam-zeros-one-dictionary-for-both": "adam-zeros-one-array-for-both",
    "check-n-minus-moves-the-plus-copy": "check-n-theta-not-copied",
    "cost-examples-counted-as-rows": "cost-not-divided-by-examples",
    "dropout-seed-after-first-mask": "dropout-seed-for-each-layer",
}

# The same mistakes as their author's, in other words: loops, other names, other helpers, other containers.
REWRITTEN = {
    "gd-plus-for-minus": """
def update_parameters_with_gd(p, g, rate):
    for key in list(p):
        p[key] += g["d" + key] * rate
    return p
""",
    "gd-last-layer-left-out": """
def update_parameters_with_gd(theta, slopes, alpha):
    depth = int(len(theta) / 2)
    out, l = {}, 1
    while l < depth:
        out.update({"W%d" % l: theta["W%d" % l] - alpha * slopes["dW%d" % l]})
        out.update({"b%d" % l: theta["b%d" % l] - alpha * slopes["db%d" % l]})
        l += 1
    return out
""",
    "gd-layers-from-zero": """
def update_parameters_with_gd(parameters, grads, learning_rate):
    layers = [n for n in range(len(parameters) // 2)]
    return {f"{k}{n}": parameters[f"{k}{n}"] - learning_rate * grads[f"d{k}{n}"] for n in layers for k in "Wb"}
""",
    "batches-labels-not-shuffled": """
def random_mini_batches(X, Y, mini_batch_size=64, seed=0):
    np.random.seed(seed)
    perm = list(np.random.permutation(X.shape[1]))
    Xs, n, out = X[:, perm], X.shape[1], []
    while n * 0 + sum(b[0].shape[1] for b in out) < n:
        k = sum(b[0].shape[1] for b in out)
        out.append([Xs[:, k : k + mini_batch_size], Y[:, k : k + mini_batch_size]])
    return tuple(out)
""",
    "he-xavier": """
def initialize_parameters_he(dims):
    r = np.random.RandomState(3)
    out = {}
    for l, (n_in, n_out) in enumerate(zip(dims, dims[1:]), 1):
        out["b" + str(l)] = np.zeros([n_out, 1], dtype=int)
        out["W" + str(l)] = r.randn(n_out, n_in) / n_in**0.5
    return out
""",
    "check-one-sided": """
def gradient_check(x, theta, epsilon=1e-7):
    slope = (forward_propagation(x, theta + epsilon) - forward_propagation(x, theta)) / epsilon
    own = backward_propagation(x, theta)
    return np.array([abs(own - slope) / (abs(own) + abs(slope))])
""",
    "adam-correction-skipped": """
def update_parameters_with_adam(parameters, grads, v, s, t, learning_rate=0.01, beta1=0.9, beta2=0.999, epsilon=1e-8):
    for name in [*parameters]:
        g = grads["d" + name]
        v["d" + name] *= beta1
        v["d" + name] += (1 - beta1) * g
        s["d" + name] = s["d" + name] + (1 - beta2) * (np.square(g) - s["d" + name])
        parameters[name] = parameters[name] - learning_rate * v["d" + name] / (np.sqrt(s["d" + name]) + epsilon)
    return [parameters, v, s]
""",
}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(Limits()) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def graders(project: Course, sandbox: Sandbox) -> dict[str, Grader]:
    return {name: Grader(project, name, sandbox) for name in ASSIGNMENTS}


def with_cells(material: Material, cells: dict[str, str]) -> bytes:
    """The right notebook with some graded cells replaced."""
    notebook = material.right()
    for function, source in cells.items():
        graded_cell(notebook, function).source = source
    return json.dumps(notebook).encode()


def found(graded: Graded) -> dict[str, set[str | None]]:
    """What the failed items of each function are said to look like."""
    return {
        name: {item.misconception for item in function.items if not item.passed}
        for name, function in graded.result.functions.items()
    }


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_every_misconception_is_told_by_its_behaviour(
    assignment: str, graders: dict[str, Grader], project: Course
) -> None:
    """Through the sandbox, with a mistake in every function at once."""
    material = Material.of(project, assignment)
    by_function = [
        [one for one in material.misconceptions if one.function == function] for function in material.functions
    ]
    for together in itertools.zip_longest(*by_function):
        mistakes = [one for one in together if one]
        cells = {one.function: one.apply(material.answer(one.function)) for one in mistakes}
        graded = graders[assignment].grade(with_cells(material, cells))
        wrong = {name: names for name, names in found(graded).items() if names}
        assert wrong == {one.function: {ALIKE.get(one.name, one.name)} for one in mistakes}
        hints = {one.name: one.hint for one in material.misconceptions}
        assert graded.hints == {one.function: hints[ALIKE.get(one.name, one.name)] for one in mistakes}


def rewritten(project: Course, name: str) -> tuple[str, str, bytes]:
    """The assignment and the function of a mistake, and a notebook with it in other words."""
    for assignment in ASSIGNMENTS:
        material = Material.of(project, assignment)
        for one in material.misconceptions:
            if one.name == name:
                cell = f"# GRADED FUNCTION: {one.function}\nimport numpy as np{REWRITTEN[name]}"
                return assignment, one.function, with_cells(material, {one.function: cell})
    raise LookupError(name)


@pytest.mark.parametrize("name", REWRITTEN)
def test_a_mistake_in_other_words_gets_the_same_hint(name: str, graders: dict[str, Grader], project: Course) -> None:
    assignment, function, content = rewritten(project, name)
    assert found(graders[assignment].grade(content))[function] == {name}


def test_a_right_notebook_gets_no_hint(graders: dict[str, Grader], project: Course) -> None:
    for assignment, grader in graders.items():
        graded = grader.grade(with_cells(Material.of(project, assignment), {}))
        assert graded.hints == {}
        assert not any(names for names in found(graded).values())


def test_a_mistake_of_ones_own_gets_no_hint(graders: dict[str, Grader], project: Course) -> None:
    cell = "# GRADED FUNCTION: update_parameters_with_gd\ndef update_parameters_with_gd(p, g, a):\n    return {gd: 1}"
    material = Material.of(project, "optimization")
    graded = graders["optimization"].grade(with_cells(material, {"update_parameters_with_gd": cell}))
    assert found(graded)["update_parameters_with_gd"] == {None}
    assert graded.hints == {}


@pytest.mark.parametrize(
    ("draw", "seed", "said"),
    [
        ("np.random.binomial(1, keep_prob, {}.shape)", "np.random.seed(1)", None),
        ("np.random.rand(*{}.shape) < keep_prob", "np.random.seed(2)", "those of the seed 2"),
        ("np.random.rand(*{}.shape) < keep_prob", "pass", "without the seed"),
    ],
    ids=["another distribution", "another seed", "no seed"],
)
def test_another_seed_is_told_only_where_it_explains_every_wrong_answer(
    draw: str, seed: str, said: str | None, graders: dict[str, Grader], project: Course
) -> None:
    """A mask of a few units is what some seed draws, by chance."""
    material, name = Material.of(project, "regularization"), "forward_propagation_with_dropout"
    cell = material.answer(name).replace("np.random.seed(1)", seed)
    for layer in ("A1", "A2"):
        cell = cell.replace(f"np.random.rand(*{layer}.shape) < keep_prob", draw.format(layer))
    graded = graders["regularization"].grade(with_cells(material, {name: cell}))
    messages = [item.message for item in graded.result.functions[name].items if not item.passed]
    told = [one for one in messages if "random numbers are" in one]
    assert messages
    assert [one for one in told if said and said in one] == told
    assert bool(told) == bool(said)


def test_the_hint_is_shown_once_below_the_checks(graders: dict[str, Grader], project: Course) -> None:
    _, _, content = rewritten(project, "gd-plus-for-minus")
    graded = graders["optimization"].grade(content)
    hint = graded.hints["update_parameters_with_gd"]
    shown = nbformat.writes(graded.notebook)
    table = next(
        output.data
        for cell in graded.notebook.cells
        for output in cell.get("outputs", ())
        if "update_parameters_with_gd: " in output.get("data", {}).get("text/plain", "")
    )
    assert table["text/plain"].endswith(f"A hint: {hint}")
    assert table["text/html"].count("A hint:") == 1
    assert shown.count("A hint:") == 2  # as text and as HTML


def small_course(project: Course, folder: Path) -> Course:
    """The part of the course that grading one assignment needs, without its source."""
    for path in ("release/optimization", "autograder/checks/optimization"):
        shutil.copytree(PROJECT / path, folder / path)
    (folder / "solutions").mkdir()
    shutil.copy(PROJECT / "solutions" / "optimization.py", folder / "solutions")
    shutil.copy(PROJECT / "nbgrader_config.py", folder)
    return Course(folder, "autograder/checks")


def test_a_course_without_a_catalogue_grades_without_hints(project: Course, sandbox: Sandbox, tmp_path: Path) -> None:
    course = small_course(project, tmp_path)
    (tmp_path / "autograder/checks/optimization/misconceptions.py").unlink()
    _, function, content = rewritten(project, "gd-plus-for-minus")
    graded = Grader(course, "optimization", sandbox).grade(content)
    assert found(graded)[function] == {None}


def test_a_damaged_catalogue_is_named_before_anything_is_graded(
    project: Course, sandbox: Sandbox, tmp_path: Path
) -> None:
    course = small_course(project, tmp_path)
    (tmp_path / "autograder/checks/optimization/misconceptions.py").write_text("MISCONCEPTIONS = (")
    with pytest.raises(CourseError, match=r"misconceptions\.py: the file can't be loaded \(SyntaxError"):
        Grader(course, "optimization", sandbox)


def test_an_edit_that_no_longer_fits_costs_only_its_own_hint(project: Course, sandbox: Sandbox, tmp_path: Path) -> None:
    course = small_course(project, tmp_path)
    catalogue = tmp_path / "autograder/checks/optimization/misconceptions.py"
    catalogue.write_text(catalogue.read_text().replace('"parameters[name] - learning_rate",', '"gone",'))
    grader = Grader(course, "optimization", sandbox)
    for name, expected in (("gd-plus-for-minus", None), ("gd-last-layer-left-out", "gd-last-layer-left-out")):
        _, function, content = rewritten(project, name)
        assert found(grader.grade(content))[function] == {expected}
