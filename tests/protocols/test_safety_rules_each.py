"""Every rule that counts, from the table of the rules: once where it fires, and once where it only nearly does."""

from dataclasses import replace
from typing import Any, NamedTuple

import pytest

from protocols.domain.safety import Situation, Taken, assess
from protocols.domain.safety_rules import Severity
from protocols.services.knowledge import shipped_knowledge
from tests.protocols.situations import assessed, found, taken


class Case(NamedTuple):
    rule: str
    part: str
    severity: str
    about: list[str]
    fires: list[Any]
    misses: list[Any]
    facts: dict[str, Any] = {}
    miss_facts: dict[str, Any] | None = None


BETAINE = taken("betaine hydrochloride", "650 mg", 3)
PPI_2M = taken("omeprazole", "20 mg", since="2026-11-01")


def having(*codes: str) -> dict[str, Any]:
    return {"conditions": list(codes)}


CASES = [
    Case(
        "R01", "main", "BLOCK", ["Motrin", "betaine HCl"], ["Motrin", "betaine HCl"], ["acetaminophen", "betaine HCl"]
    ),
    Case(
        "R01",
        "main",
        "BLOCK",
        ["betaine hydrochloride", "aspirin"],
        [BETAINE, "aspirin"],
        [BETAINE, taken("diclofenac", route="topical")],
    ),
    Case(
        "R02",
        "main",
        "BLOCK",
        ["betaine hydrochloride", "prednisone"],
        [BETAINE, "prednisone"],
        [BETAINE, taken("hydrocortisone", route="topical")],
    ),
    Case(
        "R02",
        "main",
        "BLOCK",
        ["betaine hydrochloride", "budesonide"],
        [BETAINE, "budesonide"],
        [BETAINE, taken("budesonide", route="inhaled")],
    ),
    Case(
        "R03",
        "main",
        "BLOCK",
        ["betaine hydrochloride", "Z87.11"],
        [BETAINE],
        [BETAINE],
        having("Z87.11"),
        having("K21.9"),
    ),
    Case(
        "R03",
        "main",
        "BLOCK",
        ["betaine hydrochloride", "K22.70"],
        [BETAINE],
        [BETAINE],
        having("K22.70"),
        having("K30"),
    ),
    Case("R03", "main", "BLOCK", ["betaine hydrochloride", "K29.70"], [BETAINE], ["pepsin"], having("K29.70")),
    Case(
        "R04",
        "main",
        "WARN",
        ["betaine hydrochloride", "omeprazole"],
        [BETAINE, taken("omeprazole", until="2026-11-10")],
        [BETAINE, taken("omeprazole", until="2026-11-09")],
    ),  # 55 days, and 56: eight weeks are over
    Case(
        "R04",
        "main",
        "WARN",
        ["famotidine", "betaine hydrochloride"],
        ["famotidine", BETAINE],
        [taken("famotidine", until="2027-01-03"), BETAINE],
    ),
    Case("R05", "pregnancy", "WARN", ["betaine hydrochloride"], [BETAINE], [BETAINE], {"breastfeeding": True}, {}),
    Case("R05", "between-meals", "WARN", ["betaine hydrochloride"], [BETAINE | {"with_meal": False}], [BETAINE]),
    Case("R06", "substrate", "WARN", ["berberine", "warfarin"], ["berberine", "warfarin"], ["berberine", "famotidine"]),
    Case(
        "R06",
        "transplant",
        "BLOCK",
        ["cyclosporine", "berberine"],
        ["cyclosporine", "berberine"],
        ["cyclosporine", "goldenseal"],
    ),
    Case("R07", "mother", "BLOCK", ["goldenseal"], ["goldenseal"], ["goldenseal"], {"pregnant": True}, {}),
    Case("R07", "newborn", "BLOCK", ["coptis"], ["coptis"], ["coptis"], {"age": 0}, {"age": 1}),
    Case(
        "R09",
        "main",
        "SPACE",
        ["Cipro", "ferrous sulfate"],
        ["Cipro", "ferrous sulfate"],
        [taken("Cipro", route="ophthalmic"), "ferrous sulfate"],
    ),
    Case(
        "R10",
        "main",
        "SPACE",
        ["magnesium oxide", "doxycycline"],
        ["magnesium oxide", "doxycycline"],
        ["calcium citrate", "doxycycline"],
    ),
    Case(
        "R11",
        "main",
        "SPACE",
        ["alendronate", "magnesium citrate"],
        ["alendronate", "magnesium citrate"],
        ["alendronate", "zinc"],
    ),
    Case(
        "R11",
        "main",
        "SPACE",
        ["magnesium citrate", "iron bisglycinate"],
        ["magnesium citrate", "iron bisglycinate"],
        ["magnesium citrate", "copper"],
    ),
    Case(
        "R12",
        "main",
        "SPACE",
        ["levothyroxine", "simethicone"],
        ["levothyroxine", "simethicone"],
        ["levothyroxine", "glutamine"],
    ),
    Case("R13", "main", "BLOCK", ["magnesium oxide", "N18.30"], ["magnesium oxide"], ["zinc"], having("N18.30")),
    Case(
        "R14",
        "main",
        "WARN",
        ["magnesium oxide", "magnesium"],
        [taken("magnesium oxide", "500 mg"), taken("magnesium", "49 mg")],
        [taken("magnesium oxide", "500 mg"), taken("magnesium", "48.5 mg")],
    ),  # 301.5 mg and 49, or 48.5
    Case(
        "R15",
        "main",
        "WARN",
        ["zinc carnosine", "zinc"],
        [taken("zinc carnosine", "75 mg", 2), taken("zinc", "7 mg")],
        [taken("zinc carnosine", "75 mg", 2), taken("zinc", "6.1 mg")],
    ),  # 33.9 mg and 7, or 6.1: 40 is not more than 40
    Case("R16", "main", "SPACE", ["zinc", "penicillamine"], ["zinc", "penicillamine"], ["copper", "penicillamine"]),
    Case("R17", "limit", "WARN", ["vitamin D3"], [taken("vitamin D3", "101 ug")], [taken("vitamin D3", "100 ug")]),
    Case("R18", "limit", "WARN", ["retinol"], [taken("retinol", "3.001 mg")], [taken("retinol", "3000 ug")]),
    Case("R19", "limit", "WARN", ["pyridoxine"], [taken("pyridoxine", "51 mg", 2)], [taken("pyridoxine", "50 mg", 2)]),
    Case("R20", "limit", "WARN", ["vitamin e"], [taken("vitamin e", "1.1 g")], [taken("vitamin e", "1 g")]),
    Case(
        "R20",
        "with",
        "WARN",
        ["vitamin e", "warfarin"],
        [taken("vitamin e", "400 mg"), "warfarin"],
        [taken("vitamin e", "15 mg"), "warfarin"],
    ),
    Case("R21", "main", "WARN", ["CoQ10", "Coumadin"], ["CoQ10", "Coumadin"], ["CoQ10", "apixaban"]),
    Case("R22", "limit", "WARN", ["omega-3"], [taken("omega-3", "2.6 g", 2)], [taken("omega-3", "2.5 g", 2)]),
    Case(
        "R22",
        "fibrillation",
        "WARN",
        ["omega-3", "I48.0"],
        [taken("omega-3", "1000 mg")],
        [taken("omega-3", "999 mg")],
        having("I48.0"),
        having("I48.0"),
    ),
    Case(
        "R23",
        "main",
        "BLOCK",
        ["st john's wort", "omeprazole"],
        ["st john's wort", "omeprazole"],
        ["st john's wort", "famotidine"],
    ),
    Case(
        "R23",
        "main",
        "BLOCK",
        ["hypericum", "birth control pill"],
        ["hypericum", "birth control pill"],
        ["hypericum", "ginger"],
    ),
    Case("R25", "main", "BLOCK", ["probiotic", "D84.9"], ["probiotic"], ["inulin"], having("D84.9")),
    Case(
        "R25", "main", "BLOCK", ["probiotic", "tacrolimus"], ["probiotic", "tacrolimus"], ["probiotic", "levothyroxine"]
    ),
    Case("R26", "line", "BLOCK", ["S. boulardii", "Z45.2"], ["S. boulardii"], ["L. reuteri"], having("Z45.2")),
    Case(
        "R28",
        "main",
        "BLOCK",
        ["metronidazole", "alcohol"],
        [taken("metronidazole", until="2027-01-01"), "alcohol"],
        [taken("metronidazole", until="2026-12-31"), "alcohol"],
    ),
    Case(
        "R29",
        "warfarin",
        "WARN",
        ["metronidazole", "warfarin"],
        ["metronidazole", "warfarin"],
        ["tinidazole", "warfarin"],
    ),
    Case(
        "R29", "lithium", "WARN", ["metronidazole", "lithium"], ["metronidazole", "lithium"], ["amoxicillin", "lithium"]
    ),
    Case(
        "R29",
        "disulfiram",
        "BLOCK",
        ["metronidazole", "disulfiram"],
        ["metronidazole", taken("disulfiram", until="2026-12-21")],
        ["metronidazole", taken("disulfiram", until="2026-12-20")],
    ),
    Case(
        "R30",
        "p-gp",
        "WARN",
        ["rifaximin", "ciclosporin"],
        ["rifaximin", "ciclosporin"],
        ["amoxicillin", "ciclosporin"],
    ),
    Case("R30", "liver", "WARN", ["rifaximin", "K74.60"], ["rifaximin"], ["amoxicillin"], having("K74.60")),
    Case(
        "R30",
        "c-difficile",
        "WARN",
        ["amoxicillin"],
        [taken("amoxicillin", until="2026-11-04")],
        [taken("amoxicillin", until="2026-11-03")],
    ),
    Case(
        "R31",
        "main",
        "MONITOR",
        ["omeprazole"],
        [taken("omeprazole", since="2026-01-04")],
        [taken("omeprazole", since="2026-01-05")],
    ),
    Case(
        "R31",
        "main",
        "MONITOR",
        ["omeprazole", "furosemide"],
        [taken("omeprazole", since="2026-10-04"), "furosemide"],
        [taken("omeprazole", since="2026-10-05"), "furosemide"],
    ),
    Case(
        "R32",
        "main",
        "MONITOR",
        ["pantoprazole"],
        [taken("pantoprazole", since="2024-01-03")],
        [taken("pantoprazole", since="2024-01-04")],
    ),
    Case(
        "R33",
        "main",
        "BLOCK",
        ["esomeprazole", "clopidogrel"],
        ["esomeprazole", "clopidogrel"],
        ["pantoprazole", "clopidogrel"],
    ),
    Case(
        "R34",
        "main",
        "WARN",
        ["omeprazole", "methotrexate"],
        ["omeprazole", taken("methotrexate", "1 g")],
        ["omeprazole", taken("methotrexate", "15 mg")],
    ),
    Case("R35", "main", "WARN", ["omeprazole", "rifampin"], ["omeprazole", "rifampin"], ["famotidine", "rifampin"]),
    Case(
        "R36",
        "main",
        "MONITOR",
        ["omeprazole", "levothyroxine"],
        [PPI_2M, "levothyroxine"],
        ["omeprazole", "levothyroxine"],
    ),
    Case(
        "R36",
        "main",
        "MONITOR",
        ["omeprazole", "warfarin"],
        [taken("omeprazole", tapering=True), "warfarin"],
        [taken("omeprazole", tapering=False), "warfarin"],
    ),
    Case(
        "R37",
        "main",
        "BLOCK",
        ["omeprazole", "Aleve"],
        [taken("omeprazole", tapering=True), "Aleve"],
        ["omeprazole", "Aleve"],
    ),
    Case(
        "R37",
        "main",
        "BLOCK",
        ["omeprazole", "apixaban"],
        [taken("omeprazole", tapering=True), "apixaban"],
        [taken("omeprazole", tapering=True), "acetaminophen"],
    ),
    Case("R38", "main", "BLOCK", ["NAC", "nitroglycerin"], ["NAC", "nitroglycerin"], ["glutathione", "nitroglycerin"]),
    Case("R39", "medicine", "WARN", ["turmeric", "clopidogrel"], ["turmeric", "clopidogrel"], ["turmeric", "losartan"]),
    Case("R40", "main", "BLOCK", ["licorice root", "I10"], ["licorice root"], ["DGL"], having("I10")),
    Case("R40", "main", "BLOCK", ["licorice", "digoxin"], ["licorice", "digoxin"], ["DGL", "digoxin"]),
    Case("R41", "main", "BLOCK", ["L-glutamine", "K74.60"], ["L-glutamine"], ["glutathione"], having("K74.60")),
    Case("R42", "meal", "BLOCK", ["Creon"], [taken("Creon", "175001 [USP'U]")], [taken("Creon", "175000 [USP'U]")]),
    Case(
        "R42", "day", "BLOCK", ["Creon"], [taken("Creon", "117000 [USP'U]", 6)], [taken("Creon", "116000 [USP'U]", 6)]
    ),
    Case("R42", "urate", "WARN", ["pancrelipase", "M10.9"], ["pancrelipase"], ["lactase"], having("M10.9")),
    Case("R43", "apart", "SPACE", ["psyllium", "lithium"], ["psyllium", "lithium"], ["psyllium", "glutamine"]),
    Case("R43", "obstruction", "BLOCK", ["psyllium", "R13.10"], ["psyllium"], ["PHGG"], having("R13.10")),
    Case(
        "R44", "others", "SPACE", ["sucralfate", "phenytoin"], ["sucralfate", "phenytoin"], ["sucralfate", "sertraline"]
    ),
    Case("R44", "antacids", "SPACE", ["Tums", "sucralfate"], ["Tums", "sucralfate"], ["famotidine", "sucralfate"]),
    Case("R44", "kidneys", "WARN", ["sucralfate", "N18.4"], ["sucralfate"], ["sodium alginate"], having("N18.4")),
    Case("R45", "main", "INFO", ["biotin"], [taken("biotin", "1000 ug")], [taken("biotin", "999 ug")]),
    Case("R46", "limit", "WARN", ["iron"], [taken("iron", "46 mg")], [taken("iron", "45 mg")]),
    Case("R46", "thyroid", "SPACE", ["iron", "levothyroxine"], ["iron", "levothyroxine"], ["zinc", "levothyroxine"]),
    Case("R46", "quinolone", "SPACE", ["iron", "levofloxacin"], ["iron", "levofloxacin"], ["zinc", "levofloxacin"]),
    Case("R46", "magnesium", "SPACE", ["iron", "magnesium"], ["iron", "magnesium"], ["zinc", "magnesium"]),
    Case(
        "R47",
        "label",
        "WARN",
        ["budesonide", "grapefruit juice"],
        ["budesonide", "grapefruit juice"],
        ["prednisone", "grapefruit juice"],
    ),
    Case(
        "R47",
        "berberine",
        "WARN",
        ["berberine", "Entocort EC"],
        ["berberine", "Entocort EC"],
        ["berberine", "prednisone"],
    ),
    Case(
        "R52",
        "quinolone",
        "SPACE",
        ["calcium carbonate", "ciprofloxacin"],
        ["calcium carbonate", "ciprofloxacin"],
        ["famotidine", "ciprofloxacin"],
    ),
    Case(
        "R52",
        "tetracycline",
        "SPACE",
        ["calcium carbonate", "tetracycline"],
        ["calcium carbonate", "tetracycline"],
        ["zinc", "tetracycline"],
    ),
    Case(
        "R52",
        "bound",
        "SPACE",
        ["calcium carbonate", "eltrombopag"],
        ["calcium carbonate", "eltrombopag"],
        ["sodium alginate", "eltrombopag"],
    ),
    Case(
        "R52",
        "thyroid",
        "SPACE",
        ["calcium carbonate", "levothyroxine"],
        ["calcium carbonate", "levothyroxine"],
        ["famotidine", "levothyroxine"],
    ),
    Case("R53", "main", "SPACE", ["gabapentin", "magnesium"], ["gabapentin", "magnesium"], ["gabapentin", "zinc"]),
    Case("R54", "main", "SPACE", ["Maalox", "rosuvastatin"], ["Maalox", "rosuvastatin"], ["Tums", "rosuvastatin"]),
    Case("R55", "sign", "BLOCK", ["K92.1"], [], [], having("K92.1"), having("K92.89")),
    Case("R55", "sign", "BLOCK", ["R13.10"], [], [], having("R13.10"), having("R10.13")),
    Case("R55", "sign", "BLOCK", ["R63.4"], [], [], having("R63.4"), having("R63.5")),
    Case("R55", "chest", "BLOCK", ["R06.02", "R07.9"], [], [], having("R06.02", "R07.9"), having("R07.9")),
    Case("R56", "main", "INFO", ["sertraline", "G25.81"], ["sertraline"], ["levothyroxine"], having("G25.81")),
    Case(
        "R57",
        "main",
        "INFO",
        ["G25.81"],
        [],
        [],
        having("G25.81"),
        having("G25.81") | {"labs": [{"code": "2276-4", "value": "61 ng/mL"}]},
    ),
    Case("R58", "main", "INFO", ["probiotic", "K58.0"], ["probiotic"], ["PHGG"], having("K58.0")),
    Case(
        "R59",
        "main",
        "INFO",
        ["inulin", "PHGG", "K58.0"],
        [taken("inulin", "5 g"), taken("PHGG", "5 g")],
        [taken("inulin", "5 g"), taken("PHGG", "4.9 g")],
        having("K58.0"),
    ),
    Case(
        "R60",
        "long",
        "WARN",
        ["low-FODMAP diet"],
        [taken("low-FODMAP diet", since="2026-11-22")],
        [taken("low-FODMAP diet", since="2026-11-23")],
    ),  # 43 days, and 42: six weeks, not more
    Case("R60", "risk", "WARN", ["elimination diet", "F50.00"], ["elimination diet"], ["glutamine"], having("F50.00")),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule}-{case.part}-{case.about[0]}")
