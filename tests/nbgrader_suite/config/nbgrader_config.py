"""What `JUPYTER_CONFIG_PATH` adds to every configuration of nbgrader's own tests."""

import autograder

c = get_config()  # type: ignore[name-defined]  # noqa: F821 - nbgrader gives it

autograder.configure(c)
