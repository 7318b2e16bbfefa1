"""What a run may take from a source, and how it treats the hosts."""

from __future__ import annotations

from pydantic import Field

from flows.config.fields import HostName
from flows.config.table import Table

__all__ = ["Limits", "WebLimits"]

_MIB = 1024 * 1024


class Limits(Table):
    """What a run may take from one source."""

    pages_per_run: int | None = Field(
        default=None, ge=1, description="new and failed pages in one run; without it: all"
    )
    page_bytes: int = Field(
        default=16 * _MIB, ge=1, le=64 * _MIB, description="bytes of a page, received and again unpacked"
    )


class WebLimits(Limits):
    """The same for pages of the web."""

    pages_per_run: int | None = Field(default=1000, ge=1, description="pages that are asked for in one run")
    timeout_seconds: float = Field(default=30, gt=0, le=3600, description="seconds for one page, redirects and all")
    redirects: int = Field(default=5, ge=0, le=20, description="redirects that are followed for one page")
    delay_seconds: float = Field(
        default=1.0, ge=0, le=86_400, description="seconds at least from an answer to the next request to its host"
    )
    retries: int = Field(default=2, ge=0, le=10, description="further tries of a request that failed in passing")
    patience_seconds: float = Field(
        default=60, ge=0, le=86_400, description="seconds that a page may wait for its host; longer waits end its run"
    )
    pages_per_host: int | None = Field(
        default=None, ge=1, description="requests to one host in one run, redirects among them; without it: no limit"
    )
    private_hosts: tuple[HostName, ...] = Field(
        default=(), description="a list of names and addresses of hosts that may lie in a private network"
    )
    obey_noindex: bool = Field(
        default=False, description="whether pages that ask not to be indexed or mined are refused"
    )
