"""Attack a running `sito serve` of our own, as a web page, as another user of the machine, and with the secret stolen.

    python -m benchmarks.attack

Starts `sito serve` on a free port of this machine with a home and a data folder of its own, tries everything that
could read from it, change something or have a command run, and prints what came of each attempt. A command that ran
leaves a file, so that success is seen and not guessed. Exits with 1 where anything was let in. A minute.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import pwd
import subprocess
import sys
from base64 import b64encode
from pathlib import Path
from typing import TYPE_CHECKING, Any

from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from benchmarks.served import Answer, Target, browsed, running
from flows.orchestration.server import HOST

if TYPE_CHECKING:
    from collections.abc import Callable

EVIL = "http://evil.example"
OPEN = {"/api/health", "/api/ready"}
"""What is answered to every user of this machine: that it is there."""


Attempt = tuple[str, str, "Callable[[Target], tuple[bool, str]]"]
ATTEMPTS: list[Attempt] = []


def attempt(who: str, what: str) -> Callable[[Callable[[Target], tuple[bool, str]]], None]:
    """Enter an attempt into the table: a function that gives whether it was refused, and what was seen."""
    return lambda tried: ATTEMPTS.append((who, what, tried))


def all_refused(answers: list[Answer]) -> tuple[bool, str]:
    """Whether each was, and the statuses seen."""
    seen = sorted({answer.status for answer in answers})
    return all(answer.refused for answer in answers), f"{len(answers)} x {'/'.join(map(str, seen))}"


def untouched(target: Target, seen: str) -> tuple[bool, str]:
    """Whether no command ran, and what was seen."""
    return not target.taken.exists(), seen + (", THE COMMAND RAN" if target.taken.exists() else ", no command ran")


PAGE, USER, THIEF = "web page", "other user", "with the secret"


@attempt(PAGE, "preflight of a PATCH with pull_steps")
def _(target: Target) -> tuple[bool, str]:
    asked = {"origin": EVIL, "access_control_request_method": "PATCH", "access_control_request_headers": "content-type"}
    return all_refused([target.ask("OPTIONS", path, **asked) for _, path in target.routes()])


@attempt(PAGE, "every route, foreign Origin")
def _(target: Target) -> tuple[bool, str]:
    return all_refused([target.ask(how, path, {}, origin=EVIL) for how, path in target.routes()])


@attempt(PAGE, "every route, foreign Origin, the browser adds the secret")
def _(target: Target) -> tuple[bool, str]:
    login = target.login()
    return all_refused([target.ask(how, path, {}, origin=EVIL, **login) for how, path in target.routes()])


@attempt(PAGE, "form POST that needs no preflight (Origin null)")
def _(target: Target) -> tuple[bool, str]:
    forms = ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain")
    sent = json.dumps({"pull_steps": target.steps}).encode()
    paths = ["/api/deployments/", "/api/flow_runs/", "/api/deployments/filter"]
    return all_refused(
        [target.ask("POST", path, sent, origin="null", content_type=form) for path in paths for form in forms]
    )


@attempt(PAGE, "every route under a foreign name (DNS rebinding)")
def _(target: Target) -> tuple[bool, str]:
    names = [f"evil.example:{target.port}", f"127.0.0.1.evil.example:{target.port}", "0.0.0.0", f"evil@{HOST}"]
    same = [target.ask(how, path, {}, host=names[0], origin=f"http://{names[0]}") for how, path in target.routes()]
    return all_refused([*same, *(target.ask("GET", "/api/health", host=name) for name in names)])


@attempt(PAGE, "a page of another port of this machine")
def _(target: Target) -> tuple[bool, str]:
    return all_refused(
        [target.ask("POST", "/api/flows/filter", {}, origin=f"http://{HOST}:{port}") for port in (80, target.port + 1)]
    )


@attempt(PAGE, "image or link: every changing route by GET and HEAD")
def _(target: Target) -> tuple[bool, str]:
    changing = {path for how, path in target.routes() if how != "GET"} - {
        path for how, path in target.routes() if how == "GET"
    }
    before = target.deployment()
    answers = [target.ask(how, path) for path in sorted(changing) for how in ("GET", "HEAD")]
    login = target.login()
    with_secret = [target.ask("GET", path, **login) for path in sorted(changing)]
    done = [answer for answer in answers + with_secret if answer.status < 400]
    seen = sorted({answer.status for answer in answers + with_secret})
    return not done and target.deployment() == before, f"{len(answers + with_secret)} x {'/'.join(map(str, seen))}"


@attempt(PAGE, "the token against forged requests, foreign Origin")
def _(target: Target) -> tuple[bool, str]:
    return all_refused([target.ask("GET", "/api/csrf-token?client=x", origin=EVIL)])


@attempt(PAGE, "WebSockets of events and logs, foreign Origin")
def _(target: Target) -> tuple[bool, str]:
    return sockets(target, EVIL, target.secret())


@attempt(PAGE, "the UI or the login page in a frame")
def _(target: Target) -> tuple[bool, str]:
    answers = [target.ask("GET", path) for path in ("/", "/sito-login", "/api/health")]
    return all(answer.headers.get("x-frame-options") == "DENY" for answer in answers), "x-frame-options: DENY"


@attempt(USER, "every route without credentials")
def _(target: Target) -> tuple[bool, str]:
    answers = {(how, path): target.ask(how, path, {}) for how, path in target.routes()}
    told = {path for (_, path), answer in answers.items() if answer.status < 400}
    closed = [answer for (_, path), answer in answers.items() if path not in OPEN]
    refused, seen = all_refused(closed)
    return refused, f"{seen}; told: {', '.join(sorted(told)) or 'nothing'}"


@attempt(USER, "wrong, empty and odd credentials")
def _(target: Target) -> tuple[bool, str]:
    secret = target.secret()
    guesses = ["sito:", "sito:guess", ":", secret[:-1], secret + "x", secret.upper(), "admin:admin"]
    odd = ["Basic", "Basic %", "Bearer " + secret, secret, "Basic " + "A" * 5_000]
    said = ["Basic " + b64encode(guess.encode()).decode() for guess in guesses] + odd
    answers = [target.ask("GET", "/api/admin/settings", authorization=one) for one in said]
    asked = target.ask("GET", "/api/admin/settings?authorization=" + secret)
    return all_refused([*answers, asked])


@attempt(USER, "pull_steps with a shell command, then a run")
def _(target: Target) -> tuple[bool, str]:
    path = f"/api/deployments/{target.deployment()['id']}"
    sent = [
        target.ask("PATCH", path, {"pull_steps": target.steps}),
        target.ask("POST", path + "/create_flow_run", {"state": {"type": "SCHEDULED"}}),
    ]
    refused, seen = all_refused(sent)
    calm, seen = untouched(target, seen)
    return refused and calm and not target.deployment()["pull_steps"], seen


@attempt(USER, "the secret without a token against forged requests")
def _(target: Target) -> tuple[bool, str]:
    known = {"authorization": target.login()["authorization"]}
    return all_refused([target.ask("POST", "/api/deployments/filter", {}, **known)])


@attempt(USER, "WebSockets without the secret")
def _(target: Target) -> tuple[bool, str]:
    return sockets(target, None, "sito:guess")


@attempt(USER, "reading the secret, databases, pages (as nobody)")
def _(target: Target) -> tuple[bool, str]:
    files = [path for folder in (target.home, target.data) for path in folder.rglob("*") if path.is_file()]
    loose = [path for path in files if path.stat().st_mode & 0o077]
    read = _as_nobody("cat", *map(str, files)) if os.geteuid() == 0 else b""
    return not loose and not read, f"{len(files)} files: {len(loose)} with a looser mode, {len(read)} bytes read"


@attempt(USER, "the secret in the arguments of processes")
def _(target: Target) -> tuple[bool, str]:
    secret = target.secret().encode()
    shown = [path for path in Path("/proc").glob("[0-9]*/cmdline") if secret in _read(path)]
    return not shown, "not there" if not shown else str(shown)


@attempt(USER, "the port from outside of this machine")
def _(target: Target) -> tuple[bool, str]:
    told = subprocess.run(["hostname", "-I"], capture_output=True, text=True, check=False).stdout.split()
    reached = []
    for address in told:
        line = http.client.HTTPConnection(address, target.port, timeout=5)
        try:
            line.connect()
            reached.append(address)
        except OSError:
            pass
        finally:
            line.close()
    return not reached, f"{len(told)} addresses, {len(reached)} connected"


@attempt(THIEF, "pull_steps with a shell command on our deployment, then a run")
def _(target: Target) -> tuple[bool, str]:
    found = target.deployment()["id"]
    target.owner("PATCH", f"/api/deployments/{found}", {"pull_steps": target.steps})
    return untouched(target, f"run {target.run(found)}")


@attempt(THIEF, "another entrypoint, command and environment for our deployment")
def _(target: Target) -> tuple[bool, str]:
    (target.root / "evil").mkdir()
    (target.root / "evil" / "sitecustomize.py").write_text(f"open({str(target.taken)!r}, 'w')")
    found = target.deployment()["id"]
    odd = {"command": f"touch {target.taken}", "env": {"PYTHONPATH": str(target.root / "evil")}}
    target.owner("PATCH", f"/api/deployments/{found}", {"entrypoint": "evil.py:flow", "path": str(target.root)})
    return untouched(target, f"run {target.run(found, job_variables=odd)}")


@attempt(THIEF, "a deployment that sito did not write, then a run")
def _(target: Target) -> tuple[bool, str]:
    flow = target.deployment()["flow_id"]
    (target.root / "evil.py").write_text(f"open({str(target.taken)!r}, 'w')\n")
    made = {
        "name": "evil", "flow_id": flow, "entrypoint": "evil.py:ingest", "path": str(target.root),
        "pull_steps": target.steps, "tags": ["sito"],
    }  # fmt: skip
    return untouched(target, f"run {target.run(target.owner('POST', '/api/deployments/', made)['id'])}")


@attempt(THIEF, "a source that is none, and a path in its place")
def _(target: Target) -> tuple[bool, str]:
    found = target.deployment()["id"]
    states = [
        target.run(found, parameters={"source": name}, enforce_parameter_schema=False)
        for name in ("../../home", f"$(touch {target.taken})")
    ]
    calm, seen = untouched(target, f"runs {'/'.join(states)}")
    return calm and set(states) == {"FAILED"}, seen


def sockets(target: Target, origin: Any, secret: str) -> tuple[bool, str]:
    """Whether no WebSocket tells or takes anything; `secret` is shown as Prefect's client shows it."""
    opened = []
    paths = ("/api/events/in", "/api/events/out", "/api/logs/out")
    for path in paths:
        try:
            with connect(f"ws://{HOST}:{target.port}{path}", origin=origin, subprotocols=["prefect"]) as line:
                line.send(json.dumps({"type": "auth", "token": secret}))
                line.send(json.dumps({"type": "filter", "filter": {}}))
                if "auth_success" in str(line.recv(timeout=5)):
                    opened.append(path)
        except (WebSocketException, TimeoutError, OSError):
            pass
    return not opened, f"{len(paths)} closed" if not opened else f"opened: {opened}"


def _as_nobody(*command: str) -> bytes:
    nobody = pwd.getpwnam("nobody")
    done = subprocess.run(
        command, capture_output=True, check=False, user=nobody.pw_uid, group=nobody.pw_gid, extra_groups=[]
    )
    return done.stdout


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def main() -> int:
    """Try everything; print a row for each attempt."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    let_in = 0
    with running() as target:
        print(f"| {'who':15} | {'what was tried':64} | {'result':8} | what was seen |\n|---|---|---|---|")
        for who, what, tried in ATTEMPTS:
            refused, seen = tried(target)
            let_in += not refused
            print(f"| {who:15} | {what:64} | {'refused' if refused else 'LET IN':8} | {seen} |", flush=True)
        works, seen = browsed(target)
        what = "the link that `sito serve` prints, in headless Chromium"
        print(f"| {'owner':15} | {what:64} | {'works' if works else 'BROKEN':8} | {seen} |", flush=True)
    print(f"\n{len(ATTEMPTS)} attempts, {let_in} let in")
    return 1 if let_in or not works else 0


if __name__ == "__main__":
    sys.exit(main())
