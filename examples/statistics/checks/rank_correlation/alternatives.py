"""Right answers to ``rank_correlation`` written another way; each must get full marks."""

from autograder.grading.catalogue import Alternative

ALTERNATIVES = (
    Alternative(
        "ranks",
        "counted in two loops",
        """# GRADED FUNCTION: ranks
def ranks(x):
    result = np.zeros(len(x))
    for i in range(len(x)):
        smaller = sum(other < x[i] for other in x)
        equal = sum(other == x[i] for other in x)
        result[i] = smaller + (equal + 1) / 2
    return result
""",
    ),
    Alternative(
        "ranks",
        "numpy's unique",
        """# GRADED FUNCTION: ranks
def ranks(x):
    _, inverse, counts = np.unique(x, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts - 1) / 2)[inverse]
""",
    ),
    Alternative(
        "rank_correlation",
        "numpy's corrcoef",
        """# GRADED FUNCTION: rank_correlation
def rank_correlation(x, y):
    return np.corrcoef(ranks(x), ranks(y))[0, 1]
""",
    ),
    Alternative(
        "rank_correlation",
        "standard scores",
        """# GRADED FUNCTION: rank_correlation
def rank_correlation(x, y):
    def scores(values):
        r = ranks(values)
        return (r - r.mean()) / r.std()

    return np.mean(scores(x) * scores(y))
""",
    ),
    Alternative(
        "p_value",
        "the seen one put among the others",
        """# GRADED FUNCTION: p_value
def p_value(seen, chance):
    everything = np.append(chance, seen)
    return np.mean(abs(everything) >= abs(seen))
""",
    ),
    Alternative(
        "p_value",
        "counted in a loop",
        """# GRADED FUNCTION: p_value
def p_value(seen, chance):
    count = 1
    for one in chance:
        if one**2 >= seen**2:
            count += 1
    return count / (len(chance) + 1)
""",
    ),
)
