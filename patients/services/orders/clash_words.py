"""What comes too close together, in sentences for staff: what it is, what is proposed, and what finds no free day."""

from patients.services.orders.changes_ahead import PlanClash
from patients.services.progress import day_and_weekday
from protocols.domain.dose_words import joined


def clash_words(clash: PlanClash) -> str:
    labels = {change.code: change.label for change in clash.changes}
    what = joined(labels.values())
    sentences = [f"{what} change within a few days of each other, from {day_and_weekday(clash.day)} on."]
    if clash.shifts:
        proposed = joined(f"{labels[shift.code]} on {day_and_weekday(shift.after)}" for shift in clash.shifts)
        sentences.append(f"Proposed: {proposed}.")
    if clash.stuck:
        sentences.append(f"No free day in its window: {joined(labels[code] for code in clash.stuck)}.")
    if not clash.shifts and not clash.stuck:
        sentences.append("None of them may be moved.")
    return " ".join(sentences)
