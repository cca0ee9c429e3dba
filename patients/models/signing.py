"""How a version of a taper comes to be signed, or not: consent, request, link, answer, signature, scan.

Answers and signatures are only ever added.
"""

from datetime import date
from enum import StrEnum
from typing import Any

from django.db import models
from django.db.models import F, Q

from clinics.codes import new_code
from clinics.models import Prescriber
from clinics.models.append_only import AppendOnlyModel, AppendOnlyQuerySet
from patients.models.people import Patient, staffed_by
from patients.models.taper import TaperVersion
from protocols.domain.canonical import sha256_of
from protocols.domain.terms import AlertRoute, Terms, TermsError, terms_from
from protocols.models.content import choices


class Door(StrEnum):
    """The ways in which an answer may come. `inside`: a member of staff who is licensed for this medicine."""

    LINK = "link"
    FAX_OR_LETTER = "fax-or-letter"
    TELEPHONE = "telephone"
    CARRIED = "carried"
    INSIDE = "inside"

    @property
    def label(self) -> str:
        return {
            "link": "Link by email",
            "fax-or-letter": "Fax or letter",
            "telephone": "Telephone",
            "carried": "Paper that the patient carries",
            "inside": "Signed inside the clinic",
        }[self.value]


class PrescriberAnswerKind(StrEnum):
    AGREE = "agree"
    AGREE_WITH_EDITS = "agree-with-edits"
    DECLINE = "decline"
    I_MANAGE_IT = "i-manage-it"
    NOT_MY_PATIENT = "not-my-patient"
    CALL_ME = "call-me"
    HOLD = "hold"
    RESUME = "resume"
    REVOKE = "revoke"

    @property
    def label(self) -> str:
        return {
            "agree": "I agree",
            "agree-with-edits": "I agree with these edits",
            "decline": "I decline",
            "i-manage-it": "I manage it myself",
            "not-my-patient": "Not my patient",
            "call-me": "Please call me",
            "hold": "Hold it at the current dose",
            "resume": "Let it go on",
            "revoke": "I take my agreement back",
        }[self.value]


class OfPatient(models.QuerySet[Any]):
    """Rows that only the staff of the patient's clinic see. `patient_path` leads to the patient."""

    patient_path = "version__taper__plan__patient__"

    def visible_to(self, user: Any) -> "OfPatient":
        return self.filter(staffed_by(user, path=self.patient_path))


class AddedOfPatient(AppendOnlyQuerySet):
    """The same, of rows that are only ever added."""

    def visible_to(self, user: Any) -> "AddedOfPatient":
        return self.filter(staffed_by(user, path=OfPatient.patient_path))


class ConsentQuerySet(OfPatient):
    patient_path = "patient__"

    def standing(self) -> "ConsentQuerySet":
        return self.filter(withdrawn_at__isnull=True)


class ContactConsent(models.Model):
    """The patient’s agreement that the clinic may write to this prescriber about her."""

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="contact_consents")
    prescriber = models.ForeignKey(Prescriber, models.PROTECT, related_name="+")
    given_on = models.DateField()
    how = models.TextField(help_text="For example: signed form of 3 March, kept in the file.")
    recorded_at = models.DateTimeField()
    by_kind = models.CharField(max_length=20)
    by_code = models.CharField(max_length=20)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by_kind = models.CharField(max_length=20, blank=True)
    withdrawn_by_code = models.CharField(max_length=20, blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        ordering = ["patient", "recorded_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "prescriber"],
                condition=Q(withdrawn_at__isnull=True),
                name="one_standing_consent_per_prescriber",
                violation_error_message="This consent is recorded already.",
            ),
        ]

    def __str__(self) -> str:
        return f"Consent of {self.patient}"


class Scan(AppendOnlyModel):
    """A paper that came back, kept with the patient’s data and in its backups. Shown only to staff."""

    code = models.CharField(max_length=10, unique=True, default=new_code, editable=False)
    version = models.ForeignKey(TaperVersion, models.PROTECT, related_name="scans")
    media_type = models.CharField(max_length=40)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    added_at = models.DateTimeField()
    by_kind = models.CharField(max_length=20)
    by_code = models.CharField(max_length=20)

    objects = AddedOfPatient.as_manager()

    class Meta:
        ordering = ["version", "added_at"]

    def __str__(self) -> str:
        return f"Scan {self.code}"


class SigningRequest(models.Model):
    """One version, put before its prescriber through one door.

    The link is derived from `nonce` and the site’s key whenever it is sent, and stored nowhere.
    """

    code = models.CharField(max_length=10, unique=True, default=new_code, editable=False)
    version = models.ForeignKey(TaperVersion, models.PROTECT, related_name="requests")
    door = models.CharField(max_length=16, choices=choices(Door))
    address = models.CharField(
        max_length=254, blank=True, help_text="The confirmed address or fax number that it went to, as it was then."
    )
    nonce = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    made_on = models.DateField(help_text="The civil date at the patient’s; days are counted from it.")
    by_kind = models.CharField(max_length=20)
    by_code = models.CharField(max_length=20)
    closed_at = models.DateTimeField(null=True)
    closed_because = models.CharField(max_length=160, blank=True)

    objects = OfPatient.as_manager()

    class Meta:
        ordering = ["version", "made_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "door"],
                condition=Q(closed_at__isnull=True),
                name="one_open_request_per_door",
                violation_error_message="It was sent this way already.",
            ),
        ]

    def __str__(self) -> str:
        return f"Request {self.code}"

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


