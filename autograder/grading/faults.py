"""What can end a check item besides a failed comparison: the submission's doing, in words for its author."""


class StudentFault(Exception):
    """The submission's function gave no value to compare; ``str()`` is the line for the student.

    Attributes:
        raised: The exception's type and text where the function raised one, else what happened, in one word.
    """

    def __init__(self, message: str, raised: str = "") -> None:
        self.raised = raised or type(self).__name__
        super().__init__(message)


class TimedOut(StudentFault):
    """The function did not answer in time; the item is tried once more before that costs points."""
