"""Trying out over HTTP how a medicine comes down: in the workspace, the portal, and behind the prescriber’s link."""

from typing import Final

from gutclinic.demo.pages import Page, read_page
from gutclinic.demo.visitor import Unexpected, Visitor
from gutclinic.demo.walking import Walk, form_to, link_to, refuse, require
from gutclinic.demo.welcome import PRESCRIBER

PRACTITIONER: Final = "dr_cho@example.org"
PATIENT: Final = "angela@example.org"
# Of Angela’s taper: the letter, and the calendar.
PAPERS: Final = 2
TAPERS: Final = "/admin/patients/taper/"
# Of each list: its state in the address, who is on it, and what the taper’s own page says.
LISTED: Final = (
    ("running", "Angela", "Signed by Dr Price"),
    ("signature", "Patient 018", "Waits for Dr Price"),
    ("unknown", "Patient 012", "It is not known whether the schedule is followed"),
    ("held", "Patient 012", "On hold since"),
    ("draft", "Patient 020", "Draft, not sent yet"),
)
# What nobody may read before the code is typed in, and in no calendar unless she chooses it.
TELLING: Final = ("omeprazole", "heartburn", "capsule", "mg", "angela", "018", "lindenhof")


class TaperTrial:
    """Every page on which a taper is seen, and one signature."""

    def __init__(self, walk: Walk) -> None:
        self._walk = walk
        self._practitioner: Visitor
        self._patient = walk.somebody()
        self._prescriber = walk.somebody()

    def go(self) -> None:
        """All steps. Raises `TrialFailed` at the first that fails."""
        with self._walk.step("the workspace lists what waits, is unknown, rests or runs"):
            self._practitioner = self._walk.signed_in(PRACTITIONER)
            self._see_lists()
        with self._walk.step("Angela’s taper opens with everything that can be done, her record, letter and calendar"):
            self._see_angelas_taper()
        with self._walk.step("Angela sees today’s dose, her steps, diary and calendar in the portal"):
            page = self._walk.sign_in(self._patient, PATIENT)
            steps = self._see_steps(page)
        with self._walk.step("her calendar is printed, and read by a program that is not told what she takes"):
            self._read_calendar(steps)
        with self._walk.step("the prescriber’s link tells nothing before the code, and everything after it"):
            page = self._open_link()
        with self._walk.step("the prescriber signs, and the practitioner sees it"):
            self._sign(page)

    # --- The practitioner -----------------------------------------------------------------------------------

    def _see_lists(self) -> None:
        page = self._practitioner.open("/admin/")
        require(require(page, "Not known what is taken"), "Signatures wanted")
        for state, who, standing in LISTED:
            page = require(self._practitioner.open(f"{TAPERS}?state={state}"), who)
            require(self._practitioner.open(link_to(page, "/change/")), standing)

    def _see_angelas_taper(self) -> None:
        """Whatever its page leads to, and what is known about her."""
        page = self._practitioner.open(link_to(self._practitioner.open(f"{TAPERS}?q=Angela"), "/change/"))
        beneath = page.address.partition("change/")[0]
        files = [self._practitioner.fetch(link.address) for link in page.links if link.address.startswith(beneath)]
        if sum(file.is_pdf for file in files) != PAPERS:
            raise Unexpected(f"Not {PAPERS} papers, letter and calendar, could be fetched as PDF.", page)
        page = self._practitioner.open("/admin/patients/patient/?q=Angela")
        page = self._practitioner.open(link_to(self._practitioner.open(link_to(page, "/change/")), "/record/"))
        for fact in ("Restless legs syndrome", "Ferritin", "Omeprazole"):
            require(page, fact)

    # --- The patient ----------------------------------------------------------------------------------------

    def _see_steps(self, home: Page) -> Page:
        """Her page of steps, after every page beneath it."""
        require(require(home, "One capsule of 10 mg"), "Next change on")
        steps = next((link.address for link in home.links if "/steps/" in link.address), None)
        if steps is None:
            raise Unexpected("No link leads to her steps.", home)
        page = require(self._patient.open(steps), "Signed by Dr Price")
        require(self._patient.open(link_to(home, "/diary/")), "The last four weeks")
        require(self._patient.open(link_to(page, "/warning/")), "What have you noticed?")
        return page

    def _read_calendar(self, steps: Page) -> None:
        page = self._patient.open(link_to(steps, "/calendar/"))
        if not self._patient.fetch(link_to(page, "/calendar.pdf")).is_pdf:
            raise Unexpected("Her calendar to print is no PDF.", page)
        page = self._patient.send(form_to(page, "/calendar/"), {"change": "make"}, button="change")
        address = next((link.address for link in page.links if link.address.startswith("webcal:")), "")
        fetched = self._walk.somebody().fetch(address.replace("webcal:", "http:"))
        refuse(read_page(fetched.address, fetched.content.decode()), *TELLING)
        if b"BEGIN:VEVENT" not in fetched.content:
            raise Unexpected("There is no date in the calendar.", page)

    # --- The prescriber -------------------------------------------------------------------------------------

    def _open_link(self) -> Page:
        """The page behind the link and the code: of the links that were sent, the one with something to sign."""
        letters = refuse(self._walk.outbox(PRESCRIBER), *TELLING)
        for address in dict.fromkeys(link.address for link in letters.links if "/prescriber/" in link.address):
            page = refuse(self._prescriber.open(address), *TELLING)
            page = self._prescriber.send(form_to(page, "/code/"))
            code = self._walk.code_for(PRESCRIBER, r"\d{8}")
            page = self._prescriber.send(form_to(page, "/open/"), {"code": code})
            if page.form_to("/agree/") is not None:
                return require(require(page, "Omeprazole"), "1060 mg")
        raise Unexpected("No link to the prescriber leads to something to sign.", letters)

    def _sign(self, page: Page) -> None:
        """Agree to everything, and answer no to whatever is asked."""
        form = form_to(page, "/agree/")
        page = self._prescriber.send(form, dict.fromkeys(form.names("answer-"), "no"))
        page = self._prescriber.send(form_to(page, "/agree/"), {"then": "sign"}, button="then")
        require(page, "Thank you")
        page = require(self._practitioner.open(f"{TAPERS}?state=running"), "Patient 018")
