"""Trying the main job out over HTTP: assign, activate, be reminded, move, and see it in the portal."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from gutclinic.demo.amounts import AMOUNTS
from gutclinic.demo.order_trial import OrderTrial
from gutclinic.demo.pages import Page
from gutclinic.demo.reminder_trial import ReminderTrial
from gutclinic.demo.taper_trial import TaperTrial
from gutclinic.demo.visitor import Unexpected, Visitor
from gutclinic.demo.walking import Walk, form_with, link_to, refuse, require

PRACTITIONER: Final = "dr_cho@example.org"
# Patients without a plan, who live eight hours apart: with one of them it is daytime, when messages may come.
CANDIDATES: Final = ("001", "002", "003")
# Twenty-five days ago: Remove runs, and Re-inoculate comes in three days, of which a reminder tells today.
DAYS_AGO: Final = 25
NEXT_PHASE: Final = "Re-inoculate"
# From saying when messages may come until one does: two requests, and up to two sweeps.
SECONDS_AHEAD: Final = 10
LATEST_SECONDS: Final = 60


@dataclass(slots=True)
class Somebody:
    """The patient of the trial. record: the address of the own page in the admin."""

    number: str
    record: str
    zone: str

    @property
    def email(self) -> str:
        return f"patient_{self.number}@example.org"

    @property
    def now(self) -> datetime:
        return datetime.now(ZoneInfo(self.zone))


class Trial:
    """The main job, from a patient without a plan to one who sees the next phase."""

    def __init__(self, walk: Walk) -> None:
        self._walk = walk
        self._practitioner: Visitor
        self._patient = walk.somebody()

    def go(self) -> None:
        """All steps, each on what the one before has left. Raises `TrialFailed` at the first that fails."""
        with self._walk.step("dr_cho signs in with a code from the outbox"):
            self._practitioner = self._walk.signed_in(PRACTITIONER)
        with self._walk.step("a patient without a plan, with whom it is daytime, is found"):
            somebody = self._find_somebody()
        with self._walk.step("the protocol is assigned after a preview of every date"):
            plan = self._assign(somebody)
        with self._walk.step("the plan is activated, with an amount for each order that had none"):
            plan = self._activate(plan)
        with self._walk.step("the patient now likes messages to come in a few seconds"):
            self._ask_for_messages_soon(somebody)
        with self._walk.step("the sweep finds what is due, and a neutral message arrives"):
            link = self._wait_for_message(somebody)
        with self._walk.step(f"{NEXT_PHASE} is started by hand, after what it changes was shown"):
            self._start_next_phase(plan)
        with self._walk.step("the patient follows the link, signs in with a code, and sees the next phase"):
            self._see_in_portal(somebody, link)

    # --- The practitioner -----------------------------------------------------------------------------------

    def _find_somebody(self) -> Somebody:
        for number in CANDIDATES:
            page = self._practitioner.open(f"/admin/patients/patient/?q={number}")
            record = next(page.links_to("/change/"), None)
            if record is None:
                raise Unexpected(f"Patient {number} is not listed.", page)
            page = self._practitioner.open(record.address)
            somebody = Somebody(number, record.address, form_with(page, "zone").value("zone"))
            if 9 <= somebody.now.hour < 20:
                return somebody
        raise Unexpected("It is night with all of them.", page)

    def _assign(self, somebody: Somebody) -> Page:
        page = self._practitioner.open(somebody.record)
        page = self._practitioner.open(link_to(page, "/assign/"))
        form = form_with(page, "version")
        version = next(value for value, _ in form.choices["version"] if value)
        starts_on = (somebody.now - timedelta(days=DAYS_AGO)).date().isoformat()
        page = self._practitioner.send(form, {"version": version, "starts_on": starts_on})
        for phase in ("Remove", "Replace", NEXT_PHASE, "Repair", "Rebalance"):
            require(page, phase)
        page = self._practitioner.send(form_with(page, "version"), button="_assign")
        return require(page, "draft")

    def _activate(self, plan: Page) -> Page:
        page = self._practitioner.open(link_to(plan, "/activate/"))
        form = form_with(page, "starts_on")
        decided = [amount.split() for amount in AMOUNTS.values()]
        values, units = list(form.names("value-")), list(form.names("unit-"))
        if len(values) != len(decided):
            raise Unexpected(f"{len(values)} amounts are asked for, and not {len(decided)}.", page)
        # They are asked for in the order of the plan.
        amounts = dict(zip(values, (value for value, _ in decided), strict=True))
        amounts |= dict(zip(units, (unit for _, unit in decided), strict=True))
        return require(self._confirm(page, "starts_on", amounts), "Remove · day 26")

    def _start_next_phase(self, plan: Page) -> None:
        plan = self._practitioner.open(plan.address)
        pages = (self._practitioner.open(link.address) for link in plan.links_to("/start/"))
        page = next((page for page in pages if NEXT_PHASE in page.title), None)
        if page is None:
            raise Unexpected(f"{NEXT_PHASE} cannot be started here.", plan)
        require(
            self._confirm(page, "reason", {"reason": "Feels well, and would like to go on."}), f"{NEXT_PHASE} · day 1"
        )

    def _confirm(self, page: Page, name: str, values: Mapping[str, str]) -> Page:
        """Send the form of a move until it is carried out: what it changes is shown first, then confirmed."""
        for _ in range(2):
            page = self._practitioner.send(form_with(page, name), values, button="_confirm")
            if page.form_with("shown") is None:
                return page
        raise Unexpected("The move was not carried out.", page)

    def _ask_for_messages_soon(self, somebody: Somebody) -> None:
        page = self._practitioner.open(somebody.record)
        soon = (somebody.now + timedelta(seconds=SECONDS_AHEAD)).strftime("%H:%M:%S")
        answer = self._practitioner.send(form_with(page, "message_time"), {"message_time": soon}, button="_continue")
        page = self._practitioner.open(somebody.record)
        if not soon.startswith(form_with(page, "message_time").value("message_time")):
            raise Unexpected("The time was not saved.", answer)

    # --- The patient ----------------------------------------------------------------------------------------

    def _wait_for_message(self, somebody: Somebody) -> str:
        """The link of the message, once it is there."""
        give_up_at = time.monotonic() + LATEST_SECONDS
        while True:
            self._walk.watch()
            page = self._walk.outbox(somebody.email)
            found = next((link for link in page.links if "/portal/" in link.address), None)
            if found is not None:
                break
            if time.monotonic() > give_up_at:
                raise Unexpected(f"Nothing has arrived within {LATEST_SECONDS} seconds.", page)
            time.sleep(0.5)
        refuse(page, NEXT_PHASE, "Lindenhof", "gut")
        return found.address

    def _see_in_portal(self, somebody: Somebody, link: str) -> None:
        page = self._walk.sign_in(self._patient, somebody.email, at=self._patient.open(link))
        require(page, f"{NEXT_PHASE} · day 1 of")


def try_out(address: str, *, tell: Callable[[str], object], watch: Callable[[], None]) -> None:
    """Walk through the demonstration at this address. Raises `TrialFailed`."""
    began = time.monotonic()
    walk = Walk(address, tell=tell, watch=watch)
    Trial(walk).go()
    TaperTrial(walk).go()
    OrderTrial(walk).go()
    ReminderTrial(walk).go()
    tell(f"All of it works. It took {time.monotonic() - began:.0f} seconds.")
