"""Reference solutions, made from the source notebooks by `autograder build`."""
