"""Everything about one submission: reading, restoring, running, checking, from bytes and an assignment to a result.

Nothing in it knows the gradebook, the class, or who asks. Authors of checks import `expect` and `catalogue` from here.
"""
