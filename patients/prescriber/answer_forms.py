"""What goes with the other answers: a reason, a number to call, an instruction that the patient will read."""

from django import forms

LONGEST = 1000


def _words(label: str, *, help_text: str = "", missing: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=LONGEST,
        required=bool(missing),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": missing} if missing else {},
    )


class WordsForm(forms.Form):
    """One field for words. Nothing is checked in the browser, so that the sentences are ours."""

    use_required_attribute = False
    prefix_of = ""

    def __init__(self, data: object = None) -> None:
        super().__init__(data, auto_id=f"{self.prefix_of}-%s", label_suffix="")  # type: ignore[arg-type]


class DeclineForm(WordsForm):
    prefix_of = "decline"
    text = _words("Your reason", missing="Say why, so that the clinic can tell the patient.")


class CallForm(WordsForm):
    prefix_of = "call"
    text = _words("At which number, and when it suits you (optional)")


class ShortAnswerForm(WordsForm):
    """For answers that need no words."""

    text = _words("Anything to add (optional)")


class HoldForm(WordsForm):
    prefix_of = "hold"
    reason = _words("Your reason", missing="Say why it is held.")


class RevokeForm(WordsForm):
    prefix_of = "revoke"
    instruction = _words(
        "What your patient is to do instead",
        help_text="The patient reads exactly this, in place of the steps.",
        missing="Write what your patient is to do instead, as the patient will read it.",
    )
