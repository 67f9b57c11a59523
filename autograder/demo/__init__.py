"""A small class of very different people, for any assignment that has alternatives and misconceptions.

Their notebooks are made from the course's own catalogue, so this folder holds no answer of any
assignment; it never grades anything itself.
"""

from autograder.demo.people import PEOPLE, Material, Person, write_class

__all__ = ["PEOPLE", "Material", "Person", "write_class"]