def test_it_fires_where_the_table_says_so(case: Case) -> None:
    hits = found(assessed(*case.fires, **case.facts), case.rule, case.part)
    assert [sorted(hit.about) for hit in hits] == [sorted(case.about)]
    assert hits[0].severity == case.severity
    assert list(hits[0].about)[: len(case.fires)] == [
        each for each in case.about if each in [_name(intake) for intake in case.fires]
    ]


def _name(intake: Any) -> str:
    return intake if isinstance(intake, str) else str(intake["substance"])


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule}-{case.part}-{case.about[0]}")
def test_it_is_silent_where_it_only_nearly_applies(case: Case) -> None:
    facts = case.facts if case.miss_facts is None else case.miss_facts
    result = assessed(*case.misses, **facts)
    assert found(result, case.rule, case.part) == []
    assert [each for each in result.undecided if (each.rule, each.part) == (case.rule, case.part)] == []


def test_every_part_that_counts_has_its_cases() -> None:
    counting = {(rule.id, part.key) for rule, part in shipped_knowledge().enabled()}
    assert {(case.rule, case.part) for case in CASES} == counting


def test_all_63_rules_are_there_and_what_was_only_remembered_is_off() -> None:
    knowledge = shipped_knowledge()
    assert [rule.id for rule in knowledge.rules] == [f"R{number:02}" for number in range(1, 64)]
    off = {rule.id for rule in knowledge.rules if not any(part.is_enabled for part in rule.parts)}
    assert off == {"R08", "R24", "R27", "R48", "R49", "R50", "R51", "R61", "R62", "R63"}
    mixed = {rule.id for rule in knowledge.rules if len({part.is_enabled for part in rule.parts}) == 2}
    assert mixed == {"R13", "R17", "R18", "R19", "R26", "R32", "R39", "R40", "R42"}
    assert all(part.mark.counts for _, part in knowledge.enabled())
    assert all(rule.reviewer == "" and rule.reviewed_on is None for rule in knowledge.rules)


