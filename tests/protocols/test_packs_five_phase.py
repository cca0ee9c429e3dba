"""What the shipped five-phase protocol holds, against figures written down here by hand."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest

from clinics.actor import Actor, for_system
from clinics.models import Clinic
from protocols.domain.layout import PhaseSpec, lay_out
from protocols.domain.phases import PhaseKind
from protocols.domain.readiness import EVALUATED_KINDS
from protocols.models import TemplateVersion
from protocols.services.catalogue_loading import load_catalogue
from protocols.services.pack_files import PackError, read_pack
from protocols.services.pack_rows import PackRows, rows_of
from protocols.services.packs import load_pack
from protocols.services.templates import problems_of, publish
from tests.fixtures.personae import NOON

START = date(2027, 1, 4)

# How often a day, and how well each amount was read: R, the source itself; R2, somebody's report of it.
AMOUNTS_THAT_WERE_READ = {
    "prebiotic-fibre": ("6", "g", 1, "R", "Niv 2016: 6 g a day"),
    "glutamine": ("5", "g", 3, "R", "Zhou 2019: 5 g three times a day"),
    "zinc-carnosine": ("37.5", "mg", 2, "R2", "Mahmood 2007: 37.5 mg twice a day"),
    "glutathione": ("250", "mg", 1, "R", "Richie 2015: 250 mg a day"),
}
IN_THE_CATALOGUE = {
    "digestive-enzymes": "digestive-enzymes",
    "prebiotic-fibre": "phgg-powder",
    "probiotic": "probiotic-many-strains",
    "glutamine": "glutamine-powder",
    "zinc-carnosine": "zinc-carnosine-37-5",
    "glutathione": "glutathione-250",
    "vitamin-d": "vitamin-d3",
    "magnesium": "magnesium",
}
STILL_OPEN = {"digestive-enzymes", "probiotic", "vitamin-d", "magnesium"}


@pytest.fixture(scope="module")
def rows() -> PackRows:
    file_name, content = read_pack("five-phase")
    return rows_of(content, pack_key="five-phase", file_name=file_name)


def days(
    rows: PackRows, change: Callable[[PhaseSpec], PhaseSpec] = lambda spec: spec
) -> dict[str, tuple[int, int | None]]:
    """Each phase's first and last day, counted from 1."""
    windows = lay_out([change(phase.spec()) for phase in rows.phases], plan_start=START)
    return {
        key: ((window.first - START).days + 1, window.last and (window.last - START).days + 1)
        for key, window in windows.items()
    }


def test_it_has_the_five_phases_in_their_order(rows: PackRows) -> None:
    assert [phase.kind for phase in rows.phases] == [kind.value for kind in PhaseKind]


def test_it_lasts_sixteen_weeks_and_overlaps(rows: PackRows) -> None:
    assert days(rows) == {
        "remove": (1, 28),
        "replace": (15, 70),
        "re-inoculate": (29, 84),
        "repair": (57, 112),
        "rebalance": (15, None),
    }


def test_a_longer_remove_moves_what_hangs_on_its_end(rows: PackRows) -> None:
    def longer(spec: PhaseSpec) -> PhaseSpec:
        if spec.key != "remove":
            return spec
        return PhaseSpec(key=spec.key, anchor=spec.anchor, anchor_phase=None, offset_days=0, duration_days=35)

    assert days(rows, longer) == {
        "remove": (1, 35),
        "replace": (15, 70),
        "re-inoculate": (36, 91),
        "repair": (64, 119),
        "rebalance": (15, None),
    }


def test_every_amount_was_read_and_stands_in_the_table(rows: PackRows) -> None:
    shipped = {order.key: order for order in rows.orders if order.amount_value is not None}
    assert shipped.keys() == AMOUNTS_THAT_WERE_READ.keys()
    for key, (value, unit, times, mark, _) in AMOUNTS_THAT_WERE_READ.items():
        order = shipped[key]
        assert (order.amount_value, order.amount_unit) == (Decimal(value), unit), key
        assert (order.pattern, len(order.times_of_day)) == ("daily", times), key
        told = "primary source or its abstract read" if mark == "R" else "secondary source read"
        assert f"[{told}]" in order.source.splitlines()[0], key


def test_whatever_else_is_taken_is_decided_at_activation(rows: PackRows) -> None:
    assert {order.key for order in rows.orders if order.needs_amount} == STILL_OPEN


