"""What can end a check item besides a failed comparison: the submission's doing, in words for its author."""


class StudentFault(Exception):
    """The submission's function gave no value to compare; ``str()`` is the line for the student.

    Attributes:
        raised: The exception's type and text where the function raised one, else what happened, in one word.
    """

    def __init__(self, message: str, raised: str = "") -> None:
        self.raised = raised or type(self).__name__
        super().__init__(message)


class MissingFunction(StudentFault):
    """The notebook defines no function of the asked name."""

    def __init__(self, function: str) -> None:
        super().__init__(f"Your notebook defines no function called {function}.")


class UndefinedName(StudentFault):
    """The function used a name that the notebook has not defined.

    Attributes:
        name: The name that was looked up.
    """

    def __init__(self, message: str, name: str, raised: str = "") -> None:
        self.name = name
        super().__init__(message, raised)


class TimedOut(StudentFault):
    """The function did not answer in time; the item is tried once more before that costs points."""