SILENT = [
    ("R08", ["berberine", "metformin"], {}),
    ("R17", [taken("vitamin D3", "25 ug"), "hydrochlorothiazide", "calcium"], {}),
    ("R19", [taken("pyridoxine", "60 mg")], {}),
    ("R24", ["5-HTP", "sertraline"], {}),
    ("R26", ["S. boulardii", "fluconazole"], {}),
    ("R27", ["probiotic", "amoxicillin"], {}),
    ("R32", [taken("omeprazole", since="2024-06-01"), "metformin"], {"age": 80}),
    ("R40", ["DGL"], having("I10")),
    ("R48", [taken("famotidine", since="2026-01-01")], {"age": 80}),
    ("R49", ["bismuth subsalicylate", "warfarin"], {}),
    ("R50", ["activated charcoal", "levothyroxine", "cholestyramine"], {}),
    ("R51", ["metformin", taken("omeprazole", since="2020-01-01")], {}),
    ("R61", ["low-FODMAP diet"], having("F50.00")),
    ("R62", ["ketogenic diet", "insulin"], {}),
    ("R63", ["remove alcohol"], having("F10.20")),
]


@pytest.mark.parametrize(("rule", "intakes", "facts"), SILENT, ids=[rule for rule, _, _ in SILENT])
def test_what_was_only_remembered_is_never_reported(rule: str, intakes: list[Any], facts: dict[str, Any]) -> None:
    knowledge = shipped_knowledge()
    off = {part.key for part in knowledge.rule(rule).parts if not part.is_enabled}  # type: ignore[union-attr]
    assert off
    for result in (assessed(*intakes, **facts), assessed(*intakes, conditions=None, age=None)):
        assert not [each for each in (*result.found, *result.undecided) if each.rule == rule and each.part in off]


