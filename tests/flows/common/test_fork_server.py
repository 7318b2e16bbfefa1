"""Children of a fork server, and what becomes of them when it or they end."""

from __future__ import annotations

import os
import signal
from contextlib import closing, suppress
from typing import TYPE_CHECKING

import pytest

from flows.common.fork_server import ChildDied, ForkServer, Stopped
from support.child_code import child_code

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CODE = """
import os, signal, sys, types

def work(request, say):
    say(os.getpid())
    if request == "hold":
        signal.pause()
    if isinstance(request, signal.Signals):
        signal.raise_signal(request)
    return prepared if request == "prepared" else os.getppid()

prepared = []

def prepare():
    prepared.append(os.getpid())

if sys.argv[0] == "-m":
    module = sys.modules["child_for_tests"] = types.ModuleType("child_for_tests")
    module.work, module.prepare = work, prepare
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ForkServer]:
    with (
        child_code(tmp_path_factory.mktemp("lib"), CODE),
        closing(ForkServer("child_for_tests:work")) as server,
    ):
        yield server


def pids(server: ForkServer) -> tuple[int, int]:
    """Those of a new child and of its parent."""
    child, parent = server.start().ask("")
    return child, parent


def test_every_child_is_a_process_of_its_own_from_one_server(server: ForkServer) -> None:
    (first, parent), (second, same) = pids(server), pids(server)
    assert parent == same != os.getpid()
    assert len({first, second, parent}) == 3


def test_a_server_that_was_killed_is_started_again_and_knows_nothing_of_the_children_before(
    server: ForkServer,
) -> None:
    child = server.start()
    _, parent = child.ask("")
    os.kill(parent, signal.SIGKILL)
    with suppress(ChildDied):  # this one may come before the death is known
        server.start()
    assert pids(server)[1] != parent
    child.end()
    assert not child.alive


@pytest.mark.parametrize(("stop", "said"), [(signal.SIGSEGV, "SIGSEGV"), (signal.SIGKILL, "SIGKILL, most often")])
def test_a_child_that_ends_says_how(server: ForkServer, stop: signal.Signals, said: str) -> None:
    child = server.start()
    with pytest.raises(ChildDied, match=rf"^ended its process \({said}"):
        list(child.ask(stop))
    assert not child.alive


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_is_nobodys_fault_and_the_server_goes_on(server: ForkServer, stop: signal.Signals) -> None:
    child = server.start()
    _, parent = server.start().ask("")
    os.kill(parent, stop)  # as a terminal does, to all
    with pytest.raises(Stopped):
        list(child.ask(stop))
    assert pids(server)[1] == parent


def test_a_child_that_is_killed_by_another_thread_or_for_time_leaves_no_process(server: ForkServer) -> None:
    child = server.start()
    answers = child.ask("hold", each=30)
    pid = next(answers)
    child.kill()
    with pytest.raises(ChildDied, match="SIGKILL"):
        next(answers)
    late = server.start()
    with pytest.raises(ChildDied, match=r"held its process for over 0\.05 s") as raised:
        list(late.ask("hold", each=0.05))
    assert raised.value.late
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_closing_ends_the_children(server: ForkServer) -> None:
    answers = server.start().ask("hold", each=30)
    next(answers)
    server.close()
    with pytest.raises(ChildDied, match=r"^ended its process$"):
        next(answers)


def test_the_warm_up_is_done_before_children_are_started(server: ForkServer) -> None:
    del server  # its code is that of this one too
    with closing(ForkServer("child_for_tests:work", "child_for_tests:prepare")) as warm:
        for _ in range(2):
            *_, prepared_by = warm.start().ask("prepared")
            assert prepared_by == [pids(warm)[1]]


def test_code_that_is_not_there_is_said(server: ForkServer) -> None:
    del server
    with closing(ForkServer("child_for_tests:none")) as none, pytest.raises(ChildDied, match="exit code 1"):
        none.start()


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM], ids=lambda stop: stop.name)
def test_a_stop_while_python_starts_is_heard_when_there_is_a_handler(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], stop: signal.Signals
) -> None:
    code = f"import os, signal\nos.kill(os.getpid(), signal.{stop.name})"
    with child_code(tmp_path, code), closing(ForkServer("child_for_tests:work")) as server, pytest.raises(Stopped):
        server.start()
    assert capfd.readouterr().err == ""
    assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == set()
