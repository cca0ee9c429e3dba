"""What a page says, as its reader sees it: its text, and the buttons with what they send."""

import re
from dataclasses import dataclass
from html.parser import HTMLParser

UNSEEN = {"head", "script", "style", "title", "desc"}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._unseen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in UNSEEN:
            self._unseen.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._unseen and self._unseen[-1] == tag:
            self._unseen.pop()

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.texts.append(data)


def text_of(html: str) -> str:
    """All text between the tags, with single spaces."""
    reader = _Reader()
    reader.feed(html)
    return " ".join(" ".join(reader.texts).split())


@dataclass(frozen=True)
class Form:
    action: str
    fields: dict[str, str]
    button: str


def forms_of(html: str) -> list[Form]:
    """Every form of a page: where it goes, what it sends, and the word on its button."""
    found = []
    for attributes, inner in re.findall(r"<form\b([^>]*)>(.*?)</form>", html, re.S):
        action = re.search(r'action="([^"]*)"', attributes)
        fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', inner))
        button = re.search(r"<button[^>]*>(.*?)</button>", inner, re.S)
        assert button is not None
        found.append(Form(action[1] if action else "", fields, text_of(button[1])))
    return found
