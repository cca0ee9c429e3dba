"""Every invariant about tapers can fail: what was seen otherwise than it was is found and named."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from gutclinic.simulator.taper_evidence import TaperState, VersionState
from patients.models import Reminder, Taper, Transition
from tests.simulator.planted.conftest import Scene

DAY = timedelta(days=1)


def running(scene: Scene, wanted: Callable[[TaperState], bool] = lambda state: True) -> int:
    """A taper that was active when it was last seen."""
    return next(
        taper_id
        for taper_id, states in scene.evidence.tapers.items()
        if states[-1].status == "active" and wanted(states[-1])
    )


def in_force(state: TaperState) -> VersionState:
    version = state.version("in-force")
    assert version is not None
    return version


def see(scene: Scene, taper_id: int, **changes: Any) -> None:
    """The taper was seen once more at the end, and was like this."""
    states = scene.evidence.tapers[taper_id]
    states.append(replace(states[-1], at=scene.evidence.ends, **changes))


def see_version(scene: Scene, taper_id: int, **changes: Any) -> None:
    """The same, of the version in force."""
    last = scene.evidence.tapers[taper_id][-1]
    changed = replace(in_force(last), **changes)
    versions = tuple(changed if version.number == changed.number else version for version in last.versions)
    see(scene, taper_id, versions=versions)


def rewritten(content: bytes, change: Callable[[dict[str, Any]], Mapping[str, Any]]) -> bytes:
    document = json.loads(content)
    return json.dumps(document | change(document)).encode()


def test_two_versions_in_force_are_found(scene: Scene) -> None:
    taper_id = running(scene)
    version = in_force(scene.evidence.tapers[taper_id][-1])
    see(scene, taper_id, versions=(version, replace(version, number=version.number + 1, code="ANOTHER000")))
    assert "one version counts" in scene.broken()


def test_a_taper_that_runs_without_any_version_is_found(scene: Scene) -> None:
    see(scene, running(scene), versions=())
    assert "one version counts" in scene.broken()


def test_bytes_that_were_altered_are_found(scene: Scene) -> None:
    taper_id = running(scene)
    content = in_force(scene.evidence.tapers[taper_id][-1]).content
    see_version(scene, taper_id, content=rewritten(content, lambda document: {"indication": {"text": "", "code": ""}}))
    assert "signed bytes stay" in scene.broken()


def test_a_dose_that_rises_is_found(scene: Scene) -> None:
    taper_id = running(scene)
    signature = in_force(scene.evidence.tapers[taper_id][-1]).signature
    assert signature is not None
    upwards = rewritten(signature.content, lambda document: {"steps": document["steps"][::-1]})
    see_version(scene, taper_id, signature=replace(signature, content=upwards))
    assert {"no dose rises unsigned", "signed bytes stay", "the course is as signed"} <= scene.broken()


def test_a_first_day_that_moved_is_found(scene: Scene) -> None:
    taper_id = running(scene)
    first_day = in_force(scene.evidence.tapers[taper_id][-1]).first_day
    assert first_day is not None
    see_version(scene, taper_id, first_day=first_day - DAY)
    assert {"lived days of tapers stay", "the course is as signed"} <= scene.broken()


def test_an_amount_that_was_not_signed_is_found(scene: Scene) -> None:
    taper_id = running(scene)
    doses = scene.evidence.tapers[taper_id][-1].shown_doses
    more = {day: milligrams + 10 for day, milligrams in doses.items()}
    scene.evidence.tapers[taper_id][-1] = replace(scene.evidence.tapers[taper_id][-1], shown_doses=more)
    assert "the course is as signed" in scene.broken()


def test_a_status_of_a_taper_written_past_the_services_is_found(scene: Scene) -> None:
    taper_id = running(scene)
    Taper.objects.filter(pk=taper_id).update(status="completed")
    see(scene, taper_id, status="completed")
    assert {"history is whole", "changes are recorded"} <= scene.broken()


def test_a_move_of_a_taper_that_is_not_legal_is_found(scene: Scene) -> None:
    taper = Taper.objects.get(pk=running(scene))
    Transition.objects.create(
        plan_id=taper.plan_id,
        taper=taper,
        move="complete",
        from_status="active",
        to_status="completed",
        at=scene.evidence.ends,
        by_kind="system",
        by_code="system",
    )
    assert {"moves are legal", "history is whole"} <= scene.broken()


def test_a_refusal_that_changed_a_taper_is_found(scene: Scene) -> None:
    number, act = next((n, act) for n, act in enumerate(scene.evidence.taper_acts) if act.refusal)
    changed = replace(act.after, revision=act.after.revision + 1)
    scene.evidence.taper_acts[number] = replace(act, after=changed)
    assert "refusals change nothing" in scene.broken()


def test_a_plan_that_ended_before_its_taper_is_found(scene: Scene) -> None:
    plan_id = scene.evidence.tapers[running(scene)][-1].plan_id
    states = scene.evidence.states[plan_id]
    states.append(replace(states[-1], at=scene.evidence.ends, status="completed"))
    assert "plans stay open with their tapers" in scene.broken()


def test_a_reminder_of_a_taper_that_was_never_owed_is_found(scene: Scene) -> None:
    sent = Reminder.objects.filter(status="sent", kind="taper-starts").order_by("pk").first()
    assert sent is not None
    sent.delete()
    assert "what is called for is owed" in scene.broken()


def test_a_patient_who_heard_before_the_signature_is_found(scene: Scene) -> None:
    sent = Reminder.objects.filter(status="sent", kind="taper-starts").order_by("pk").first()
    assert sent is not None
    assert sent.taper_id is not None
    states = scene.evidence.tapers[sent.taper_id]
    late = max(hand_over.at for hand_over in scene.evidence.hand_overs) + DAY
    states[:] = [replace(state, started_at=state.started_at and late) for state in states]
    assert "nobody hears before the signature" in scene.broken()


@pytest.mark.parametrize("address", ["", "/prescriber/0000000000-" + "0" * 40 + "/"])
def test_a_request_whose_link_opens_nothing_of_it_is_found(scene: Scene, address: str) -> None:
    number, hand_over = next(
        (number, hand_over)
        for number, hand_over in enumerate(scene.evidence.hand_overs)
        if hand_over.carried[0].kind == "signature-request"
    )
    envelope = replace(hand_over.envelope, text=address, html="")
    scene.evidence.hand_overs[number] = replace(hand_over, envelope=envelope)
    assert "links lead where they should" in scene.broken()
