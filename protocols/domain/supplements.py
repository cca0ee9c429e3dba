"""Kinds of supplements, and where something that is taken comes from."""

from __future__ import annotations

from enum import StrEnum


class SupplementClass(StrEnum):
    """What a supplement is, for lists and for looking it up. Rules look at ingredients, never at this."""

    PROBIOTIC = "probiotic"
    PREBIOTIC = "prebiotic"
    FIBRE = "fibre"
    ENZYME = "digestive enzyme"
    ACID = "digestive acid"
    AMINO_ACID = "amino acid"
    ANTIOXIDANT = "antioxidant"
    MINERAL = "mineral"
    VITAMIN = "vitamin"
    FATTY_ACID = "fatty acid"
    HERB = "herb"
    OTHER = "other"

    @property
    def label(self) -> str:
        return self.value.capitalize()


class Allergen(StrEnum):
    """What a label must name, and what people keep away from for other reasons."""

    MILK = "milk"
    EGG = "egg"
    FISH = "fish"
    SHELLFISH = "shellfish"
    TREE_NUTS = "tree nuts"
    PEANUT = "peanut"
    WHEAT = "wheat"
    GLUTEN = "gluten"
    SOY = "soy"
    SESAME = "sesame"
    PORK = "pork"
    GELATIN = "gelatin"
    LATEX = "latex"

    @property
    def label(self) -> str:
        return self.value.capitalize()


class PrescribedBy(StrEnum):
    """Who decides about it. A prescribed medicine changes only by its prescriber’s word."""

    CLINIC = "clinic"
    PRESCRIBER = "prescriber"
    OVER_THE_COUNTER = "over-the-counter"

    @property
    def label(self) -> str:
        return {
            "clinic": "The clinic",
            "prescriber": "Its prescriber",
            "over-the-counter": "Bought without a prescription",
        }[self.value]


class TaperTie(StrEnum):
    """How the days of an order hang on a taper."""

    DURING = "during"
    WHILE_WATCHED = "while-watched"
    AFTER = "after"

    @property
    def label(self) -> str:
        return {
            "during": "From its first day to its last dose",
            "while-watched": "From its first day until it is watched no more",
            "after": "So many days after its last dose",
        }[self.value]
