"""A day of one patient: when everything that is taken stands on the clock, and why there."""
