"""Languages of lines and of the fragments inside them.

Each word has a cost in every language (`model`), their sum scores a line (`scores`), and the lines of a document are
labelled together (`context`). Lines that show signs of mixing are split word by word (`quotations`, `code_switching`,
`viterbi`). langdetect names what is outside the focus (`langdetect_fallback`). `mixture` says which language a document
is told in, and whether it is in several.
"""

from __future__ import annotations

from cleaners.languages.mixture import mixture, narration
from cleaners.languages.records import label
from cleaners.languages.separation import FOCUS, Separated, separate

__all__ = ["FOCUS", "Separated", "label", "mixture", "narration", "separate"]
