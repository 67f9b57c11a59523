"""What can end a check item besides a failed comparison: the submission's doing, in words for its author."""


class StudentFault(Exception):
    """The submission's function gave no value to compare; ``str()`` is the line for the student."""


class MissingFunction(StudentFault):
    """The notebook defines no function of the asked name."""

    def __init__(self, function: str) -> None:
        super().__init__(f"Your notebook defines no function called {function}.")


class UndefinedName(StudentFault):
    """The function used a name that the notebook has not defined.

    Attributes:
        name: The name that was looked up.
    """

    def __init__(self, message: str, name: str) -> None:
        self.name = name
        super().__init__(message)


class TimedOut(StudentFault):
    """The function did not answer in time; the item is tried once more before that costs points."""
