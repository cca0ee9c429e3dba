"""compose.yaml, Dockerfile, .env.example and docs/deploy.md say the same as the settings."""

import re
from fnmatch import fnmatch
from typing import Any

import pytest
import yaml
from django.conf import settings

from gutclinic.settings import REQUIRED_IN_PRODUCTION


def text_of(name: str) -> str:
    return (settings.BASE_DIR / name).read_text(encoding="utf-8")


def read_by_the_settings() -> set[str]:
    return set(re.findall(r"env(?:\.\w+)?\(\s*\"([A-Z_]+)\"", text_of("gutclinic/settings.py"))) | set(
        REQUIRED_IN_PRODUCTION
    )


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(text_of("compose.yaml"))["services"]
    return found


def test_every_variable_that_the_settings_read_is_explained() -> None:
    explained = set(re.findall(r"^\| `([A-Z_]+)` \|", text_of("docs/deploy.md"), re.MULTILINE))
    assert explained == read_by_the_settings() | {"POSTGRES_PASSWORD"}


def test_all_that_production_needs_is_asked_for_or_set(services: dict[str, Any]) -> None:
    asked_for = set(re.findall(r"^([A-Z_]+)=", text_of(".env.example"), re.MULTILINE))
    for name in ("migrate", "web", "worker", "beat"):
        assert set(REQUIRED_IN_PRODUCTION) <= asked_for | set(services[name]["environment"])
        assert services[name]["environment"]["GUTCLINIC_MODE"] == "production"
        assert services[name]["env_file"] == ".env"


def test_no_secret_stands_in_the_tree(services: dict[str, Any]) -> None:
    assert re.search(r"^SECRET_KEY=$", text_of(".env.example"), re.MULTILINE)
    assert re.search(r"^POSTGRES_PASSWORD=$", text_of(".env.example"), re.MULTILINE)
    assert services["database"]["environment"]["POSTGRES_PASSWORD"].startswith("${POSTGRES_PASSWORD:?")


def test_there_are_database_redis_web_worker_and_one_beat(services: dict[str, Any]) -> None:
    assert set(services) == {"database", "redis", "migrate", "web", "worker", "beat"}
    with_beat = [name for name, service in services.items() if "beat" in service.get("command", [])]
    assert with_beat == ["beat"]
    assert not any("--beat" in service.get("command", []) for service in services.values())


def test_everything_that_stays_up_is_watched(services: dict[str, Any]) -> None:
    for name, service in services.items():
        assert ("healthcheck" in service) == (name != "migrate")
        assert (service["restart"] == "no") == (name == "migrate")


def test_nothing_runs_on_old_tables(services: dict[str, Any]) -> None:
    for name in ("web", "worker", "beat"):
        assert services[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"


def test_only_this_machine_reaches_the_web_server(services: dict[str, Any]) -> None:
    ports = {name: service["ports"] for name, service in services.items() if "ports" in service}
    assert ports == {"web": ["127.0.0.1:8000:8000"]}


def test_the_image_holds_all_of_the_product_and_runs_as_an_ordinary_user() -> None:
    dockerfile = text_of("Dockerfile")
    copied = {source for source, _ in re.findall(r"^COPY (\S+) (\S+)$", dockerfile, re.MULTILINE)}
    assert copied == {"requirements.txt", "manage.py", "templates", "static"} | {
        path.parent.name for path in settings.BASE_DIR.glob("*/apps.py")
    }
    assert dockerfile.index("\nUSER gutclinic\n") < dockerfile.index("\nCMD [")


def test_the_builder_is_sent_nothing_but_what_is_copied() -> None:
    rules = [line for line in text_of(".dockerignore").splitlines() if line and not line.startswith("#")]
    assert rules[0] == "*"
    admitted = {rule[1:] for rule in rules if rule.startswith("!")}
    copied = {source for source, _ in re.findall(r"^COPY (\S+) (\S+)$", text_of("Dockerfile"), re.MULTILINE)}
    assert admitted == copied
    assert not any(fnmatch(secret, rule) for secret in (".env", "var", ".git") for rule in admitted)
