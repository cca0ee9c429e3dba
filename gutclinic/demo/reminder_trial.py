"""Trying out over HTTP how people are reached: her choices and messages, hours and whom to call, and the ledger."""

from typing import Final

from gutclinic.demo.visitor import Unexpected, Visitor
from gutclinic.demo.walking import Walk, form_to, link_to, require

PRACTITIONER: Final = "dr_cho@example.org"
PATIENT: Final = "angela@example.org"
LEDGER: Final = "/admin/patients/reminder/"
TAPERS: Final = "/admin/patients/taper/"


class ReminderTrial:
    """Every page on which somebody says, reads or asks what is sent to whom."""

    def __init__(self, walk: Walk) -> None:
        self._walk = walk
        self._practitioner: Visitor
        self._patient = walk.somebody()

    def go(self) -> None:
        """All steps. Raises `TrialFailed` at the first that fails."""
        with self._walk.step("Angela chooses how she is reached, and reads what she was sent"):
            self._walk.sign_in(self._patient, PATIENT)
            self._choose()
        with self._walk.step("the clinic has said when somebody reads, whom to call, and who is called in turn"):
            self._practitioner = self._walk.signed_in(PRACTITIONER)
            self._see_hours()
        with self._walk.step("the ledger says why, kind by kind, and how delivery goes"):
            self._see_ledger()
        with self._walk.step("a warning sign that nobody has taken on is taken on"):
            self._take_on()

    # --- The patient ----------------------------------------------------------------------------------------

    def _choose(self) -> None:
        home = self._patient.open("/")
        own = link_to(home, "/reaching/").removesuffix("reaching/")
        day = require(self._patient.open(f"{own}my-day/"), "They come here, as you chose")
        form = form_to(day, "/my-day/reminders/")
        if "morning" not in form or "bed" not in form or "noon" in form:
            raise Unexpected("Mornings and bedtimes, and nothing else, should be switched on.", day)
        require(self._patient.send(form, {"bed-at": "20:00"}), "Your reminders are saved.")
        page = require(self._patient.open(f"{own}reaching/"), "angela@example.org")
        sent = {"change": "prefer", "group": "phases", "first": "portal", "others": "1"}
        require(self._patient.send(form_to(page, "/reaching/"), sent), "Saved: steps of your plan.")
        page = require(self._patient.open(f"{own}messages/"), "is not recorded yet")
        require(page, ", here")

    # --- The practitioner -----------------------------------------------------------------------------------

    def _see_hours(self) -> None:
        clinic = self._practitioner.open("/admin/clinics/clinic/")
        require(self._practitioner.open(link_to(clinic, "/hours/")), "What was set before")
        require(self._practitioner.open(link_to(clinic, "/cover/")), "Nobody stands in for anybody.")
        require(self._practitioner.open(link_to(clinic, "/escalation/")), "Assistant 1")

    def _see_ledger(self) -> None:
        page = self._practitioner.open(LEDGER)
        require(self._practitioner.open(link_to(page, "/delivery/")), "The background work of this server")
        listed = self._practitioner.open(f"{LEDGER}?status=owed&q=")
        require(self._practitioner.open(link_to(listed, "/change/")), "How it came about")
        patient = self._practitioner.open("/admin/patients/patient/?q=Angela")
        patient = self._practitioner.open(link_to(patient, "/change/"))
        require(self._practitioner.open(link_to(patient, "/reminders/")), "What each kind says of that day")

    def _take_on(self) -> None:
        page = self._practitioner.open(f"{TAPERS}?state=red-flag")
        taper = self._practitioner.open(link_to(page, "/change/"))
        require(taper, "Not reviewed yet.")
        page = self._practitioner.open(link_to(taper, "/take-on/"))
        page = self._practitioner.send(form_to(page, "/take-on/"))
        require(page, "You have taken it on.")
