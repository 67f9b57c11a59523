"""This course's configuration; ``autograder --help-all`` and ``nbgrader --help-all`` list what can be set."""

import autograder

c = get_config()  # noqa: F821 - nbgrader gives it

c.CourseDirectory.course_id = "COURSE"

autograder.configure(c)
