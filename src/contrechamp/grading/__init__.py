"""Grading hand-ins: values compared anywhere, code run in a sandbox only.

Both ways give a `collected.Collected`: what the student answered, as plain data. `collected.judge` compares it with the
checks, in the teacher's own process and with the rule that the student's notebook uses.
"""
