"""What learners of ``ASSIGNMENT`` write by mistake: each an edit of the reference, with a hint of 20 to 60 words.

The gate asks for one at least of each graded function. The text to replace occurs exactly once in the function's
cell of the source notebook; the edit must cost points in that function and in no other:

    Misconception(
        "mean-divides-by-one-less",
        "mean",
        "/ x.size",
        "/ (x.size - 1)",
        "One less than the number of entries is right for a variance that is estimated from a sample. By what has "
        "a sum to be divided, so that the mean of two equal numbers is that number?",
    ),
"""

from autograder.grading.catalogue import Misconception

MISCONCEPTIONS: tuple[Misconception, ...] = ()
