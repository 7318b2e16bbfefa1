"""What processes use: CPU of commands, and memory of a process and of all that it started (Linux only)."""

from __future__ import annotations

import os
import resource
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

MIB = 2**20


@dataclass
class Memory:
    """MiB at most, of samples: of all together (PSS), of one process (RSS), and of one beyond what it shares (own)."""

    together: float = 0
    one: float = 0
    own: float = 0
    processes: int = 0

    def sample(self, pids: Sequence[int]) -> None:
        """Look at these processes once."""
        found = [use for pid in pids if (use := _memory(pid))]
        self.together = max(self.together, sum(pss for pss, _, _ in found))
        self.one = max([self.one, *(peak for _, peak, _ in found)])
        self.own = max([self.own, *(own for _, _, own in found)])
        self.processes = max(self.processes, len(found))

    @contextmanager
    def watch(self, pids: Callable[[], Sequence[int]], seconds: float = 0.02) -> Iterator[None]:
        """Sample the processes again and again, as long as the block runs."""
        ended = threading.Event()

        def look() -> None:
            while not ended.wait(seconds):
                self.sample(pids())

        thread = threading.Thread(target=look, daemon=True)
        thread.start()
        try:
            yield
        finally:
            self.sample(pids())
            ended.set()
            thread.join()


def _memory(pid: int) -> tuple[float, float, float] | None:
    """MiB: PSS now, the most RSS ever, and what no other process holds now; None for one that has ended."""
    with suppress(OSError, KeyError):  # one that has ended, or is about to, has no memory any more
        rolled = _fields(Path(f"/proc/{pid}/smaps_rollup"))
        peak = _fields(Path(f"/proc/{pid}/status"))["VmHWM"]
        own = rolled["Private_Clean"] + rolled["Private_Dirty"]
        return rolled["Pss"] / 1024, peak / 1024, own / 1024
    return None


def _fields(path: Path) -> dict[str, int]:
    """The lines `Name:  123 kB` of a file of /proc."""
    lines = (line.split() for line in path.read_text().splitlines())
    return {words[0].rstrip(":"): int(words[1]) for words in lines if len(words) == 3 and words[2] == "kB"}


def below(pid: int) -> list[int]:
    """A process and all that it started, and those that they started."""
    found = [pid]
    for each in found:
        with suppress(OSError):
            for thread in Path(f"/proc/{each}/task").iterdir():
                found += map(int, (thread / "children").read_text().split())
    return found


@dataclass(frozen=True)
class Used:
    """What a command took: CPU seconds, user and system, of all its processes, and its memory where it was watched."""

    cpu: float
    memory: Memory


def run(command: Sequence[str], environment: Mapping[str, str] | None = None, *, watch: bool = False) -> Used:
    """Run a command to its end; raises RuntimeError with what it printed last where it fails."""
    memory = Memory()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    )
    if watch:
        with memory.watch(lambda: below(process.pid)):
            said, _ = process.communicate()
    else:
        said, _ = process.communicate()
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)}: {said[-3_000:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Used(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, memory)


def environment(root: Path, **settings: str) -> dict[str, str]:
    """The environment for our commands with a home of Prefect of their own; `settings` are those of SITO_..."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "SITO_"))}
    named = {f"SITO_{name.upper()}": value for name, value in settings.items()}
    return own | named | {"PREFECT_HOME": str(root / "home")}


def cpu_of(pids: Sequence[int]) -> float:
    """CPU seconds, user and system, that these processes and their ended children have used."""
    ticks = 0
    for pid in pids:
        with suppress(OSError, IndexError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += sum(map(int, fields[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")
