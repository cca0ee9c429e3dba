"""The day of a patient as staff see it: the timetable with its reasons, her times, and the sheet of paper."""