class LinkCode(models.Model):
    """A code sent to the prescriber’s mailbox, and the visit of one browser that it opened."""

    request = models.ForeignKey(SigningRequest, models.PROTECT, related_name="link_codes")
    code_hash = models.CharField(max_length=128)
    browser_hash = models.CharField(max_length=64, help_text="Of a secret in the browser that asked for it.")
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    wrong_tries = models.PositiveSmallIntegerField(default=0)
    entered_at = models.DateTimeField(null=True)
    open_until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["request", "sent_at"]
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("sent_at")), name="link_code_expires_later"),
            models.UniqueConstraint(
                fields=["request"],
                condition=Q(ended_at__isnull=True, entered_at__isnull=True),
                name="one_waiting_link_code_per_request",
            ),
        ]

    def __str__(self) -> str:
        return f"Code for {self.request}"


class PrescriberAnswer(AppendOnlyModel):
    """What a prescriber said about a version, through which door, and who wrote it down."""

    code = models.CharField(max_length=10, unique=True, default=new_code, editable=False)
    version = models.ForeignKey(TaperVersion, models.PROTECT, related_name="answers")
    request = models.ForeignKey(SigningRequest, models.PROTECT, null=True, related_name="answers")
    prescriber = models.ForeignKey(Prescriber, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=choices(PrescriberAnswerKind))
    door = models.CharField(max_length=16, choices=choices(Door))
    text = models.TextField(blank=True, help_text="In the prescriber’s words: edits, reasons, an instruction.")
    answered_on = models.DateField(help_text="The day on which the prescriber said so.")
    scan = models.ForeignKey(Scan, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    by_kind = models.CharField(max_length=20)
    by_code = models.CharField(max_length=20)
    by_user = models.ForeignKey("clinics.User", models.PROTECT, null=True, related_name="+")

    objects = AddedOfPatient.as_manager()

    class Meta:
        ordering = ["version", "at"]

    def __str__(self) -> str:
        return f"Answer {self.code}"


class Signature(AppendOnlyModel):
    """One prescriber’s agreement to exactly these bytes."""

    version = models.OneToOneField(TaperVersion, models.PROTECT, related_name="signature")
    answer = models.OneToOneField(PrescriberAnswer, models.PROTECT, related_name="+")
    prescriber = models.ForeignKey(Prescriber, models.PROTECT, related_name="+")
    content = models.BinaryField(
        help_text="The canonical bytes that were agreed to: the proposal with what the prescriber answered."
    )
    sha256 = models.CharField(max_length=64)
    door = models.CharField(max_length=16, choices=choices(Door))
    means = models.CharField(
        max_length=300, help_text="What shows that it was the prescriber, and no more: “by control of this mailbox”."
    )
    signed_at = models.DateTimeField()
    signed_on = models.DateField(help_text="The civil date at the patient’s.")
    written_due_on = models.DateField(
        null=True, help_text="Agreed by telephone: after this day no new step starts without a written confirmation."
    )

    objects = AddedOfPatient.as_manager()

    class Meta:
        ordering = ["version"]

    def __str__(self) -> str:
        return f"Signature of {self.version}"

    @property
    def agreed_on(self) -> date:
        """The civil date on which the prescriber said so: of a paper or a call, not that on which it was recorded."""
        is_own = self.door in {Door.LINK.value, Door.INSIDE.value}
        return self.signed_on if is_own else self.answer.answered_on

    @property
    def alert_route(self) -> AlertRoute | None:
        """How its prescriber wants to hear of a warning sign; None where that is not known any more.

        It is read from what was signed alone: who altered the version keeps nobody from being told.
        """
        content = bytes(self.content)
        try:
            return terms_from(content).alert_route if sha256_of(content) == self.sha256 else None
        except TermsError:
            return None

    def terms(self) -> Terms:
        """What was signed. Raises `TermsError` where the stored bytes are not those, or not those of the version."""
        content = bytes(self.content)
        if sha256_of(content) != self.sha256:
            raise TermsError("The signed terms were altered. Nothing is shown until this is cleared up.")
        signed, proposed = terms_from(content), self.version.terms()
        # Beside what the prescriber is asked, nothing may differ from the proposal.
        asked = proposed.completed(
            request=self.version.sha256,
            gates=signed.gates,
            indication=signed.indication,
            indication_code=signed.indication_code,
        )
        if signed != asked or (proposed.indication and signed.indication != proposed.indication):
            raise TermsError(
                "What was signed is not what this version says. Nothing is shown until this is cleared up."
            )
        return signed


class ConfirmationQuerySet(AppendOnlyQuerySet):
    """For the staff of the patient’s clinic."""

    def visible_to(self, user: Any) -> "ConfirmationQuerySet":
        return self.filter(staffed_by(user, path=f"signature__{OfPatient.patient_path}"))


class WrittenConfirmation(AppendOnlyModel):
    """The paper that followed an agreement by telephone."""

    signature = models.OneToOneField(Signature, models.PROTECT, related_name="written_confirmation")
    scan = models.ForeignKey(Scan, models.PROTECT, related_name="+")
    received_on = models.DateField()
    at = models.DateTimeField()
    by_kind = models.CharField(max_length=20)
    by_code = models.CharField(max_length=20)

    objects = ConfirmationQuerySet.as_manager()

    class Meta:
        ordering = ["signature"]

    def __str__(self) -> str:
        return f"Written confirmation of {self.signature}"
