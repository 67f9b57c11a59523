"""This course's configuration; ``nbgrader --help-all`` and ``autograder --help-all`` list what can be set."""

import autograder

c = get_config()  # type: ignore[name-defined]  # noqa: F821 - nbgrader gives it

c.CourseDirectory.course_id = "training-small-networks"

autograder.configure(c, checks="autograder/checks")
