"""What a pack says of the catalogue, of slow starts and of tapers: read, or refused with its place."""

from collections.abc import Callable
from pathlib import Path

import pytest

from clinics.actor import for_system
from clinics.models import Clinic
from protocols.models import Medicine, OrderTemplate, Supplement, TemplateVersion
from protocols.services.pack_files import PackError
from protocols.services.packs import load_pack
from tests.fixtures.personae import NOON

AT = 'amount = "37.5 mg"'


@pytest.fixture
def load(clinic: Clinic, folder: Path) -> Callable[[], TemplateVersion]:
    return lambda: load_pack("small", clinic=clinic, by=for_system(), at=NOON, folder=folder).version


def test_an_order_says_all_of_it(
    load: Callable[[], TemplateVersion],
    rewrite: Callable[[str, str], None],
    shelved: Callable[[str], Supplement],
) -> None:
    rewrite(
        AT,
        'amount = "75 mg"\nsupplement = "zinc-carnosine-37-5"\ntitration = [{ days = 3, amount = "37.5 mg" }]\n'
        'starts_after_days = 5\ncounts_as = "zinc"\ntaper_tie = "after"\ntaper_tie_days = 56\n'
        'prescribed_by = "over-the-counter"',
    )
    order = load().orders.get(key="zinc")
    assert order.supplement == shelved("zinc-carnosine-37-5")
    assert order.titration == [{"days": 3, "amount": "37.5 mg"}]
    assert (order.starts_after_days, order.counts_as, order.taper_tie, order.taper_tie_days, order.prescribed_by) == (
        5, "zinc", "after", 56, "over-the-counter",
    )  # fmt: skip


def test_an_order_may_be_a_medicine(
    load: Callable[[], TemplateVersion], rewrite: Callable[[str, str], None], shipped: Callable[[str], Medicine]
) -> None:
    rewrite('item_kind = "supplement"', 'item_kind = "medicine"\nmedicine = "famotidine-tablet"')
    rewrite(AT, 'amount = "20 mg"')
    assert load().orders.get(key="zinc").medicine == shipped("famotidine-tablet")


def test_what_is_left_out_is_the_clinics_and_begins_with_its_phase(load: Callable[[], TemplateVersion]) -> None:
    order = load().orders.get(key="zinc")
    assert (order.supplement, order.medicine, order.prescribed_by, order.titration, order.starts_after_days) == (
        None, None, "clinic", [], 0,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("written", "place", "sentence"),
    [
        (f'{AT}\nsupplement = "moon-dust"', "supplement", "the catalogue has no supplement “moon-dust”"),
        (f'{AT}\nmedicine = "famotidine-tablet"', "medicine", "Only an order of the kind “medicine” names one."),
        ('amount = "5 g"\nsupplement = "probiotic"', "amount", "write the dose in billion CFU."),
        (f'{AT}\ntitration = [{{ days = 0, amount = "10 mg" }}]', "titration", "lasts 1 to 90 days"),
        (f'{AT}\ntitration = [{{ days = 3, amount = "40 mg" }}]', "titration", "below the full 37.5 mg"),
        (f'{AT}\ntitration = [{{ days = 3, amount = "a bit" }}]', "titration", "is not an amount"),
        (f'{AT}\ntitration = [{{ days = 3 }}]', "titration[0].amount", "This is missing."),
        (f'{AT}\ntitration = "slowly"', "titration", "This is a list of tables."),
        ('titration = [{ days = 3, amount = "10 mg" }]', "titration", "A slow start needs the full amount"),
        (f"{AT}\nstarts_after_days = 400", "starts_after_days", "Days are counted from 0 to 365."),
        (f"{AT}\nstarts_after_days = -1", "starts_after_days", "Days are counted from 0 to 365."),
        (f'{AT}\ncounts_as = "two words"', "counts_as", "valid “slug”"),
        (f'{AT}\ntaper_tie = "near"', "taper_tie", "“near” is unknown here."),
        (f'{AT}\ntaper_tie = "after"', "taper_tie_days", "Days after the last dose belong to"),
        (f"{AT}\ntaper_tie_days = 5", "taper_tie_days", "Days after the last dose belong to"),
        (f'{AT}\nprescribed_by = "nobody"', "prescribed_by", "“nobody” is unknown here."),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_at_its_place(
    load: Callable[[], TemplateVersion],
    rewrite: Callable[[str, str], None],
    shelved: Callable[[str], Supplement],
    written: str,
    place: str,
    sentence: str,
) -> None:
    rewrite(AT, written)
    with pytest.raises(PackError) as refused:
        load()
    told = [each for each in refused.value.problems if each.startswith(f"small.toml, orders[0].{place}: ")]
    assert any(sentence in each for each in told), refused.value.problems
    assert not OrderTemplate.objects.exists()


def test_an_order_does_not_begin_after_its_phases_have_ended(
    load: Callable[[], TemplateVersion], rewrite: Callable[[str, str], None]
) -> None:
    rewrite(
        'last_phase = "second"\namount = "37.5 mg"', 'last_phase = "first"\namount = "37.5 mg"\nstarts_after_days = 28'
    )
    with pytest.raises(PackError, match="would begin 28 days after First, when it has ended"):
        load()
