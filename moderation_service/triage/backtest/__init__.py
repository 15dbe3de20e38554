"""A rule tried on the past: what it would have done, had it been live then.

`history` reads what happened, `replay` walks through it case by case, `run` does so on two cores, `figures` says what
came of it, and `service` keeps the row of who asked.
"""
