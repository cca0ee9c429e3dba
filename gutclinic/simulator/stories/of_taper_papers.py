"""Tapers on their way to a signature: by every door, late, with questions, with edits, declined, never answered."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from gutclinic.simulator import taper_drafts, taper_papers
from gutclinic.simulator.stories.taper_opening import drawn_up, lived, signature
from gutclinic.simulator.taper_life import TaperLife
from patients.models import Door, MedicineUse, PrescriberAnswerKind
from protocols.domain.gate_answers import Answer


def never_answered(life: TaperLife) -> Iterator[datetime]:
    """Closed after three weeks; what is drawn up anew goes by fax and comes back."""
    yield from drawn_up(life)
    if not life.exists:
        return
    taper_papers.send(life, Door.LINK)
    yield life.in_days(5, 8)
    taper_papers.send(life, Door.FAX_OR_LETTER)
    yield life.in_days(20, 26)
    taper_papers.agree(life, Door.FAX_OR_LETTER)
    if life.state.status != "stopped" or not life.has_running_plan:
        return
    use = MedicineUse.objects.standing().get(patient=life.patient, prescriber=life.prescriber)
    recipe = taper_drafts.ladder(7)
    taper_drafts.draw_up(life, taper_drafts.draft_of(life, use, recipe=recipe, in_days=3))
    taper_papers.propose(life)
    taper_papers.send(life, Door.FAX_OR_LETTER)
    yield life.in_days(2, 9)
    taper_papers.agree(life, Door.FAX_OR_LETTER)
    yield from lived(life)


def by_telephone(life: TaperLife) -> Iterator[datetime]:
    """The prescriber asks to be called and agrees; the paper comes after the next step should have begun."""
    yield from drawn_up(life)
    if not life.exists:
        return
    taper_papers.send(life, Door.LINK)
    yield life.in_hours(2, 70)
    taper_papers.answer(life, PrescriberAnswerKind.CALL_ME, Door.LINK)
    yield life.in_days(1, 2)
    taper_papers.send(life, Door.TELEPHONE)
    taper_papers.agree(life, Door.TELEPHONE)
    yield from lived(life, days=life.rng.randint(9, 19))
    taper_papers.confirm_in_writing(life)
    yield from lived(life)


def asked_questions(life: TaperLife) -> Iterator[datetime]:
    """Nobody knows of some hard stops: no agreement counts before they are answered, and a yes is lifted in words."""
    unknown = {gate: Answer.NO for gate in taper_drafts.STOPS if gate not in {"G1", "G2", "G7"}}
    yield from drawn_up(life, answered=unknown)
    if not life.exists:
        return
    door = Door.INSIDE if life.prescriber.is_inside else Door.LINK
    taper_papers.send(life, door)
    yield life.in_hours(1, 60)
    taper_papers.agree(life, door)
    taper_papers.agree(life, door, answers={"G1": Answer.NO, "G2": Answer.NO})
    answers = {"G1": Answer.NO, "G2": Answer.YES, "G7": Answer.NO}
    taper_papers.agree(life, door, answers=answers)
    yield life.in_hours(1, 30)
    taper_papers.agree(life, door, answers=answers, lifted={"G2": "Healed for years, and seen again last month."})
    yield from lived(life)


def not_her_patient(life: TaperLife) -> Iterator[datetime]:
    """Back it comes, to be drawn up again; the patient then carries the paper to her own visit."""
    yield from drawn_up(life, in_days=1)
    if not life.exists:
        return
    taper_papers.send(life, Door.LINK)
    yield life.in_hours(3, 90)
    taper_papers.answer(life, PrescriberAnswerKind.NOT_MY_PATIENT, Door.LINK)
    yield life.in_days(1, 4)
    use = MedicineUse.objects.standing().get(patient=life.patient, prescriber=life.prescriber)
    draft = taper_drafts.draft_of(life, use, recipe=taper_drafts.ladder(10), in_days=1)
    taper_drafts.draw_up_anew(life, draft)
    taper_papers.propose(life)
    taper_papers.send(life, Door.CARRIED)
    # Signed days after the planned first day.
    yield life.in_days(4, 14)
    taper_papers.agree(life, Door.CARRIED)
    yield from lived(life)


def edited(life: TaperLife) -> Iterator[datetime]:
    """The prescriber wants other steps, reads the whole again, and signs that."""
    yield from drawn_up(life)
    if not life.exists:
        return
    taper_papers.send(life, Door.LINK)
    yield life.in_hours(5, 80)
    taper_papers.agree_with_edits(life, ("20 mg", 9), ("10 mg", 12))
    yield from lived(life)


def declined(life: TaperLife) -> Iterator[datetime]:
    """Taken back, sent again, and declined; or managed by the prescriber alone."""
    yield from drawn_up(life)
    if not life.exists:
        return
    taper_papers.send(life, Door.LINK)
    yield life.in_days(1, 3)
    taper_papers.withdraw(life)
    taper_papers.agree(life, Door.LINK)
    yield life.in_days(1, 2)
    taper_papers.propose(life)
    taper_papers.send(life, Door.FAX_OR_LETTER)
    yield life.in_days(2, 9)
    kind = life.rng.choice((PrescriberAnswerKind.DECLINE, PrescriberAnswerKind.I_MANAGE_IT))
    taper_papers.answer(life, kind, Door.FAX_OR_LETTER)
    yield life.in_days(1, 9)
    taper_papers.agree(life, Door.FAX_OR_LETTER)


def slowly_signed(life: TaperLife) -> Iterator[datetime]:
    """Sent again and again, and signed on the last evening before it would be closed."""
    yield from drawn_up(life)
    if not life.exists:
        return
    taper_papers.send(life, Door.LINK)
    made_on = life.today
    yield life.in_days(6, 10)
    taper_papers.send(life, Door.LINK)
    yield life.on_day(made_on + timedelta(days=20), hour=22)
    taper_papers.agree(life, Door.LINK)
    yield from lived(life)


def signed_too_late(life: TaperLife) -> Iterator[datetime]:
    """Sent weeks after it was drawn up, and agreed to past the latest first day: refused, drawn up anew, and signed."""
    yield from drawn_up(life, in_days=1)
    if not life.exists:
        return
    yield life.in_days(15, 17)
    taper_papers.send(life, Door.FAX_OR_LETTER)
    yield life.in_days(17, 19)
    taper_papers.agree(life, Door.FAX_OR_LETTER)
    if not life.is_running:
        taper_papers.withdraw(life)
        use = MedicineUse.objects.standing().get(patient=life.patient, prescriber=life.prescriber)
        draft = taper_drafts.draft_of(life, use, recipe=taper_drafts.ladder(7), in_days=4)
        taper_drafts.draw_up_anew(life, draft)
        taper_papers.propose(life)
        yield from signature(life)
    yield from lived(life)
