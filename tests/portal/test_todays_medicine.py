"""What is for today of a medicine that comes down: the exact units, or in words why there are none."""

import re
from datetime import timedelta

import pytest
from django.db import connection

from clinics.actor import Actor, for_system
from patients.actor import acting_patient
from patients.models import Patient, Taper, TaperEnd, TaperVersion, UseKind
from patients.services.tapers import holding, looking_after, stopping, substituting, using
from protocols.domain.amount import Amount
from protocols.models.catalogue import CONSULT
from tests.fixtures.personae import NOON
from tests.fixtures.tapers import on_day
from tests.portal.conftest import SignedIn
from tests.portal.reading import text_of
from tests.portal.visits import VisitOn


def pictures(html: str) -> list[tuple[str, int]]:
    """Each drawing of a dose: what it says, and how many units it shows."""
    found = re.findall(r'<svg class="picture"[^>]*aria-label="([^"]*)"[^>]*>(.*?)</svg>', html, re.S)
    return [(label, inner.count("<g ")) for label, inner in found]


@pytest.mark.parametrize(
    ("number", "words", "picture"),
    [
        (1, "One capsule of 20 mg", [("Picture: one capsule of 20 mg", 1)]),
        (28, "One capsule of 20 mg", [("Picture: one capsule of 20 mg", 1)]),
        (29, "One capsule of 10 mg", [("Picture: one capsule of 10 mg", 1)]),
        (57, "One capsule of 10 mg", [("Picture: one capsule of 10 mg", 1)]),
        (58, "No omeprazole today. Next: Wednesday 10 March.", []),
        (84, "No omeprazole today. Next: Monday 5 April.", []),
        (85, "One capsule of 10 mg", [("Picture: one capsule of 10 mg", 1)]),
        (86, "No omeprazole today. Next: Thursday 8 April.", []),
        (110, "No omeprazole today, and none is planned after it.", []),
        (113, "No omeprazole any more: your steps are over.", []),
    ],
)
def test_every_day_says_its_units_or_why_there_are_none(
    visit: VisitOn, number: int, words: str, picture: list[tuple[str, int]]
) -> None:
    """Days 57 to 84 are every second day from Monday 8 March, days 85 to 112 Mondays and Thursdays."""
    for path in ("today", ""):
        html = visit(number).html(path)
        assert words in text_of(html), path
        assert pictures(html) == picture, path


def test_before_the_first_day_nothing_changes(visit: VisitOn) -> None:
    text = visit(-6).text("today")
    assert "Starts on Monday 11 January, in 7 days. Until then nothing changes." in text
    assert "Then: one capsule of 20 mg before breakfast, every day." in text
    assert "Have you changed?" not in text


def test_the_next_change_has_its_date_and_its_dose(visit: VisitOn) -> None:
    sentence = "Next change on Monday 8 February, tomorrow: one capsule of 10 mg before breakfast, every day."
    assert sentence in visit(28).text("today")
    assert "Next change on Monday 3 May, in 3 days: no omeprazole any more." in visit(110).text("today")


def test_while_it_is_held_the_dose_stays(visit: VisitOn, taper: Taper, by: Actor) -> None:
    holding.hold(taper, reason="Among colleagues: her mother died.", by=by, at=on_day(30), revision=taper.revision)
    text = visit(40).text("today")
    assert "One capsule of 10 mg" in text
    assert "Stay at this dose until we tell you. Your practitioner keeps it there for now." in text
    assert "The next step has no date yet: one capsule of 10 mg before breakfast, every 2 days." in text
    assert "mother" not in text


def test_held_because_nobody_knows_what_she_takes_says_what_to_do(visit: VisitOn, taper: Taper) -> None:
    looking_after.look_after(taper, by=for_system(), at=on_day(28))
    text = visit(29).text("today")
    assert "One capsule of 20 mg" in text
    assert "The next step waits until you tell us that you have changed to this one." in text


def test_held_before_its_first_day_it_waits(visit: VisitOn, taper: Taper, by: Actor) -> None:
    holding.hold(taper, reason="Not now.", by=by, at=NOON + timedelta(days=1), revision=taper.revision)
    text = visit(10).text("today")
    assert "It waits. Nothing changes until we tell you." in text
    assert "The next step has no date yet: one capsule of 20 mg before breakfast, every day." in text
    assert "Your steps" in visit(10).text()


