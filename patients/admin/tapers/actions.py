"""What can be done with a taper as it is now, by whoever looks at it: buttons for legal moves alone."""

from dataclasses import dataclass

from django.http import HttpRequest

from clinics.admin.desk import signed_in
from clinics.admin.scoped import ScopedAdmin
from clinics.roles import Act
from patients.admin.plan_page import Button
from patients.models import HoldReason, Taper, UseKind
from patients.models.taper_course import signature_of
from patients.services.tapers.holding import BY_ITSELF
from patients.services.tapers.standing import version_with
from patients.services.tapers.use_known import newest_word
from protocols.domain.taper_states import TaperMove, TaperStatus, VersionStatus, legal_taper_moves


@dataclass(frozen=True, slots=True)
class Actions:
    """moves: of the schedule. signing: about the signature. use: about what she takes and has."""

    moves: list[Button]
    signing: list[Button]
    use: list[Button]


class Offered:
    """The buttons of one taper for one user."""

    def __init__(self, admin: ScopedAdmin, request: HttpRequest, taper: Taper) -> None:
        self.admin, self.request, self.taper = admin, request, taper
        self.status = TaperStatus(taper.status)
        self.draft = version_with(taper, VersionStatus.DRAFT)
        self.proposed = version_with(taper, VersionStatus.PROPOSED)
        self.manages = admin.may(request, Act.MANAGE_TAPER, taper)
        self.handles = admin.may(request, Act.HANDLE_TAPER_PAPERS, taper)

    def actions(self) -> Actions:
        return Actions(list(self._moves()), list(self._signing()), list(self._use()))

    def _button(self, words: str, page: str, *more: str, first: bool = False, grave: bool = False) -> Button:
        return Button(words, self.admin.address_of(self.taper, page, *more), first, grave, "this taper")

    def _moves(self) -> list[Button]:
        if not self.manages:
            return []
        found = []
        if self.status is TaperStatus.DRAFT:
            found.append(self._button("Change the draft", "draft"))
        legal = legal_taper_moves(self.status)
        found += [
            self._button(move.label, "move", move.value, first=move is TaperMove.RESUME)
            for move in (TaperMove.HOLD, TaperMove.RESUME)
            if move in legal
        ]
        held = self.taper.open_hold
        if held is not None and HoldReason(held.reason_kind) in BY_ITSELF:
            # What the software holds goes on by itself; what a practitioner holds is resumed by one.
            found.append(self._button("Hold it yourself", "move", TaperMove.HOLD.value))
        if TaperMove.WATCH in legal and self._has_stopped():
            found.append(self._button("Watch: the patient has stopped", "move", TaperMove.WATCH.value))
        if self.status.is_running and self.proposed is None:
            found.append(self._button("Extend the step", "extend"))
            found.append(self._button("Step back", "step_back"))
            found.append(self._button("New recipe", "again"))
        found += [
            self._button(move.label, "move", move.value, grave=True)
            for move in (TaperMove.STOP, TaperMove.ENTER_IN_ERROR)
            if move in legal
        ]
        return found

    def _has_stopped(self) -> bool:
        word = newest_word(self.taper)
        return word is not None and word.kind == UseKind.STOPPED.value

    def _signing(self) -> list[Button]:
        found = []
        if self.draft is not None and self.manages:
            found.append(self._button("Send for signature", "send", first=True))
        if self.proposed is not None:
            found += self._while_it_waits()
        if self._confirmation_is_missing() and self.handles:
            found.append(self._button("File the written confirmation", "confirmation", first=True))
        if self.status.is_running:
            if self._is_own_prescriber():
                found.append(self._button("Hold, resume or take back", "own_wish"))
            elif self.manages and not self.taper.prescriber.is_inside:
                found.append(self._button("Write down what the prescriber wants", "wish"))
        return found

    def _while_it_waits(self) -> list[Button]:
        found = []
        if self._is_own_prescriber():
            found.append(self._button("Read and sign", "sign", first=True))
        if self.handles:
            found.append(self._button("Send again, or another way", "send"))
        if not self.taper.prescriber.is_inside:
            if self.handles:
                found.append(self._button("File an answer on paper", "paper"))
            if self.manages:
                found.append(self._button("Write down a telephone call", "call"))
        if self.manages:
            found.append(self._button("Take the request back", "withdraw"))
        return found

    def _use(self) -> list[Button]:
        if not self.manages or self.taper.started_at is None or self.status is TaperStatus.ENTERED_IN_ERROR:
            return []
        warning = self._button("Write down a warning sign", "warning")
        if not self.status.is_running:
            return [warning]
        return [
            self._button("Write down what is taken", "use"),
            self._button("Write a day of the diary", "diary"),
            warning,
            self._button("Write down what is at home", "supply"),
            self._button("The pharmacy hasn’t got it", "substitute"),
        ]

    def _is_own_prescriber(self) -> bool:
        return self.taper.prescriber.user_id == signed_in(self.request).pk

    def _confirmation_is_missing(self) -> bool:
        version = version_with(self.taper, VersionStatus.IN_FORCE)
        signature = None if version is None else signature_of(version)
        if signature is None or signature.written_due_on is None or not self.status.is_running:
            return False
        return getattr(signature, "written_confirmation", None) is None
