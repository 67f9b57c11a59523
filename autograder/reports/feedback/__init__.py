"""The students' page of feedback: one file that runs nothing and loads nothing, for each notebook.

`page` makes it of an autograded notebook and the gradebook's marks; `exporter` makes the same inside nbgrader,
`writing` for a whole class at once. Nothing here knows a check, a reference or an expected value.
"""
