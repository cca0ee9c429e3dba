"""Months of a clinic in seconds: the real services and the real reminder path, on a clock that jumps.

Nothing here is a copy of what it tries out. People act through `patients.services`, messages go through
`patients.reminders` to a channel that only records, and what came of it is judged by `simulator.invariants`, which
computes everything anew.
"""
