"""What learners of ``rank_correlation`` write by mistake: each an edit of the reference, with a hint."""

from autograder.grading.catalogue import Misconception

MISCONCEPTIONS = (
    Misconception(
        "ranks-that-ignore-equals",
        "ranks",
        "return (first + last + 1) / 2",
        "return np.argsort(np.argsort(x)) + 1.0",
        "Sorting twice gives equal entries different ranks, in the order in which they happen to stand. What should "
        "two students with the same mark have in common?",
    ),
    Misconception(
        "ranks-are-the-sorting-order",
        "ranks",
        "return (first + last + 1) / 2",
        "return np.argsort(x) + 1.0",
        "Sorting tells where the smallest entry stands, then the next one. A rank answers the opposite question: for "
        "each entry, how many are smaller? Try it on (30, 10, 20).",
    ),
    Misconception(
        "ranks-from-zero",
        "ranks",
        "(first + last + 1) / 2",
        "(first + last - 1) / 2",
        "Your ranks count from zero, as numpy's indices do. People count ranks from one: look at the first sentence "
        "of the text, and at the rank of the smallest entry.",
    ),
    Misconception(
        "ranks-share-the-smallest",
        "ranks",
        "return (first + last + 1) / 2",
        "return first + 1.0",
        "Equal entries all get the smallest of the ranks that they take up. That is how sports rank ties. Here they "
        "share the mean, so that the sum of all ranks stays the same.",
    ),
    Misconception(
        "ranks-sort-in-place",
        "ranks",
        "ordered = np.sort(x)",
        "x.sort()\n    ordered = x",
        "Whoever calls your function still needs the entries in their old order. One way of sorting makes a new "
        "array, the other sorts the array that it is called on: which one did you use?",
    ),
    Misconception(
        "correlation-of-the-values",
        "rank_correlation",
        "a = ranks(x) - np.mean(ranks(x))",
        "a = x - np.mean(x)",
        "One of your two variables is still measured in its own units. A correlation of ranks is 1 for every curve "
        "that rises, which that one breaks: what has to be done to both first?",
    ),
    Misconception(
        "correlation-without-the-root",
        "rank_correlation",
        "np.sqrt(np.sum(a**2) * np.sum(b**2))",
        "(np.sum(a**2) * np.sum(b**2))",
        "Compare the denominator with the formula, and its unit with that of the numerator: which of the two grows "
        "faster when all ranks are doubled? A correlation must not change then.",
    ),
    Misconception(
        "p-value-without-the-one-seen",
        "p_value",
        "return (np.sum(as_large) + 1) / (len(chance) + 1)",
        "return np.sum(as_large) / len(chance)",
        "A p-value of zero would say that chance can never do it, which no number of shuffles shows. The text tells "
        "which correlation belongs among the shuffled ones.",
    ),
    Misconception(
        "p-value-of-strictly-larger",
        "p_value",
        "np.abs(chance) >= np.abs(seen)",
        "np.abs(chance) > np.abs(seen)",
        "A shuffle that does exactly as well as the data counts as doing as well. Read the words 'at least' in the "
        "text again, and look at how your comparison treats equal numbers.",
    ),
    Misconception(
        "p-value-one-sided",
        "p_value",
        "np.abs(chance) >= np.abs(seen)",
        "chance >= seen",
        "A strong fall would surprise us as much as a strong rise. Your comparison looks at one side of the histogram "
        "only: what does the text say about the sign?",
    ),
)
