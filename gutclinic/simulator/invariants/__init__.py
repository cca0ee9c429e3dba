"""What must never break, computed anew from what was seen: no function that is judged here is used to judge.

Dates are reckoned with the standard library's calendar and `zoneinfo` alone, and the tables of legal moves and of
reminders are written out once more by hand.
"""
