"""The gates of a taper of an acid suppressant, as data: every question with its reason and its source.

Each is put so that “yes” is the answer that stops, or that makes somebody ask first.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from protocols.domain.gate import Gate, Lifting
from protocols.domain.gate_codes import BLEED_CODES
from protocols.domain.medicines import MedicineClass
from protocols.domain.red_flags import RED_FLAGS
from protocols.domain.sources import HowRead

NSAIDS_AND_ANTITHROMBOTICS: Final = (MedicineClass.NSAID, MedicineClass.ANTIPLATELET, MedicineClass.ANTICOAGULANT)

_FARRELL: Final = "Farrell B et al., Can Fam Physician 2017;63:354–364"
_AGA: Final = (
    "Targownik LE et al., AGA Clinical Practice Update, Gastroenterology 2022, doi 10.1053/j.gastro.2021.12.247"
)
_PEPPER: Final = "PEPPER trial, NCT05629143, exclusions"
NSAID_GUIDE: Final = "US Medication Guide for NSAIDs, DailyMed"
SOSTRES: Final = "Sostres C et al., Arthritis Res Ther 2013;15(Suppl 3):S3, table 1, doi 10.1186/ar4175"
_GENERALLY_NOT: Final = "Acid suppression should generally not be stopped with it."

_LISTED: Final = (
    Gate(
        id="G1",
        question="Does the patient have Barrett’s oesophagus, or has it ever been found?",
        why=_GENERALLY_NOT,
        citation=f"{_FARRELL}; {_AGA}",
        mark=HowRead.PRIMARY,
        lifting=Lifting.PRESCRIBER,
        codes=("K22.7",),
        # Without dysplasia, and with dysplasia of any kind: together they leave nothing of it.
        denied_by=("K22.70", "K22.719"),
    ),
    Gate(
        id="G2",
        question="Has oesophagitis of Los Angeles grade C or D ever been found?",
        why="After severe oesophagitis acid suppression should generally not be stopped.",
        citation=f"{_FARRELL}; {_AGA}",
        mark=HowRead.PRIMARY,
        lifting=Lifting.PRESCRIBER,
    ),
    Gate(
        id="G3",
        question="Has an ulcer of the oesophagus or a peptic stricture ever been found?",
        why="These are complications of reflux, and acid suppression should generally not be stopped after them.",
        citation=_AGA,
        mark=HowRead.PRIMARY,
        lifting=Lifting.PRESCRIBER,
        codes=("K22.1", "K22.2"),
        denied_by=("K22.10", "K22.11", "K22.2"),
    ),
    Gate(
        id="G4",
        question="Does the patient have eosinophilic oesophagitis?",
        why=_GENERALLY_NOT,
        citation=_AGA,
        mark=HowRead.PRIMARY,
        lifting=Lifting.PRESCRIBER,
        codes=("K20.0",),
        denied_by=("K20.0",),
    ),
    Gate(
        id="G5",
        question="Does the patient have idiopathic pulmonary fibrosis?",
        why=_GENERALLY_NOT,
        citation=_AGA,
        mark=HowRead.PRIMARY,
        lifting=Lifting.PRESCRIBER,
        codes=("J84.112",),
        denied_by=("J84.112",),
    ),
    Gate(
        id="G6",
        question="Does the patient have Zollinger–Ellison syndrome or another hypersecretory state?",
        why="Too much acid is made for as long as it lasts: a continuing reason for acid suppression.",
        citation=f"{_PEPPER}; pantoprazole US label",
        mark=HowRead.PRIMARY,
        lifting=Lifting.PRESCRIBER,
        codes=("E16.4",),
        denied_by=("E16.4",),
    ),
    Gate(
        id="G7",
        question="Has a bleeding ulcer or other gastrointestinal bleeding ever been documented?",
        why="Whoever has bled is at high risk of bleeding again without acid suppression.",
        citation=f"{_FARRELL} (bleeding ulcer); {_AGA}, in a secondary summary (any earlier bleed)",
        mark=HowRead.SECONDARY,
        lifting=Lifting.PRESCRIBER,
        codes=BLEED_CODES,
    ),
    Gate(
        id="G8",
        question="Does the patient take two or more medicines against clotting – or, together with a risk of bleeding, "
        "an NSAID for long, aspirin, another antiplatelet or an anticoagulant? (Risks: age 65 or more, a past ulcer or "
        "bleed, a corticosteroid, a second such medicine; and what you weigh besides, such as an SSRI or SNRI, "
        "H. pylori, alcohol, high doses, severe illness.)",
        why="At high risk of upper gastrointestinal bleeding acid suppression should not be reduced.",
        citation=f"{_AGA}, risks in a secondary summary; {NSAID_GUIDE}; {SOSTRES}",
        mark=HowRead.SECONDARY,
        lifting=Lifting.PRESCRIBER,
        classes=NSAIDS_AND_ANTITHROMBOTICS,
    ),
    Gate(
        id="G9",
        question=f"Is a warning sign open: {', '.join(flag.name for flag in RED_FLAGS.values())}?",
        why="A warning sign is looked into before anything is reduced.",
        citation=f"{RED_FLAGS['swallowing'].citation}; Controloc, MIMS",
        mark=HowRead.PRIMARY,
        lifting=Lifting.REVIEW,
    ),
    Gate(
        id="G10",
        question="Is this version still without the approval of its prescriber?",
        why="A taper runs only what its prescriber has signed.",
        citation="Rule of this software",
        mark=HowRead.OWN,
        lifting=Lifting.RESOLVED,
    ),
    Gate(
        id="G11",
        question="Is the reason for which the medicine is taken missing?",
        why="Whether it can be reduced depends on what it is taken for, so the indication is written down first.",
        citation=_AGA,
        mark=HowRead.PRIMARY,
        lifting=Lifting.RESOLVED,
    ),
    Gate(
        id="A1",
        question="Has the medicine been taken for less than 4 weeks?",
        why="The guideline speaks of people who have completed at least 4 weeks.",
        citation=_FARRELL,
        mark=HowRead.PRIMARY,
        lifting=Lifting.NOT_NEEDED,
    ),
    Gate(
        id="A2",
        question="Is the patient pregnant?",
        why="Pregnancy was a reason not to take part in the trial of ways to stop.",
        citation=_PEPPER,
        mark=HowRead.PRIMARY,
        lifting=Lifting.NOT_NEEDED,
    ),
    Gate(
        id="A3",
        question="Does the patient take a corticosteroid together with an NSAID?",
        why="Beside an NSAID a corticosteroid raises the risk of ulcers and bleeding.",
        citation=NSAID_GUIDE,
        mark=HowRead.PRIMARY,
        lifting=Lifting.NOT_NEEDED,
        classes=(MedicineClass.NSAID, MedicineClass.CORTICOSTEROID),
    ),
    Gate(
        id="A4",
        question="Has the patient ever had trouble swallowing?",
        why="Trouble swallowing may have a cause that nobody has looked for yet.",
        citation=RED_FLAGS["swallowing"].citation,
        mark=HowRead.PRIMARY,
        lifting=Lifting.NOT_NEEDED,
        codes=("R13.1",),
    ),
    Gate(
        id="A5",
        question="Is it unknown whether the patient has H. pylori?",
        why="An infection explains symptoms and raises the risk of ulcers; a test on a PPI may miss it.",
        citation=f"Our own question; {SOSTRES}; NICE CG184 (tests two weeks after the last PPI)",
        mark=HowRead.OWN,
        lifting=Lifting.NOT_NEEDED,
    ),
    Gate(
        id="A6",
        question="Is an H. pylori test or a breath test still to come?",
        why="An H. pylori test needs two weeks without a PPI, which is a change of medicine in itself.",
        citation="NICE CG184, as in NICE Bites 68 (2014); Rezaie A, Am J Gastroenterol 2017;112:775",
        mark=HowRead.PRIMARY,
        lifting=Lifting.NOT_NEEDED,
    ),
    Gate(
        id="A7",
        question="Was the medicine started around a stay in hospital?",
        why="What was begun in hospital goes on only for a recognised reason, which may still be there.",
        citation="PPIs: Rational Use and Use-Reduction, Dig Dis 2024, doi 10.1159/000538399",
        mark=HowRead.PRIMARY,
        lifting=Lifting.NOT_NEEDED,
    ),
)
GATES: Final[Mapping[str, Gate]] = MappingProxyType({gate.id: gate for gate in _LISTED})
"""By identifier, in the order in which they are shown: what stops, then what is asked first."""

APPROVAL: Final = GATES["G10"]
"""Not a question about the person: the signature itself resolves it, so nobody answers it and no answer holds it."""
INDICATION: Final = GATES["G11"]
ASKED: Final = tuple(gate for gate in _LISTED if gate is not APPROVAL)
"""Every gate that has an answer."""
