"""What became of a page's kept text from one version to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.common.errors import SitoError
from flows.look.line_views import differences
from flows.look.page_view import rows_of

if TYPE_CHECKING:
    from pathlib import Path

    from flows.look.line_views import Difference
    from flows.look.page_view import PageView, Version

__all__ = ["changes_between"]


def changes_between(data: Path, earlier: Version, view: PageView) -> list[Difference] | None:
    """The differences from an earlier version to this one; None where the earlier one cannot be read."""
    try:
        row, _ = rows_of(data, earlier)
    except SitoError:
        return None
    before = [paragraph["text"] for paragraph in row["paragraphs"] or ()]
    return differences(before, [paragraph.text for paragraph in view.document.paragraphs])