def test_a_dose_is_told_in_the_units_that_she_has(visit: VisitOn, taper: Taper, by: Actor) -> None:
    twenty = Amount.parse("20 mg")
    two_tens = substituting.substitutes(taper, twenty)[0]
    substituting.substitute(taper, strength=twenty, swap=two_tens, by=by, at=on_day(3), revision=taper.revision)
    html = visit(4).html("today")
    assert "Two capsules of 10 mg" in text_of(html)
    assert pictures(html) == [("Picture: two capsules of 10 mg", 2)]


def test_what_the_prescriber_revoked_shows_the_prescribers_words(visit: VisitOn, taper: Taper, price: Actor) -> None:
    stopping.revoke(taper, instruction="Take 20 mg every day.\n\nCall me on Friday.", by=price, at=on_day(30))
    for path in ("today", ""):
        text = visit(31).text(path)
        assert "These steps were ended on Tuesday 9 February by Dr Price." in text
        assert "What to do now Take 20 mg every day. Call me on Friday." in text
        assert "Have you changed?" not in text
        assert "One capsule" not in text.split("Your steps")[0]


def test_what_the_clinic_stopped_shows_what_to_do(visit: VisitOn, taper: Taper, by: Actor) -> None:
    stopping.stop(
        taper,
        end=TaperEnd.SYMPTOMS,
        instruction="Go on with 20 mg as Dr Price has agreed.",
        by=by,
        at=on_day(30),
        revision=taper.revision,
    )
    text = visit(31).text("today")
    assert "by your clinic" in text
    assert "Go on with 20 mg as Dr Price has agreed." in text


def test_ended_before_its_first_day_it_still_says_what_to_do(visit: VisitOn, taper: Taper, price: Actor) -> None:
    stopping.revoke(taper, instruction="Go on as before.", by=price, at=NOON + timedelta(days=1))
    for path in ("today", ""):
        assert "Go on as before." in visit(3).text(path)


def test_what_ended_long_ago_is_a_link(visit: VisitOn, taper: Taper, price: Actor, by: Actor) -> None:
    stopping.revoke(taper, instruction="Take 20 mg every day.", by=price, at=on_day(30))
    taper.plan.status = "completed"
    taper.plan.save()
    assert "Take 20 mg every day." in visit(30 + 84).text("today")
    later = visit(30 + 85).text("today")
    assert "Take 20 mg every day." not in later
    assert "Omeprazole, ended on 9 February" in later
    assert "Take 20 mg every day." in visit(30 + 85).text()


def test_altered_bytes_show_nothing_but_whom_to_call(visit: VisitOn, taper: Taper) -> None:
    """The trigger of the database is stepped round, as whoever alters bytes would have to."""
    version = taper.versions.get()
    altered = bytes(version.content).replace(b'"count":"1"', b'"count":"2"')
    assert altered != bytes(version.content)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE patients_taperversion SET content = %s WHERE id = %s", [altered, version.pk])
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = origin")
    with pytest.raises(ValueError, match="altered"):
        TaperVersion.objects.get().terms()
    for path in ("today", "", "diary/", "warning/"):
        text = visit(30).text(path)
        assert "capsule" not in text, path
        assert "10 mg" not in text, path
        assert ("We cannot show your steps at the moment" in text) == (path != "warning/")
    said = visit(30).send("use/", kind="changed")
    assert "It could not be written down, because what is stored here is not what was signed." in said
    assert "It could not be written down" in visit(30).send("diary/", symptoms="3")
    # A warning sign is taken all the same.
    assert "You reported a warning sign today" in visit(30).send("warning/", flag="bloody-stool")


def test_every_page_about_it_says_to_consult_the_prescriber(visit: VisitOn) -> None:
    for path in ("today", "", "diary/", "warning/"):
        assert CONSULT in visit(30).text(path), path


def test_a_plan_at_rest_does_not_stop_a_signed_taper(visit: VisitOn, taper: Taper) -> None:
    taper.plan.status = "on-hold"
    taper.plan.save()
    assert "One capsule of 20 mg" in visit(5).text("today")


def test_a_taper_is_shown_beside_a_plan_that_has_nothing_for_today(
    visit: VisitOn, taper: Taper, angela: Patient
) -> None:
    using.report_use(taper, kind=UseKind.CHANGED, by=acting_patient(angela), at=on_day(1))
    text = visit(200).text("today")
    assert "Your medicine" in text
    assert "Your practitioner is preparing your plan." not in text


def test_a_patient_without_a_taper_reads_nothing_of_one(plan: object, angela: Patient, signed_in: SignedIn) -> None:
    html = signed_in(angela.user).get(f"/portal/{angela.code}/").content.decode()
    assert "medicine" not in text_of(html)
    assert "portal/taper.css" not in html