@pytest.mark.parametrize("code", ["2276-4", "2502-3"])
def test_ferritin_and_transferrin_saturation_both_answer_for_iron(code: str) -> None:
    labs = [{"code": code, "value": "20 %" if code == "2502-3" else "61 ng/mL"}]
    assert found(assessed(conditions=["G25.81"], labs=labs), "R57", "main") == []


def test_only_a_block_stops_something_and_never_the_medicine_beside_it() -> None:
    result = assessed(BETAINE, "ibuprofen", "omeprazole", "clopidogrel", "vitamin d")
    stopped = {each.rule: each.stops for each in result.found if each.severity is Severity.BLOCK}
    assert stopped == {"R01": ("0",), "R33": ("2",)}
    assert all(each.stops == () for each in result.found if each.severity is not Severity.BLOCK)


SPACED = [
    ("R09", "Cipro", "magnesium oxide", 2, 6),
    ("R10", "doxycycline", "magnesium oxide", 3, 6),
    ("R11", "nitrofurantoin", "magnesium oxide", 4, 4),
    ("R12", "levothyroxine", "calcium carbonate", 4, 4),
    ("R16", "zinc", "minocycline", 2, 2),
    ("R43", "carbamazepine", "psyllium", 2, 4),
    ("R44", "digoxin", "sucralfate", 2, None),
    ("R53", "gabapentin", "magnesium oxide", 2, 2),
    ("R54", "rosuvastatin", "Maalox", 2, 2),
]


