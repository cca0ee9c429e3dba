"""The sentences of a request that do not depend on the record: what may be done, how to answer, how it is watched."""

from datetime import date, timedelta

from patients.models import PrescriberAnswerKind
from patients.services.documents.printable import day
from patients.services.tapers.entered import Asks
from patients.services.tapers.request_content import AnswerLine, Fact, PermissionLine
from patients.services.tapers.standing import dose_words
from protocols.domain.red_flags import RED_FLAGS, rebound_window
from protocols.domain.taper import Schedule, Step
from protocols.domain.taper_days import REVIEWED_AFTER_DAYS, WATCHED_DAYS
from protocols.domain.terms import LONGEST_HOLD_DAYS, AlertRoute, Terms


def asked_in_words(terms: Terms, asks: Asks, *, medicine: str) -> tuple[str, ...]:
    """What the prescriber is asked to agree to, and what becomes of the dose at once."""
    wanted = {
        Asks.REDUCTION: f"the stepwise reduction of {medicine} set out here",
        Asks.STEP_BACK: f"a step back in the reduction of {medicine}, as set out here",
        Asks.EXTENSION: f"a longer step in the reduction of {medicine}, as set out here",
        Asks.RECIPE: f"another schedule for the reduction of {medicine}, from what is taken now",
    }
    asked = f"We ask you, who prescribe it, to agree to {wanted[asks]}."
    if asks is Asks.REDUCTION:
        return (asked,)
    before, after = terms.taken_before, terms.steps[0]
    is_same = before is not None and (before.doses, before.pattern) == (after.doses, after.pattern)
    rises = rise_in_words(terms)
    if rises:
        return (asked, rises)
    return (asked, f"The dose goes on as it is: {dose_words(after)}." if is_same else _goes(before, after, "changes"))


def rise_in_words(terms: Terms) -> str:
    """That a step takes more, on average, than is taken before the first; empty where none does."""
    if not terms.raises_the_dose:
        return ""
    return _goes(terms.taken_before, max(terms.steps, key=lambda step: step.average_per_day), "RISES")


def _goes(before: Step | None, after: Step, verb: str) -> str:
    return f"The dose {verb}: from {dose_words(before) if before else 'nothing'} to {dose_words(after)}."


def dates_in_words(terms: Terms, *, first_day: date | None) -> tuple[str, ...]:
    """How the dates of the steps come about. first_day: as the signature has set it; None before."""
    if first_day is not None:
        return (
            f"Day one was set by the signature: {day(first_day)}.",
            "Days on hold move the later dates; they are not shown here.",
        )
    return (
        f"All dates are computed as if the taper began on the planned first day, {day(terms.planned_first_day)}.",
        "Signed on that day or later, day one is the day after signing, and every date moves along with it.",
        f"The latest first day is {day(terms.latest_first_day)}. Once day one would come after it, this version cannot "
        "be signed any more, and a new one is drawn up.",
    )


def rescue_in_words(terms: Terms, schedule: Schedule) -> tuple[str, ...]:
    """What she may take in between, when a hold is due, and which symptoms are expected."""
    rescue = terms.rescue
    holds = "the taper is held at its dose" if terms.permissions.automatic_hold_at_threshold else "a hold is proposed"
    sentences = [
        _stopped(f"{rescue.medicine}: {rescue.directions}" if rescue.directions else rescue.medicine),
        f"Once it was needed on {rescue.threshold_days} of {rescue.within_days} days, {holds}.",
    ]
    if schedule.last_dose_on is not None and terms.medicine.medicine_class.is_acid_suppressant:
        window = rebound_window(schedule.last_dose_on)
        sentences.append(
            "Acid rebound is expected after the last dose: it begins on days 3 to 14 "
            f"({day(window.onset_from)} to {day(window.onset_to)}) and is watched for until {day(window.watch_until)}. "
            f"Nothing is called a relapse before {day(window.relapse_from)} unless a clinician has looked at it."
        )
    return tuple(sentences)


