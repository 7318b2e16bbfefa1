"""Languages of lines and of the fragments inside them.

Words are weighed in all languages at once (`model`), lines in the light of their document (`context`), mixed lines word
by word (`code_switching`); langdetect names what is outside the focus (`langdetect_fallback`). `mixture` says whether
a document is in several.
"""

from __future__ import annotations

from cleaners.languages.mixture import mixture
from cleaners.languages.records import label
from cleaners.languages.separation import FOCUS, Separated, separate

__all__ = ["FOCUS", "Separated", "label", "mixture", "separate"]
