"""Where `sito look` listens unless told otherwise; apart, so that its help needs no settings."""

from __future__ import annotations

LOOK_PORT = 4201
