"""A test that cannot run says what is missing; in continuous integration that is a failure."""

import os
from collections.abc import Generator

import pytest


def _refuse_skips() -> bool:
    return os.environ.get("CI", "").lower() not in {"", "0", "false"}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skipped or expectedly failing test into a failure."""
    report = yield
    # An expected failure that passes is reported as passed, with `wasxfail`.
    if _refuse_skips() and (report.skipped or hasattr(report, "wasxfail")):
        report.longrepr = f"Nothing is skipped in continuous integration: {_reason(report)}"
        report.outcome = "failed"
        if hasattr(report, "wasxfail"):
            del report.wasxfail
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Turn a skipped module into an error."""
    report = yield
    if _refuse_skips() and report.skipped:
        report.longrepr = f"Nothing is skipped in continuous integration: {_reason(report)}"
        report.outcome = "failed"
    return report


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    expected_failure = getattr(report, "wasxfail", None)
    if expected_failure is not None:
        return f"expected to fail ({expected_failure or 'no reason given'})"
    # A skip is reported as file, line, reason.
    return report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
