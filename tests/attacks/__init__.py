"""Attacks: for each class at least one hostile submission, shown to work on a naive grader and graded by ours."""
