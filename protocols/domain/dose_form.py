"""How a medicine is made and how it is taken: the words of the catalogue for form, release, halving and meals."""

from __future__ import annotations

from enum import StrEnum


class DoseForm(StrEnum):
    """What one intact unit of it is."""

    CAPSULE = "capsule"
    TABLET = "tablet"
    CHEWABLE_TABLET = "chewable tablet"
    ORALLY_DISINTEGRATING_TABLET = "orally disintegrating tablet"
    SPRINKLE_CAPSULE = "sprinkle capsule"
    SOFTGEL = "softgel"
    PACKET = "packet of granules"
    POWDER = "powder"
    LIQUID = "oral liquid"
    DROPS = "drops"

    @property
    def label(self) -> str:
        return self.value.capitalize()


class Release(StrEnum):
    """Where, or how fast, it gives its ingredient free. Forms of one release may stand in for each other."""

    IMMEDIATE = "immediate"
    DELAYED = "delayed"
    EXTENDED = "extended"

    @property
    def label(self) -> str:
        return f"{self.value.capitalize()} release"


def form_in_words(form: DoseForm | None, release: Release | None) -> str:
    """“delayed-release capsule”, “tablet”; empty if the form is not said.

    Immediate release is what a form has unless somebody says otherwise, so it goes without saying.
    """
    if form is None:
        return ""
    if release is None or release is Release.IMMEDIATE:
        return form.value
    return f"{release.value}-release {form.value}"


class Halving(StrEnum):
    """Whether one unit may be cut in two. Unknown is not yes: only what was read to be halvable is halved."""

    NO = "no"
    HALF = "half"
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        return {"no": "No", "half": "Yes, into two halves", "unknown": "Not known, so it is not halved"}[self.value]


class FoodRule(StrEnum):
    """How it goes with meals."""

    BEFORE_MEAL = "before-meal"
    AFTER_MEAL = "after-meal"
    WITH = "with"
    WITHOUT = "without"
    ANY = "any"
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        return {
            "before-meal": "Before a meal",
            "after-meal": "After a meal",
            "with": "With food",
            "without": "Without food",
            "any": "With or without food",
            "unknown": "Not known",
        }[self.value]
