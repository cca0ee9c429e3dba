"""Whatever ends the demonstration, no process is left over, and who ended by itself is named."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from gutclinic.demo import children as module
from gutclinic.demo.children import ChildEnded, Children, Program
from gutclinic.demo.ending import TOLD_BY, Ending, Stopped


def restless(what: str) -> Program:
    return Program(
        what, ["tests.demo.restless", what], is_ready=lambda log: log.read_text().count("ready") > (what == "parent")
    )


@pytest.fixture
def ending() -> Iterator[Ending]:
    before = {each: signal.getsignal(each) for each in TOLD_BY}
    yield Ending()
    for each, handler in before.items():
        signal.signal(each, handler)


@pytest.fixture
def children(tmp_path: Path, ending: Ending) -> Iterator[Children]:
    with Children(logs=tmp_path, ending=ending) as them:
        yield them


def groups_of(children: Children) -> list[int]:
    return [child._process.pid for child in children._children]


def is_there(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def test_all_are_there_once_they_are_ready_and_gone_once_stopped(children: Children) -> None:
    children.start([restless("first"), restless("second")])
    groups = groups_of(children)
    children.check()
    assert all(is_there(group) for group in groups)
    children.stop()
    assert not any(is_there(group) for group in groups)


def test_who_does_not_listen_and_whom_a_child_has_started_end_too(
    children: Children, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "GRACE_SECONDS", 0.3)
    children.start([restless("parent"), restless("deaf")])
    groups = groups_of(children)
    children.stop()
    assert not any(is_there(group) for group in groups)


def test_who_ends_by_itself_is_named_with_the_end_of_its_log(children: Children) -> None:
    with pytest.raises(ChildEnded, match=r"“fails” ended by itself, with status 3[\s\S]*I cannot find my database\."):
        children.start([restless("first"), restless("fails")])


def test_who_ends_later_is_noticed(children: Children) -> None:
    children.start([restless("first")])
    os.killpg(groups_of(children)[0], signal.SIGKILL)
    children._children[0]._process.wait(timeout=5)
    with pytest.raises(ChildEnded, match="“first” ended by itself, with status -9"):
        children.check()


def test_who_is_never_ready_is_named(children: Children, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "READY_WITHIN_SECONDS", 0.3)
    with pytest.raises(ChildEnded, match="“slow” did not get ready"):
        children.start([Program("slow", ["tests.demo.restless", "slow"], is_ready=lambda log: False)])


@pytest.mark.parametrize("told_by", TOLD_BY)
def test_being_told_to_end_is_heard_once(ending: Ending, told_by: signal.Signals) -> None:
    ending.listen()
    with pytest.raises(Stopped):
        os.kill(os.getpid(), told_by)
    for each in TOLD_BY:
        os.kill(os.getpid(), each)


def test_being_told_while_a_process_starts_waits_until_it_is_known(children: Children, ending: Ending) -> None:
    ending.listen()
    told = Program("first", ["tests.demo.restless", "first"], is_ready=lambda log: True)

    class ToldInBetween(list[Program]):
        def __iter__(self) -> Iterator[Program]:
            yield told
            os.kill(os.getpid(), signal.SIGINT)
            yield told

    with pytest.raises(Stopped):
        children.start(ToldInBetween())
    assert len(groups_of(children)) == 2


def test_when_the_parent_is_killed_outright_its_children_end_all_the_same(tmp_path: Path) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-m", "tests.demo.restless", "demonstration", str(tmp_path)],
        cwd=settings.BASE_DIR,
        stdout=subprocess.PIPE,
        text=True,
    )
    with parent:
        assert parent.stdout is not None
        group = int(parent.stdout.readline())
        assert is_there(group)
        parent.kill()
    give_up_at = time.monotonic() + 10
    while is_there(group) and time.monotonic() < give_up_at:
        time.sleep(0.05)
    assert not is_there(group)
