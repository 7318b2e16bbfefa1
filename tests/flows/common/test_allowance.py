from __future__ import annotations

import os
from pathlib import Path

import pytest

from flows.common.allowance import cleaning_processes, memory, processors
from flows.config.settings import load_settings

V1 = "31 23 0:28 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct\n"
V1_MEMORY = "32 23 0:31 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
V2 = "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n"
OTHER = "22 1 0:20 / / rw - ext4 /dev/vda rw\n\nno mount\n1 2 - cgroup2\n"
MIB = 2**20


@pytest.fixture(autouse=True)
def _sixteen_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(16)), raising=False)
    monkeypatch.setattr(os, "sysconf", {"SC_PHYS_PAGES": 2**24, "SC_PAGE_SIZE": 4096}.__getitem__)


def machine(root: Path, own: str, mounts: str, files: dict[str, str]) -> Path:
    """An invented system below `root`."""
    for name, text in {"proc/self/cgroup": own, "proc/self/mountinfo": OTHER + mounts, **files}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def v2(root: Path, own: str = "/", above: str = "/", **files: str) -> Path:
    """A system of version 2; the name of a file is its path with `__` for `/` and `_` for `.`."""
    named = {f"sys/fs/cgroup/{name.replace('__', '/').replace('_', '.')}": text for name, text in files.items()}
    return machine(root, f"0::{own}\n", V2.replace("0:26 /", f"0:26 {above}"), named)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("200000 100000\n", 2),
        ("150000 100000\n", 2),
        ("10000 100000\n", 1),
        ("max 100000\n", 16),
        ("9900000 100000\n", 16),
        ("", 16),
        ("one two\n", 16),
        ("100000 0\n", 16),
        ("-1 100000\n", 16),
        ("100000\n", 16),
    ],
)
def test_the_quota_of_version_2(tmp_path: Path, text: str, wanted: int) -> None:
    assert processors(v2(tmp_path, cpu_max=text)) == wanted


def test_the_narrowest_group_above_holds(tmp_path: Path) -> None:
    root = v2(
        tmp_path,
        "/machine/pod/box",
        machine__cpu_max="800000 100000\n",
        machine__pod__cpu_max="300000 100000\n",
        machine__pod__box__cpu_max="max 100000\n",
        machine__memory_max=f"{900 * MIB}\n",
        machine__pod__memory_max="max\n",
        machine__pod__box__memory_max=f"{1024 * MIB}\n",
        machine__pod__box__memory_high=f"{800 * MIB}\n",
    )
    assert processors(root) == 3
    assert memory(root) == 800 * MIB


def test_groups_beside_that_of_the_process_say_nothing(tmp_path: Path) -> None:
    root = v2(tmp_path, "/pod/box", pod__other__cpu_max="100000 100000\n", pod__other__memory_max="1\n")
    assert processors(root) == 16
    assert memory(root) == 2**36


def test_in_a_container_only_its_own_group_is_mounted(tmp_path: Path) -> None:
    seen = {"cpu_max": "400000 100000\n", "memory_max": f"{512 * MIB}\n"}
    for number, (own, above) in enumerate([("/", "/"), ("/docker/1", "/docker/1"), ("/../../x", "/"), ("/a", "/b")]):
        root = v2(tmp_path / str(number), own, above, **seen)
        assert (processors(root), memory(root)) == (4, 512 * MIB)
    below = v2(tmp_path / "below", "/docker/1/in", "/docker/1", **seen, in__cpu_max="100000 100000\n")
    assert processors(below) == 1


@pytest.mark.parametrize(("quota", "wanted"), [("250000\n", 3), ("-1\n", 16), ("", 16)])
def test_the_quota_of_version_1(tmp_path: Path, quota: str, wanted: int) -> None:
    group = "sys/fs/cgroup/cpu,cpuacct/box"
    own = "5:cpu,cpuacct:/box\n4:memory:/box/in\n1:name=systemd:/other:with:colons\n0::/\n"
    files = {
        f"{group}/cpu.cfs_quota_us": quota,
        f"{group}/cpu.cfs_period_us": "100000\n",
        "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
        "sys/fs/cgroup/memory/box/memory.limit_in_bytes": f"{700 * MIB}\n",
    }
    root = machine(tmp_path, own, V1 + V1_MEMORY + V2.replace("cgroup rw,nosuid", "cgroup/unified rw,nosuid"), files)
    assert processors(root) == wanted
    assert memory(root) == 700 * MIB


def test_where_control_groups_are_mounted_is_asked_and_not_supposed(tmp_path: Path) -> None:
    files = {"odd place/a/cpu.max": "100000 100000\n"}
    assert processors(machine(tmp_path, "0::/a\n", V2.replace("/sys/fs/cgroup", "/odd\\040place"), files)) == 1


@pytest.mark.parametrize("own", ["", "nonsense\n", "0::\n"])
def test_without_groups_the_machine_is_all_there_is(tmp_path: Path, own: str) -> None:
    assert processors(tmp_path / "empty") == 16
    assert memory(tmp_path / "empty") == 2**36
    assert processors(machine(tmp_path, own, "", {})) == 16


def test_systems_without_these_calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.delattr(os, "sysconf")
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert processors(tmp_path) == 1
    assert memory(tmp_path) is None


@pytest.mark.parametrize(("mib", "wanted"), [(100, 1), (350, 1), (550, 2), (1024, 4), (2048, 8), (2**20, 8), (None, 8)])
def test_no_more_processes_than_fit_into_the_memory(tmp_path: Path, mib: int | None, wanted: int) -> None:
    limit = "max" if mib is None else str(mib * MIB)
    assert cleaning_processes(v2(tmp_path, cpu_max="800000 100000\n", memory_max=limit)) == wanted


def test_settings_ask_it_and_what_is_set_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cleaning_processes, "__defaults__", (v2(tmp_path, cpu_max="300000 100000\n"),))
    monkeypatch.delenv("SITO_WORKERS", raising=False)
    assert load_settings().workers == 3
    monkeypatch.setenv("SITO_WORKERS", "5")
    assert load_settings().workers == 5
