"""Scripts may build functions in the workspace; nowhere else."""

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

STRICT = {
    "default-src": "'self'",
    "img-src": "'self' data:",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}


def policy(response: HttpResponse) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in response["Content-Security-Policy"].split(";"))
    return {name: value for name, _, value in parts}


def test_the_policy_is_strict_outside_the_workspace(client: Client, db: None) -> None:
    assert policy(client.get(reverse("account_request_login_code"))) == STRICT
    assert policy(client.get("/no-such-page/")) == STRICT


def test_the_policy_is_relaxed_in_the_workspace_for_scripts_and_styles_alone(cho: Client) -> None:
    relaxed = {"script-src": "'self' 'unsafe-eval'", "style-src": "'self' 'unsafe-inline'"}
    assert policy(cho.get(reverse("admin:index"))) == STRICT | relaxed


def test_an_address_that_only_looks_like_the_workspace_is_strict(client: Client, db: None) -> None:
    assert policy(client.get("/administration/")) == STRICT
    assert policy(client.get("/portal/admin/")) == STRICT
