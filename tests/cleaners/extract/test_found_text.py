"""What trafilatura takes for the text of a page."""

from __future__ import annotations

import logging

import pytest
from lxml.html import fromstring

from cleaners.extract.found_text import found_text


def test_a_page_without_text_logs_nothing_and_leaves_the_logger_as_it_was(caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger("trafilatura")
    level = logger.level
    assert found_text(fromstring("<html><body></body></html>"), None) == ""
    assert caplog.records == []
    assert logger.level == level
