"""Trying out over HTTP what is taken: in the workspace and the portal, on screen and on paper."""

from collections.abc import Iterator
from typing import Final

from gutclinic.demo.pages import Page
from gutclinic.demo.visitor import Unexpected, Visitor
from gutclinic.demo.walking import Walk, form_to, form_with, link_to, require

PRACTITIONER: Final = "dr_cho@example.org"
PATIENT: Final = "angela@example.org"
PLANS: Final = "/admin/patients/plan/"
RULES: Final = "/admin/protocols/safetyrulereview/"
SUPPLEMENTS: Final = "/admin/protocols/supplement/"
# Of Angela’s plan: what stands on its page, and on the page that a link with this ending leads to.
ON_HER_PLAN: Final = ("Famotidine", "Rifaximin", "Magnesium bisglycinate", "L-glutamine", "vitamin B12 may run short")
BENEATH: Final = {
    "/day/": ("Levothyroxine", "6:30", "Magnesium bisglycinate", "18:30"),
    "/changes/": ("Glutathione", "Deglycyrrhizinated licorice"),
    "/at-home/": ("L-glutamine", "67.5"),
    "/order/": ("Search the catalogue", "Betaine hydrochloride"),
}
# Of two of the forty: what a rule stops, and what its prescriber lets be taken all the same.
STOPPED: Final = (("017", "Betaine hydrochloride", "stopped by a finding"), ("019", "Omeprazole", "Overridden"))
# The order whose moves are opened.
MOVED: Final = "L-glutamine"
# What Angela counts of the first thing on her list.
COUNTED: Final = "41"
BECAUSE: Final = "Vitamin B12 was normal in spring; it is looked at again in a year."


class OrderTrial:
    """Every page on which something that is taken is seen, one finding decided, and one count at home."""

    def __init__(self, walk: Walk) -> None:
        self._walk = walk
        self._practitioner: Visitor
        self._patient = walk.somebody()

    def go(self) -> None:
        """All steps. Raises `TrialFailed` at the first that fails."""
        with self._walk.step("Angela’s plan opens with her orders, her day, what is at home and what changes when"):
            self._practitioner = self._walk.signed_in(PRACTITIONER)
            plan = self._see_plan()
        with self._walk.step("each of her orders opens with its history, and of one all that can be done"):
            self._see_orders(plan)
        with self._walk.step("a finding is acknowledged with a reason, and is asked about no more"):
            self._acknowledge(plan)
        with self._walk.step("a rule stops an order, and a prescriber has let another be taken"):
            for number, name, words in STOPPED:
                require(require(self._plan_of(number), name), words)
        with self._walk.step("the rules and the supplements are listed, with what the clinic earns"):
            self._see_catalogue()
        with self._walk.step("Angela sees her day by the clock, and it prints"):
            home = self._walk.sign_in(self._patient, PATIENT)
            self._see_day(home)
        with self._walk.step("Angela counts what she has at home, and the list to buy prints"):
            self._count(home)

    # --- The practitioner -----------------------------------------------------------------------------------

    def _plan_of(self, who: str) -> Page:
        page = self._practitioner.open(f"{PLANS}?q={who}")
        return self._practitioner.open(link_to(page, "/change/"))

    def _see_plan(self) -> Page:
        plan = self._plan_of("Angela")
        for words in ON_HER_PLAN:
            require(plan, words)
        for ending, expected in BENEATH.items():
            page = self._practitioner.open(link_to(plan, ending))
            for words in expected:
                require(page, words)
            _require_papers(self._practitioner, page)
        return plan

    def _see_orders(self, plan: Page) -> None:
        addresses = dict.fromkeys(_of_orders(plan))
        if len(addresses) < 10:
            raise Unexpected(f"Only {len(addresses)} orders can be opened.", plan)
        pages = [require(self._practitioner.open(address), "History") for address in addresses]
        page = next((page for page in pages if MOVED in page.title), None)
        if page is None:
            raise Unexpected(f"{MOVED} cannot be opened.", plan)
        beneath = page.address.partition("?")[0]
        for link in page.links:
            if link.address.startswith(beneath) and link.address != beneath:
                self._practitioner.open(link.address)

    def _acknowledge(self, plan: Page) -> None:
        require(self._practitioner.open("/admin/patients/finding/"), "To be decided")
        page = self._finding_of(plan, "R32")
        page = self._practitioner.open(link_to(page, "/acknowledge/"))
        page = self._practitioner.send(form_with(page, "reason"), {"reason": BECAUSE})
        require(self._finding_of(plan, "R32"), BECAUSE)

    def _finding_of(self, plan: Page, rule: str) -> Page:
        for link in plan.links:
            if "/finding/" in link.address and link.address.endswith("/change/"):
                page = self._practitioner.open(link.address)
                if rule in page.words:
                    return page
        raise Unexpected(f"There is no finding of {rule}.", plan)

    def _see_catalogue(self) -> None:
        rules = require(self._practitioner.open(RULES), "R01")
        require(self._practitioner.open(link_to(rules, "/rule/R01/")), "Betaine HCl")
        page = self._practitioner.open(f"{SUPPLEMENTS}?q=Lindenhof")
        page = self._practitioner.open(link_to(page, "/change/"))
        require(require(page, "Magnesium bisglycinate"), "The clinic sells it")

    # --- The patient ----------------------------------------------------------------------------------------

    def _see_day(self, home: Page) -> None:
        for words in ("Levothyroxine", "Magnesium bisglycinate", "18:30"):
            require(home, words)
        require(self._patient.open(link_to(home, "/my-day/")), "My day")
        _require_papers(self._patient, home)

    def _count(self, home: Page) -> None:
        page = self._patient.open(link_to(home, "/at-home/"))
        for words in ("L-glutamine", "The clinic sells it"):
            require(page, words)
        _require_papers(self._patient, page)
        form = form_to(page, "/at-home/count/")
        page = self._patient.send(form, {"count": COUNTED, "how": "all"}, button="how")
        require(page, f"{COUNTED} counted on")


def _of_orders(plan: Page) -> Iterator[str]:
    """The addresses of orders, and nothing beneath them."""
    beneath = plan.address.partition("change/")[0] + "order/"
    for link in plan.links:
        path = link.address.partition("?")[0]
        if path.startswith(beneath) and path.removeprefix(beneath).count("/") == 1:
            yield path


def _require_papers(visitor: Visitor, page: Page) -> None:
    """Everything that this page offers as a PDF is one."""
    for link in page.links:
        if link.address.partition("?")[0].endswith(".pdf") and not visitor.fetch(link.address).is_pdf:
            raise Unexpected(f"{link.address} is no PDF.", page)
