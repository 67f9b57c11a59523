"""Reference solutions, generated from the source notebooks by `autograder build`."""
