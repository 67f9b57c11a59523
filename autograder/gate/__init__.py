"""The release gate: right answers, mistakes and mutants of the reference, run through the engine that grades.

An assignment whose check items refuse a right answer, or accept a wrong one, is not released.
"""

from autograder.gate.experience import Experience, advice, keep_experience
from autograder.gate.gate import recorded, refuse_shut, try_gate
from autograder.gate.judging import FunctionReport, Report, Survivor

__all__ = [
    "Experience",
    "FunctionReport",
    "Report",
    "Survivor",
    "advice",
    "keep_experience",
    "recorded",
    "refuse_shut",
    "try_gate",
]
