"""Reading a page as a browser does, as far as forms, links and words go, so that pages may change around them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urljoin

UNSEEN: Final = frozenset({"script", "style", "template", "head"})
WITHOUT_VALUE: Final = frozenset({"submit", "button", "image", "reset", "file"})


@dataclass(slots=True)
class Form:
    """One form as it would be sent: the fields with the values they have, and the buttons that send it."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    # By the name of a list to choose from: value and words of each choice.
    choices: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    buttons: list[str] = field(default_factory=list)

    def __contains__(self, name: str) -> bool:
        return any(name == known for known, _ in self.fields)

    def names(self, beginning: str) -> list[str]:
        return [name for name, _ in self.fields if name.startswith(beginning)]

    def value(self, name: str) -> str:
        return next(value for known, value in self.fields if known == name)

    def filled(self, values: Mapping[str, str], *, button: str = "") -> list[tuple[str, str]]:
        """What is sent, with these fields changed, by this button or by one without a name.

        Of several buttons with one name, the value among `values` says which.
        """
        sent = [(name, values.get(name, value)) for name, value in self.fields]
        return [*sent, (button, values.get(button, "1"))] if button else sent


@dataclass(frozen=True, slots=True)
class Link:
    address: str
    words: str


@dataclass(slots=True)
class Page:
    """A page that was loaded. title: its first heading. words: all its text in one line."""

    address: str
    forms: list[Form] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    title: str = ""
    words: str = ""

    def form_with(self, name: str) -> Form | None:
        return next((form for form in self.forms if name in form), None)

    def form_to(self, ending: str) -> Form | None:
        """The first form that is sent to an address with this ending."""
        return next((form for form in self.forms if form.action.endswith(ending)), None)

    def links_to(self, ending: str) -> Iterator[Link]:
        return (link for link in self.links if link.address.split("?")[0].endswith(ending))


def read_page(address: str, html: str) -> Page:
    """address: where it came from; actions and links are taken relative to it."""
    reader = _Reader(address)
    reader.feed(html)
    reader.close()
    page = reader.page
    page.words = " ".join("".join(reader.text).split())
    return page


class _Reader(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__()
        self.page = Page(address)
        self.text: list[str] = []
        self._form: Form | None = None
        self._select = ""
        self._option: str | None = None
        self._is_chosen = False
        # What is being collected until its end tag: of a link, a heading, an option or a text area.
        self._collected: list[str] | None = None
        self._collecting = ""
        self._attributes: dict[str, str] = {}
        self._unseen = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag in UNSEEN and not self._unseen:
            self._unseen = tag
        if tag == "br":
            self.text.append(" ")
        elif tag == "form":
            action = urljoin(self.page.address, attributes.get("action") or self.page.address)
            self._form = Form(action, attributes.get("method", "get").lower())
            self.page.forms.append(self._form)
        elif tag == "input" and self._form is not None:
            self._input(attributes)
        elif tag == "button" and self._form is not None and attributes.get("type", "submit") == "submit":
            self._form.buttons.append(attributes.get("name", ""))
        elif tag == "select" and self._form is not None:
            self._select = attributes.get("name", "")
            self._form.choices[self._select] = []
        elif tag in {"a", "h1", "option", "textarea"}:
            self._begin(tag, attributes)

    def handle_endtag(self, tag: str) -> None:
        if tag == self._unseen:
            self._unseen = ""
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._end_of_select()
        elif tag == self._collecting:
            self._end()
        self.text.append(" ")

    def handle_data(self, data: str) -> None:
        if self._collected is not None:
            self._collected.append(data)
        if not self._unseen:
            self.text.append(data)

    def _input(self, attributes: dict[str, str]) -> None:
        assert self._form is not None
        kind, name = attributes.get("type", "text").lower(), attributes.get("name", "")
        if kind == "submit":
            self._form.buttons.append(name)
        if not name or kind in WITHOUT_VALUE or (kind in {"checkbox", "radio"} and "checked" not in attributes):
            return
        self._form.fields.append((name, attributes.get("value", "on" if kind == "checkbox" else "")))

    def _begin(self, tag: str, attributes: dict[str, str]) -> None:
        if self._collected is not None and self._collecting == "option":
            self._end()  # an option may end without saying so
        self._collecting, self._attributes, self._collected = tag, attributes, []

    def _end(self) -> None:
        words = " ".join("".join(self._collected or []).split())
        tag, attributes = self._collecting, self._attributes
        self._collecting, self._collected = "", None
        if tag == "a" and attributes.get("href"):
            label = attributes.get("aria-label", words)
            self.page.links.append(Link(urljoin(self.page.address, attributes["href"]), label))
        elif tag == "h1" and not self.page.title:
            self.page.title = words
        elif tag == "option" and self._form is not None:
            self._option_ends(attributes.get("value", words), words, is_chosen="selected" in attributes)
        elif tag == "textarea" and self._form is not None and attributes.get("name"):
            self._form.fields.append((attributes["name"], words))

    def _option_ends(self, value: str, words: str, *, is_chosen: bool) -> None:
        assert self._form is not None
        self._form.choices.setdefault(self._select, []).append((value, words))
        if is_chosen:
            self._form.fields.append((self._select, value))
            self._is_chosen = True

    def _end_of_select(self) -> None:
        if self._collecting == "option":
            self._end()
        if self._form is not None and not self._is_chosen and self._form.choices.get(self._select):
            # As in a browser: without a choice of one's own the first counts.
            self._form.fields.append((self._select, self._form.choices[self._select][0][0]))
        self._select, self._is_chosen = "", False
