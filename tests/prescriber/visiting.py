"""What a prescriber does in a browser, in a few words."""

import html
import re

from django.core import mail
from django.http import HttpResponse
from django.test import Client

from patients.models import SigningRequest
from patients.models.private_links import signing_token
from tests.portal.reading import text_of

CLOSED = "This link opens nothing"
NEUTRAL = "A clinic has written to you"


def code_in_last_message() -> str:
    found = re.search(r"^\d{8}$", str(mail.outbox[-1].body), re.M)
    assert found is not None
    return found[0]


def another(code: str) -> str:
    """A code that it is not."""
    return f"{(int(code) + 1) % 100_000_000:08d}"


def said(response: HttpResponse) -> str:
    """The text of a page as its reader sees it."""
    return text_of(response.content.decode())


class Browser:
    """One browser with its cookies, and the link that it may follow."""

    def __init__(self, request: SigningRequest) -> None:
        self.client = Client()
        self.request = request
        self.link = f"/prescriber/{signing_token(request)}/"
        self.at = f"/prescriber/{request.code}/"

    def follow(self) -> HttpResponse:
        return self.client.get(self.link, follow=True)

    def get(self, page: str = "") -> HttpResponse:
        return self.client.get(self.at + page)

    def post(self, page: str, **fields: str) -> HttpResponse:
        return self.client.post(self.at + page, fields, follow=True)

    def ask_code(self) -> str:
        """Have a code sent, and read it in the mailbox."""
        self.post("code/")
        return code_in_last_message()

    def open(self) -> HttpResponse:
        return self.post("open/", code=self.ask_code())

    def text(self) -> str:
        """What the page says now."""
        return said(self.get())

    def agree(self, **filled: str) -> HttpResponse:
        """From the questions to the page that shows what would be signed."""
        return self.post("agree/", version=self.request.version.sha256, **filled)

    def begin_edits(self, **filled: str) -> HttpResponse:
        return self.post("edit/", version=self.request.version.sha256, then="begin", **filled)

    def answer(self, kind: str, **filled: str) -> HttpResponse:
        return self.post("answer/", version=self.request.version.sha256, kind=kind, **filled)

    def press(self, page: HttpResponse, then: str, **changed: str) -> HttpResponse:
        """Press the button of this name on that page, with all that its form carries and what is changed."""
        action, fields = form_with(page, then)
        return self.client.post(action, fields | changed | {"then": then}, follow=True)

    def sign(self, page: HttpResponse) -> HttpResponse:
        return self.press(page, "sign")


def form_with(page: HttpResponse, then: str) -> tuple[str, dict[str, str]]:
    """Where the form with this button goes, and what it sends as it stands."""
    text = page.content.decode()
    form = next(form for form in re.findall(r"<form\b.*?</form>", text, re.S) if f'value="{then}"' in form)
    action = re.search(r'action="([^"]*)"', form)
    assert action is not None
    fields = {}
    for tag in re.findall(r"<input\b[^>]*>", form):
        if 'type="radio"' in tag and "checked" not in tag:
            continue
        fields[_attribute(tag, "name")] = _attribute(tag, "value")
    for tag, inner in re.findall(r"(<select\b[^>]*>)(.*?)</select>", form, re.S):
        options = re.findall(r'<option value="([^"]*)"( selected)?', inner)
        chosen = next((value for value, selected in options if selected), options[0][0])
        fields[_attribute(tag, "name")] = html.unescape(chosen)
    for tag, inner in re.findall(r"(<textarea\b[^>]*>)(.*?)</textarea>", form, re.S):
        fields[_attribute(tag, "name")] = html.unescape(inner.strip())
    fields.pop("csrfmiddlewaretoken")
    return action[1], fields


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return html.unescape(found[1]) if found else ""
