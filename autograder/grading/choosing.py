"""Which assignment a notebook belongs to, from the names in its graded lines."""

from collections.abc import Collection, Mapping

from autograder.course import Course
from autograder.errors import CourseError
from autograder.grading.reading import UnreadableNotebookError, read_notebook
from autograder.notebooks import graded_names

_REMEDY = "Name its assignment with --assignment"


def assignment_of(content: bytes | UnreadableNotebookError, course: Course) -> str:
    """The assignment of the course with which the notebook shares most graded functions.

    Raises:
        CourseError: It shares none with any, or as many with two.
    """
    released = {
        name: graded_names(course.read_release(name))
        for name in course.assignments()
        if course.release_notebook(name).is_file()
    }
    return best_match(content, released)


def best_match(content: bytes | UnreadableNotebookError, functions: Mapping[str, Collection[str]]) -> str:
    """The key whose functions the notebook's graded lines name most of.

    Raises:
        CourseError: None is best.
    """
    try:
        if isinstance(content, UnreadableNotebookError):
            raise content
        names = set(graded_names(read_notebook(content)))
    except UnreadableNotebookError as error:
        raise CourseError(str(error).rstrip("."), remedy=_REMEDY) from error
    shared = sorted(((len(names & set(one)), key) for key, one in functions.items()), reverse=True)
    if not shared or shared[0][0] == 0 or (len(shared) > 1 and shared[0][0] == shared[1][0]):
        raise CourseError("the notebook's graded lines do not tell its assignment", remedy=_REMEDY)
    return shared[0][1]
