"""What runs inside the sandbox: trusted code that starts student code, and the bytes they exchange.

It imports nothing of the project but itself, since nothing else of it exists inside. Only the codec and
the frames run on the grader's side as well.
"""