def permissions_in_words(terms: Terms) -> tuple[PermissionLine, ...]:
    """The standing permissions: what keeps the signature, and what does not."""
    permissions = terms.permissions
    lines = [
        (True, f"Hold the taper at the dose of that day, for at most {LONGEST_HOLD_DAYS} days at a time."),
        (True, "Resume after such a hold: the steps go on where they stopped, none is shortened."),
        (permissions.automatic_hold_at_threshold, "Hold it automatically once the rescue threshold is reached."),
        (permissions.automatic_hold_at_red_flag, "Hold it automatically when the patient reports a warning sign."),
        (
            permissions.equivalents,
            "Make a dose of other strengths of the same molecule and release, such as 2 × 10 mg for 20 mg.",
        ),
        (False, "Anything else: another dose, another length, a step back. It comes to you as a new version."),
    ]
    return tuple(PermissionLine(is_permitted=allowed, sentence=sentence) for allowed, sentence in lines)


def alert_in_words(terms: Terms) -> tuple[str, ...]:
    routes = {
        AlertRoute.EMAIL: "an email goes to you at once; it names no patient and asks you to open the page",
        AlertRoute.TELEPHONE: "the clinic telephones you at once",
        AlertRoute.FAX: "the clinic sends you a fax at once",
    }
    signs = ", ".join(flag.name for flag in RED_FLAGS.values())
    return (
        f"Warning signs are: {signs}.",
        f"When the patient reports one, the portal says first where to get help, and {routes[terms.alert_route]}.",
    )


def follow_up(schedule: Schedule, *, monitored_by: str, call: str) -> tuple[Fact, ...]:
    """Who looks when, and whom to call."""
    facts = [Fact(label="Who monitors", words=monitored_by), Fact(label="Whom to call", words=call)]
    if schedule.ends_on is None:
        return tuple(facts)
    reviews = [
        Fact(
            label=f"Review at {days // 7} weeks",
            words=f"{day(schedule.ends_on + timedelta(days=days))}, {days // 7} weeks after the last step",
        )
        for days in REVIEWED_AFTER_DAYS
    ]
    watched = day(schedule.ends_on + timedelta(days=WATCHED_DAYS))
    return (*reviews, Fact(label="Watched until", words=f"{watched}: diary and rescue plan go on so long"), *facts)


def revoke_in_words(*, version_code: str, is_controlled: bool, is_inside: bool = False) -> tuple[str, ...]:
    """is_inside: the prescriber works here, and was sent no link."""
    link = "in the workspace, " if is_inside else "" if is_controlled else "through the link in our email, "
    return (
        f"You may hold it or take your agreement back at any time, {link}by telephone or in writing to the clinic. "
        f"Name the version code {version_code}.",
        "The patient then reads your instruction. Nothing raises a dose by itself, and no restart is ordered.",
    )


def answers_in_words(*, version_code: str) -> tuple[AnswerLine, ...]:
    """The six answers to a request, in the order in which they are offered."""
    kinds = {
        PrescriberAnswerKind.AGREE: (f"To version {version_code} exactly as it stands here.", False),
        PrescriberAnswerKind.AGREE_WITH_EDITS: (
            "The clinic draws up a new version from your edits and sends it. Nothing begins before you sign that one.",
            True,
        ),
        PrescriberAnswerKind.DECLINE: ("The medicine stays as it is.", True),
        PrescriberAnswerKind.I_MANAGE_IT: ("The clinic changes nothing; the medicine stays in your hands.", False),
        PrescriberAnswerKind.NOT_MY_PATIENT: ("The clinic asks the patient who prescribes it.", False),
        PrescriberAnswerKind.CALL_ME: ("At this number, and best at this time:", True),
    }
    return tuple(
        AnswerLine(kind=kind.value, label=kind.label, explanation=explanation, wants_text=wants_text)
        for kind, (explanation, wants_text) in kinds.items()
    )


def _stopped(words: str) -> str:
    """The words as a whole sentence, whether or not somebody typed its stop."""
    return words if words.rstrip().endswith((".", "!", "?")) else f"{words.rstrip()}."
