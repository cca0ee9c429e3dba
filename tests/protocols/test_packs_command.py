"""manage.py load_packs: a line for the medicines and the supplements, and one for each clinic and protocol."""

import shutil
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from clinics.models import Clinic
from protocols.models import Medicine, OrderTemplate, Supplement, TemplateVersion
from protocols.services import pack_files
from protocols.services.pack_files import PACKS_FOLDER

MEDICINES = "2026-11.2"
FIVE_PHASE = "2026-11.3"


def load_packs(*arguments: str) -> list[str]:
    printed = StringIO()
    call_command("load_packs", *arguments, stdout=printed)
    return printed.getvalue().splitlines()


def test_every_clinic_gets_every_pack(clinic: Clinic, other_clinic: Clinic) -> None:
    *catalogue, first, second = load_packs()
    lines = [first, second]
    assert catalogue == [
        f"medicines: edition {MEDICINES}: {Medicine.objects.count()} added, 0 revised, 0 retired, 0 as they were.",
        f"supplements: edition 2026-11: {Supplement.objects.count()} added, 0 revised, 0 retired, 0 as they were.",
    ]
    assert sorted(lines) == sorted(
        f"{each.code} · five-phase: Five-phase gut protocol, version 1 is a new draft, from edition {FIVE_PHASE}."
        for each in (clinic, other_clinic)
    )
    assert TemplateVersion.objects.count() == 2


def test_the_second_time_nothing_is_new(clinic: Clinic) -> None:
    load_packs()
    title = "Five-phase gut protocol, version 1"
    assert load_packs() == [
        f"medicines: edition {MEDICINES} is there already, {Medicine.objects.count()} medicines.",
        f"supplements: edition 2026-11 is there already, {Supplement.objects.count()} supplements.",
        f"{clinic.code} · five-phase: edition {FIVE_PHASE} is there already, as {title}.",
    ]


def test_one_clinic_can_be_named(clinic: Clinic, other_clinic: Clinic) -> None:
    assert len(load_packs("--clinic", other_clinic.code)) == 3
    assert TemplateVersion.objects.get().template.clinic == other_clinic


def test_an_unknown_clinic_is_refused(clinic: Clinic) -> None:
    with pytest.raises(CommandError, match="There is no clinic “NOWHERE”"):
        load_packs("--clinic", "NOWHERE")
    assert not TemplateVersion.objects.exists()


def test_without_a_clinic_the_catalogue_is_loaded_and_it_says_so(db: None) -> None:
    medicines, supplements, said = load_packs()
    assert medicines.startswith("medicines: ")
    assert supplements.startswith("supplements: ")
    assert said == "There is no clinic yet. Make one with manage.py open_clinic."


def test_a_faulty_pack_is_told_once_and_the_others_are_loaded(
    clinic: Clinic, other_clinic: Clinic, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "broken.toml").write_text('key = "broken"', encoding="utf-8")
    monkeypatch.setattr(pack_files, "PACKS_FOLDER", folder)
    with pytest.raises(CommandError) as error:
        load_packs()
    told = str(error.value).splitlines()
    assert told.count("broken.toml, title: This is missing.") == 1
    assert TemplateVersion.objects.count() == 2


def test_faulty_medicines_are_told_and_the_protocols_are_loaded(
    clinic: Clinic, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "medicines.toml").write_text('key = "medicines"', encoding="utf-8")
    monkeypatch.setattr(pack_files, "PACKS_FOLDER", folder)
    with pytest.raises(CommandError, match=r"medicines\.toml, version: This is missing\."):
        load_packs()
    assert TemplateVersion.objects.count() == 1
    assert not Medicine.objects.exists()


def test_what_a_protocol_names_is_in_the_catalogue_by_then(clinic: Clinic) -> None:
    load_packs()
    fibre = OrderTemplate.objects.get(key="prebiotic-fibre")
    assert fibre.supplement is not None
    assert (fibre.supplement.key, fibre.supplement.clinic) == ("phgg-powder", None)


def test_one_faulty_half_of_the_catalogue_keeps_the_other_out_as_well(
    clinic: Clinic, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(pack_files.PACKS_FOLDER / "medicines.toml", folder)
    (folder / "supplements.toml").write_text('key = "supplements"', encoding="utf-8")
    monkeypatch.setattr(pack_files, "PACKS_FOLDER", folder)
    with pytest.raises(CommandError, match=r"supplements\.toml, line 1, version: This is missing\."):
        load_packs()
    assert not Medicine.objects.exists()
    shutil.copy(PACKS_FOLDER / "supplements.toml", folder)
    load_packs()
    assert Medicine.objects.exists()
    assert Supplement.objects.exists()


def test_both_faulty_halves_are_told(clinic: Clinic, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for half in ("medicines", "supplements"):
        (folder / f"{half}.toml").write_text(f'key = "{half}"', encoding="utf-8")
    monkeypatch.setattr(pack_files, "PACKS_FOLDER", folder)
    with pytest.raises(CommandError) as refused:
        load_packs()
    assert {line.partition(",")[0] for line in str(refused.value).splitlines()} >= {
        "medicines.toml",
        "supplements.toml",
    }