@pytest.mark.parametrize(("rule", "a", "b", "before", "after"), SPACED)
def test_hours_are_those_of_the_table_from_the_side_that_the_rule_states(
    rule: str, a: str, b: str, before: int, after: int | None
) -> None:
    for intakes in ((a, b), (b, a)):
        [spacing] = [each.spacing for each in assessed(*intakes).found if each.rule == rule and each.spacing]
        assert (spacing.a, spacing.b) == (a, b)
        assert (spacing.before_hours, spacing.after_hours) == (before, after)
        assert (spacing.a_codes, spacing.b_codes) == ((str(intakes.index(a)),), (str(intakes.index(b)),))


def test_two_rules_about_one_pair_are_both_told() -> None:
    rules = {each.rule for each in assessed("levothyroxine", "sucralfate").found}
    assert {"R12", "R44"} <= rules
    half_hour = [each.spacing for each in assessed("Tums", "sucralfate").found if each.rule == "R44"]
    assert [(str(each.before_hours), str(each.after_hours)) for each in half_hour if each] == [("0.5", "0.5")]


def test_what_is_in_one_product_is_not_taken_apart() -> None:
    situation = Situation(
        taken=tuple(Taken(substance=name, code="multi") for name in ("iron", "magnesium")), conditions=frozenset()
    )
    one = assess(situation, shipped_knowledge())
    assert [each.rule for each in one.found if each.spacing] == []
    two = replace(situation, taken=(situation.taken[0], replace(situation.taken[1], code="another")))
    assert {each.rule for each in assess(two, shipped_knowledge()).found if each.spacing} == {"R11", "R46"}


@pytest.mark.parametrize("route", ["intravenous", "IV", "transdermal", "vaginal"])
def test_what_does_not_pass_the_mouth_needs_no_distance(route: str) -> None:
    assert [each for each in assessed(taken("ciprofloxacin", route=route), "iron").found if each.spacing] == []


def test_what_acts_on_the_skin_adds_to_no_total() -> None:
    assert assessed(taken("magnesium", "400 mg", route="topical")).totals == ()


def test_a_dose_in_international_units_counts_with_the_factor_of_its_own_substance() -> None:
    """5000 IU of vitamin D are 125 µg; the same of vitamin A cannot be counted."""
    hits = found(assessed(taken("vitamin D3", "5000 [iU]")), "R17", "limit")
    assert [hit.about for hit in hits] == [("vitamin D3",)]
    result = assessed(taken("retinol", "15000 [iU]"))
    assert [each.rule for each in result.undecided] == ["R18"]
    assert result.uncountable == ("retinol",)
