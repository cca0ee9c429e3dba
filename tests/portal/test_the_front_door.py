"""The address without a path leads everybody to where they belong."""

from clinics.models import Clinic, Membership, User
from clinics.roles import Role
from patients.models import Patient
from tests.fixtures.personae import NOON, make_patient, make_user
from tests.portal.conftest import SignedIn
from tests.portal.reading import text_of


def test_a_stranger_signs_in(signed_in: SignedIn, db: None) -> None:
    assert signed_in(None).get("/")["Location"] == "/account/login/code/?next=/"


def test_a_patient_goes_to_the_own_page(signed_in: SignedIn, angela: Patient) -> None:
    assert signed_in(angela.user).get("/")["Location"] == f"/portal/{angela.code}/"


def test_staff_go_to_work(signed_in: SignedIn, dr_cho: User) -> None:
    assert signed_in(dr_cho).get("/")["Location"] == "/admin/"


def test_whoever_is_a_patient_twice_and_staff_once_chooses(
    signed_in: SignedIn, angela: Patient, clinic: Clinic, other_clinic: Clinic
) -> None:
    elsewhere = make_patient(other_clinic, "Angela")
    elsewhere.user = angela.user
    elsewhere.save()
    Membership.objects.create(user=angela.user, clinic=clinic, role=Role.ASSISTANT.value, started_at=NOON)
    html = signed_in(angela.user).get("/").content.decode()
    for path in (f"/portal/{angela.code}/", f"/portal/{elsewhere.code}/", "/admin/"):
        assert f'href="{path}"' in html
    assert "My plan at Lindenhof practice" in text_of(html)


def test_a_login_to_which_nothing_belongs_is_told_so(signed_in: SignedIn, db: None) -> None:
    html = signed_in(make_user("patient_017@example.org")).get("/").content.decode()
    assert "Nothing here yet" in text_of(html)
    assert "Sign out" in text_of(html)
