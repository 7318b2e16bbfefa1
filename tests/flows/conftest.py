"""Prefect as sito sets it up, also where a test imports it."""

from __future__ import annotations

import os

from flows.orchestration.prefect_settings import child_environment

os.environ.update(child_environment())
