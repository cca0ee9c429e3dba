"""The system check that keeps the demonstration, which shows sign-in codes, off the network."""

import pytest
from pytest_django import Settings

from gutclinic.checks import demonstration_stays_on_loopback


@pytest.fixture
def demonstration(settings: Settings) -> Settings:
    settings.DEMO = True
    settings.PRODUCTION = False
    settings.ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
    settings.PUBLIC_URL = "http://127.0.0.1:8000"
    return settings


def problems() -> list[str]:
    found = demonstration_stays_on_loopback()
    assert all(problem.id == "gutclinic.E002" and problem.hint for problem in found)
    return [str(problem.msg) for problem in found]


def test_a_demonstration_on_this_machine_is_fine(demonstration: Settings) -> None:
    assert problems() == []


def test_a_demonstration_in_production_is_refused(demonstration: Settings) -> None:
    demonstration.PRODUCTION = True
    assert problems() == ["GUTCLINIC_DEMO is set in production."]


@pytest.mark.parametrize("host", ["clinic.example.org", "*", ".localhost", "192.168.1.20", ""])
def test_a_demonstration_that_answers_to_another_name_is_refused(demonstration: Settings, host: str) -> None:
    demonstration.ALLOWED_HOSTS = ["127.0.0.1", host]
    assert len(problems()) == 1


def test_a_demonstration_whose_links_lead_elsewhere_is_refused(demonstration: Settings) -> None:
    demonstration.PUBLIC_URL = "https://clinic.example.org"
    assert len(problems()) == 1


def test_without_the_demonstration_any_name_is_fine(demonstration: Settings) -> None:
    demonstration.DEMO = False
    demonstration.ALLOWED_HOSTS = ["clinic.example.org"]
    assert problems() == []