def test_daily_totals_stay_below_the_upper_limits(rows: PackRows) -> None:
    zinc = next(order for order in rows.orders if order.key == "zinc-carnosine")
    assert zinc.amount is not None
    # Zinc carnosine is 22.6 % zinc; at most 40 mg of zinc a day.
    assert (zinc.amount * len(zinc.times_of_day)).value * Decimal("0.226") < 40


def test_fibre_and_glutamine_last_as_long_as_in_their_trials(rows: PackRows) -> None:
    windows = lay_out([phase.spec() for phase in rows.phases], plan_start=START)
    lengths = {}
    for order in rows.orders:
        first, last = windows[order.first_phase.key].first, windows[order.last_phase.key].last
        lengths[order.key] = None if last is None else last - first + timedelta(days=1)
    assert lengths["prebiotic-fibre"] == timedelta(weeks=12)
    assert lengths["glutamine"] == timedelta(weeks=8)


def test_it_orders_no_medicine_and_nothing_that_is_the_prescribers(rows: PackRows) -> None:
    assert all(order.item_kind != "medicine" for order in rows.orders)
    names = " ".join(f"{order.key} {order.name}".lower() for order in rows.orders)
    for word in ("prazole", "ppi", "betaine", "berberine", "antibiotic", "taper"):
        assert word not in names


def test_remove_tells_patients_to_leave_prescribed_medicines_alone(rows: PackRows) -> None:
    assert "Do not change a prescribed medicine by yourself" in rows.phases[0].teaching


def test_every_restriction_ends_with_remove(rows: PackRows) -> None:
    restrictions = [order for order in rows.orders if order.item_kind == "diet" and order.key != "reintroduction"]
    assert len(restrictions) == 3
    assert {order.last_phase.key for order in restrictions} == {"remove"}


def test_the_summary_owns_up_to_what_is_not_known(rows: PackRows) -> None:
    assert "No controlled trial of the whole sequence was found." in rows.version.summary
    assert "secondary sources" in rows.version.summary


def test_every_phase_says_what_is_hypothesis(rows: PackRows) -> None:
    assert all(phase.hypothesis for phase in rows.phases)


def test_every_phase_ends_on_somebodys_word(rows: PackRows) -> None:
    for phase in rows.phases:
        kinds = [criterion.kind for criterion in rows.criteria if criterion.phase is phase]
        assert kinds.count("sign_off") == 1, phase.key
        assert kinds.count("minimum_days") == (phase.duration_days is not None), phase.key
        assert len(set(kinds) - EVALUATED_KINDS) <= 1, phase.key


def test_no_minimum_outlasts_its_phase(rows: PackRows) -> None:
    for criterion in rows.criteria:
        if criterion.kind == "minimum_days":
            assert criterion.parameters["days"] <= criterion.phase.duration_days


def test_it_can_be_published_as_it_ships(clinic: Clinic, by: Actor) -> None:
    load_catalogue(by=for_system(), at=NOON)
    version = load_pack("five-phase", clinic=clinic, by=for_system(), at=NOON).version
    assert problems_of(version) == []
    assert not publish(version, by=by, at=NOON).is_draft
    orders = version.orders.select_related("supplement")
    assert {order.key: order.supplement.key for order in orders if order.supplement} == IN_THE_CATALOGUE


def test_without_the_catalogue_it_is_refused_whole(clinic: Clinic) -> None:
    with pytest.raises(PackError, match=r"orders\[6\]\.supplement: the catalogue has no supplement “phgg-powder”"):
        load_pack("five-phase", clinic=clinic, by=for_system(), at=NOON)
    assert not TemplateVersion.objects.exists()


def test_what_is_taken_does_not_all_begin_on_one_day(rows: PackRows) -> None:
    windows = lay_out([phase.spec() for phase in rows.phases], plan_start=START)
    taken = [order for order in rows.orders if order.item_kind == "supplement"]
    begins = sorted(windows[order.first_phase.key].first + timedelta(days=order.starts_after_days) for order in taken)
    assert [(day - START).days + 1 for day in begins] == [15, 29, 43, 57, 61, 65, 69, 73]


def test_the_fibre_begins_with_a_quarter_and_then_half(rows: PackRows) -> None:
    fibre = next(order for order in rows.orders if order.key == "prebiotic-fibre")
    assert fibre.titration == [{"days": 3, "amount": "1.5 g"}, {"days": 3, "amount": "3 g"}]
