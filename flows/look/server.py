"""The server of `sito look`: on the loopback interface, for this user's browser."""

from __future__ import annotations

import hmac
import secrets
import socket
import sys
import threading
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING

import uvicorn

from flows.common.errors import SitoError
from flows.common.look_port import LOOK_PORT
from flows.look.door import PROOF, Door, key_of, proof
from flows.look.edit import Editor
from flows.look.index import Index
from flows.look.site import application

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["listening", "look", "looking"]

HOST = "127.0.0.1"
_SECONDS_TO_END = 5.0


def look(data: Path, port: int, sources: Path | None = None) -> None:
    """Serve the pages of a data folder until Ctrl-C; only say where, if another process serves them at the port.

    With `sources`, a sources file, they take corrections, which are kept beside it.

    Raises SitoError where nothing is cleaned, or something else has the port.
    """
    if not (data / "clean").is_dir():
        clean = data / "clean"
        raise SitoError(f"{clean}: nothing is cleaned there; `sito ingest` a source, or name the folder (--data)")
    key = key_of(data)
    if sources is None and _is_ours(port, key):
        print(f"sito: another process shows it: {_address(port, key)}", file=sys.stderr)
        return
    with listening(port) as listener, _pages(data, key, sources) as (server, index):
        index.refresh(_tell)
        print(f"sito: look at {_address(listener.getsockname()[1], key)}  (Ctrl-C ends)", file=sys.stderr, flush=True)
        with suppress(KeyboardInterrupt):
            server.run(sockets=[listener])


@contextmanager
def looking(data: Path, port: int = LOOK_PORT) -> Iterator[str | None]:
    """The pages served beside what the block does, at their address; None where the port is taken."""
    key = key_of(data)
    try:
        listener = listening(port)
    except SitoError:
        yield _address(port, key) if _is_ours(port, key) else None
        return
    with listener, _pages(data, key) as (server, index):

        def serve() -> None:
            with listener:  # closed whatever happens, else browsers would wait for an answer without end
                index.refresh()
                server.run(sockets=[listener])

        address = _address(listener.getsockname()[1], key)
        thread = threading.Thread(target=serve, name="sito look", daemon=True)
        thread.start()
        try:
            yield address
        finally:
            server.should_exit = True
            thread.join(_SECONDS_TO_END)


@contextmanager
def _pages(data: Path, key: str, sources: Path | None = None) -> Iterator[tuple[uvicorn.Server, Index]]:
    index = Index(data)
    editor = None if sources is None else Editor.of(sources, key)
    app = Door(application(data, index, editor), key)
    config = uvicorn.Config(app, log_config=None, access_log=False, server_header=False, lifespan="off")
    try:
        yield uvicorn.Server(config), index
    finally:
        index.close()


def _address(port: int, key: str) -> str:
    return f"http://{HOST}:{port}/?key={key}"


def _is_ours(port: int, key: str) -> bool:
    """Whether the pages of this data folder are served at the port already; the key is told to no other program."""
    connection, word = HTTPConnection(HOST, port, timeout=_SECONDS_TO_END), secrets.token_hex()
    try:
        connection.request("GET", f"{PROOF}?of={word}")
        said = connection.getresponse().read(100)
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
    return hmac.compare_digest(said, proof(key, word).encode())


def listening(port: int) -> socket.socket:
    """A socket of the loopback interface at this port, 0 for any. Raises SitoError where it is taken."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen()  # at once: until then another one can have the port as well, and fails later
    except OSError as error:
        listener.close()
        raise SitoError(f"port {port} of {HOST} is not available ({error.strerror}); `sito look --port N`") from error
    return listener


def _tell(done: int, of: int) -> None:
    if of > 1:
        end = "\n" if done == of else ""
        print(f"\rsito: reading tables: {done:,} of {of:,} shards", end=end, file=sys.stderr, flush=True)
