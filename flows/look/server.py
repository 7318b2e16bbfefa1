"""The server of `sito look`: on the loopback interface, for this user's browser."""

from __future__ import annotations

import socket
import sys
from typing import TYPE_CHECKING

import uvicorn

from flows.common.errors import SitoError
from flows.look.door import Door, key_of
from flows.look.index import Index
from flows.look.site import application

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["listening", "look"]

HOST = "127.0.0.1"


def look(data: Path, port: int) -> None:
    """Serve the pages of a data folder until Ctrl-C; raises SitoError where nothing is cleaned or the port is taken."""
    if not (data / "clean").is_dir():
        raise SitoError(
            f"{data / 'clean'}: nothing is cleaned there; `sito ingest` a source, or name the folder (--data)"
        )
    with listening(port) as listener:
        index = Index(data)
        try:
            index.refresh(_tell)
            key = key_of(data)
            app = Door(application(data, index), key)
            print(
                f"sito: look at http://{HOST}:{listener.getsockname()[1]}/?key={key}  (Ctrl-C ends)",
                file=sys.stderr,
                flush=True,
            )
            config = uvicorn.Config(app, log_level="warning", access_log=False, server_header=False, lifespan="off")
            uvicorn.Server(config).run(sockets=[listener])
        finally:
            index.close()


def listening(port: int) -> socket.socket:
    """A socket of the loopback interface at this port, 0 for any. Raises SitoError where it is taken."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except OSError as error:
        listener.close()
        raise SitoError(f"port {port} of {HOST} is not available ({error.strerror}); `sito look --port N`") from error
    return listener


def _tell(done: int, of: int) -> None:
    if of > 1:
        end = "\n" if done == of else ""
        print(f"\rsito: reading tables: {done:,} of {of:,} shards", end=end, file=sys.stderr, flush=True)
