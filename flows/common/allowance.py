"""How many processors and how much memory this process may use: those of the machine, or less by its control groups.

Containers and services are given a share of a machine by Linux control groups (cgroup v1 and v2), of which the standard
library sees only the processors that they may run on. A limit may stand on any group above that of the process; the
narrowest holds. Where the files are not there or say nothing of a limit, there is none.
"""

from __future__ import annotations

import math
import os
import re
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["cleaning_processes", "memory", "processors", "thrifty"]

_ROOT = Path("/")
_RUN_BYTES, _PROCESS_BYTES = 150 * 2**20, 200 * 2**20
"""What a run takes beside its cleaning processes, and each of these beyond what it shares (docs/performance.md)."""


def thrifty() -> dict[str, str]:
    """Variables for a process that has not begun yet, by which what it frees goes back to the system.

    Else the pool of pyarrow and the heap each keep as much as they ever held: the biggest page, or a table of a million
    rows. Only glibc knows the last two. What is set already stays.
    """
    wanted = {
        "ARROW_DEFAULT_MEMORY_POOL": "system",
        "MALLOC_MMAP_THRESHOLD_": "262144",
        "MALLOC_TRIM_THRESHOLD_": "1048576",
    }
    return wanted | os.environ


def cleaning_processes(root: Path = _ROOT) -> int:
    """So many as keep the processors busy and fit into the memory, at least 1."""
    available = memory(root)
    most = processors(root)
    return most if available is None else max(1, min(most, (available - _RUN_BYTES) // _PROCESS_BYTES))


def processors(root: Path = _ROOT) -> int:
    """Processors that this process may keep busy, at least 1: a part of one is one. `root` has proc/ and sys/."""
    own = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quotas = [_quota(group) for group in _groups(root, "cpu")]
    return max(1, math.ceil(min([own, *filter(None, quotas)])))


def memory(root: Path = _ROOT) -> int | None:
    """Bytes of memory that this process may use with all others of its group; None: not known."""
    files = ("memory.max", "memory.high", "memory.limit_in_bytes")  # the last is that of v1
    limits = [_number(group / name) for group in _groups(root, "memory") for name in files]
    with suppress(AttributeError, OSError, ValueError):  # not every system knows these names
        limits.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    return min((limit for limit in limits if limit), default=None)


def _quota(group: Path) -> float | None:
    """Processors that a group may keep busy; None: any number."""
    with suppress(OSError):
        words = (group / "cpu.max").read_text().split()
        return _share(*words) if len(words) == 2 else None
    with suppress(OSError):
        return _share(*((group / f"cpu.cfs_{name}_us").read_text().strip() for name in ("quota", "period")))
    return None


def _share(quota: str, period: str) -> float | None:
    """Both are microseconds; without a limit the quota is `max` (v2) or -1 (v1)."""
    return int(quota) / int(period) if quota.isdecimal() and period.isdecimal() and int(period) else None


def _number(path: Path) -> int | None:
    with suppress(OSError):
        text = path.read_text().strip()
        return int(text) if text.isdecimal() else None
    return None


def _groups(root: Path, controller: str) -> Iterator[Path]:
    """The folders of the process's group that has this controller, and of those above it that are mounted."""
    try:
        own = (root / "proc/self/cgroup").read_text(errors="replace").splitlines()
        mounts = (root / "proc/self/mountinfo").read_text(errors="replace").splitlines()
    except OSError:
        return
    paths = {names: path for _, names, path in (line.split(":", 2) for line in own if line.count(":") >= 2)}
    for line in mounts:
        fields, _, rest = line.partition(" - ")
        kind, _, options = [*rest.split(), "", "", ""][:3]
        version_2 = kind == "cgroup2"
        if not (version_2 or (kind == "cgroup" and controller in options.split(","))) or len(fields.split()) < 5:
            continue
        above, at = (_unescaped(field) for field in fields.split()[3:5])
        known = next((path for names, path in paths.items() if _has(names, controller, version_2)), "/")
        folder = root / at.lstrip("/")
        # What is mounted begins at `above`. A group that is not below it is seen from another place (a container
        # without a namespace of its own, `..` in its path): then only the group that is mounted can be asked.
        below = known.removeprefix(above.rstrip("/")) if (known + "/").startswith(above.rstrip("/") + "/") else ""
        parts = [part for part in below.split("/") if part]
        for depth in range(0 if ".." in parts else len(parts), -1, -1):
            yield folder.joinpath(*parts[:depth])


def _has(names: str, controller: str, version_2: bool) -> bool:
    return not names if version_2 else controller in names.split(",")


def _unescaped(path: str) -> str:
    """A path of mountinfo, where blanks and such are written as octal numbers."""
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), path)
