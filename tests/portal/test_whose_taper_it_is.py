"""A taper is its patient’s alone, and only once it is signed. Anybody else finds nothing, and is not told why."""

from datetime import timedelta

import pytest
from django.test import Client

from clinics.actor import Actor
from clinics.models import Clinic, Membership, User
from clinics.roles import Role
from patients.models import DiaryEntry, Patient, Plan, RedFlagReport, Supply, Taper, UseReport
from patients.services.progress import sentence, with_progress
from patients.services.tapers import stopping
from tests.fixtures.personae import NOON, TODAY, make_patient, make_user
from tests.fixtures.tapers import on_day
from tests.portal.conftest import SignedIn
from tests.portal.visits import VisitOn

PATHS = ["", "use/", "supply/", "diary/", "warning/"]
SENT = {"kind": "stopped", "strength": "20 mg", "count": "3", "symptoms": "3", "flag": "swallowing"}
OF_A_TAPER = ("/steps/", "20 mg", "10 mg", "your medicine", "step 1", "warning sign")
"""What only a taper says. That she takes omeprazole, 40 mg, is what her record says, and stands in her day."""


def of_a_taper(html: str) -> list[str]:
    return [word for word in OF_A_TAPER if word in html.lower()]


def asked(client: Client, patient: Patient, taper: Taper, path: str) -> list[int]:
    """What looking, and sending the form, are answered with."""
    address = f"/portal/{patient.code}/steps/{taper.code}/{path}"
    fields = SENT | {"day": TODAY.isoformat()}
    return [client.get(address).status_code, *([client.post(address, fields).status_code] if path else [])]


def nothing_is_written() -> bool:
    return not any(model.objects.exists() for model in (UseReport, DiaryEntry, RedFlagReport, Supply))


@pytest.mark.parametrize("path", PATHS)
def test_nobody_else_finds_it(
    taper: Taper, signed_in: SignedIn, angela: Patient, ben: Patient, dr_cho: User, dr_dee: User, path: str
) -> None:
    """Staff of the clinic may see the taper, but in the admin."""
    root = make_user("operator_1@example.org")
    root.is_superuser = True
    root.save()
    for user in (ben.user, dr_cho, dr_dee, root):
        client = signed_in(user)
        assert set(asked(client, angela, taper, path)) == {404}, user
    assert set(asked(signed_in(ben.user), ben, taper, path)) == {404}, "under the own address neither"
    assert nothing_is_written()


def test_a_strangers_404_is_that_of_a_page_that_never_was(taper: Taper, signed_in: SignedIn, ben: Patient) -> None:
    client = signed_in(ben.user)
    theirs = client.get(f"/portal/{ben.code}/steps/{taper.code}/")
    nobodys = client.get(f"/portal/{ben.code}/steps/0000000000/")
    assert (theirs.status_code, theirs.content) == (404, nobodys.content)


@pytest.mark.parametrize("path", PATHS)
def test_whoever_is_not_signed_in_signs_in_first_and_comes_back_to_a_page(
    taper: Taper, client: Client, angela: Patient, path: str
) -> None:
    shown = path if path in {"diary/", "warning/"} else ""
    address = f"/portal/{angela.code}/steps/{taper.code}/"
    response = client.post(address + path, SENT) if path else client.get(address)
    assert response.status_code == 302
    assert response["Location"] == f"/account/login/code/?next={address}{shown}"
    assert nothing_is_written()


@pytest.mark.parametrize("stage", ["draft_taper", "sent_taper"])
def test_before_the_first_signature_nothing_of_it_is_anywhere(
    request: pytest.FixtureRequest, signed_in: SignedIn, angela: Patient, dr_cho: User, stage: str
) -> None:
    taper: Taper = request.getfixturevalue(stage)
    client = signed_in(angela.user)
    for path in PATHS:
        assert set(asked(client, angela, taper, path)) == {404}, path
    html = client.get(f"/portal/{angela.code}/").content.decode()
    assert taper.code not in html
    assert not of_a_taper(html)
    assert "omeprazole" not in sentence(with_progress(Plan.objects.all()).get(), today=TODAY).lower()
    assert Taper.objects.visible_to(angela.user).count() == 0
    assert nothing_is_written()


def test_a_patient_who_works_here_sees_no_draft_on_the_own_pages(
    sent_taper: Taper, signed_in: SignedIn, angela: Patient, clinic: Clinic
) -> None:
    Membership.objects.create(user=angela.user, clinic=clinic, role=Role.PRACTITIONER.value, started_at=NOON)
    assert Taper.objects.visible_to(angela.user).count() == 1, "in the admin"
    client = signed_in(angela.user)
    assert set(asked(client, angela, sent_taper, "")) == {404}
    assert not of_a_taper(client.get(f"/portal/{angela.code}/").content.decode())


def test_a_taper_entered_in_error_is_gone(visit: VisitOn, taper: Taper, by: Actor, angela: Patient) -> None:
    stopping.enter_in_error(taper, reason="Another Angela.", by=by, at=on_day(10), revision=taper.revision)
    page = visit(10)
    for path in PATHS:
        assert set(asked(page.client, angela, taper, path)) == {404}, path
    assert not of_a_taper(page.html("today"))


def test_a_plan_entered_in_error_takes_its_tapers_along(visit: VisitOn, taper: Taper, angela: Patient) -> None:
    Taper.objects.update(status="stopped", ended_on=TODAY + timedelta(days=20))
    Plan.objects.update(status="entered-in-error")
    page = visit(10)
    assert set(asked(page.client, angela, taper, "")) == {404}
    assert not of_a_taper(page.html("today"))


def test_one_login_with_two_records_finds_it_under_its_own_address_alone(
    visit: VisitOn, taper: Taper, angela: Patient, other_clinic: Clinic
) -> None:
    elsewhere = make_patient(other_clinic, "Angela")
    elsewhere.user = angela.user
    elsewhere.save()
    page = visit(10)
    assert page.client.get(page.address()).status_code == 200
    assert set(asked(page.client, elsewhere, taper, "use/")) == {404}
    assert "omeprazole" not in page.client.get(f"/portal/{elsewhere.code}/").content.decode().lower()


def test_what_ended_takes_no_more_answers(visit: VisitOn, taper: Taper, price: Actor) -> None:
    stopping.revoke(taper, instruction="Take 20 mg.", by=price, at=on_day(5))
    page = visit(6)
    assert "This taper is not running." in page.send("use/", kind="changed")
    assert "This taper is not running." in page.send("diary/", symptoms="3")
    assert "This taper is not running." in page.send("supply/", strength="20 mg", count="3")
    assert nothing_is_written()


def test_a_warning_sign_is_taken_of_what_ended_too(visit: VisitOn, taper: Taper, price: Actor) -> None:
    stopping.revoke(taper, instruction="Take 20 mg.", by=price, at=on_day(5))
    assert "You reported a warning sign today" in visit(6).send("warning/", flag="swallowing")
    assert RedFlagReport.objects.get().flags == ["swallowing"]


def test_another_site_can_send_nothing(taper: Taper, angela: Patient, signed_in: SignedIn) -> None:
    client = Client(enforce_csrf_checks=True)
    assert angela.user is not None
    client.force_login(angela.user)
    for path in PATHS[1:]:
        assert client.post(f"/portal/{angela.code}/steps/{taper.code}/{path}", SENT).status_code == 403
    assert nothing_is_written()


def test_while_it_runs_its_page_says_what_the_tests_above_look_for(visit: VisitOn, taper: Taper) -> None:
    assert of_a_taper(visit(10).html("today"))
