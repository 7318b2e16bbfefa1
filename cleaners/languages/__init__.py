"""Languages of lines and of the fragments inside them.

Each word has a cost in every language (`model`), their sum scores a line (`scores`), and the lines of a document are
labelled together (`context`). Lines that show signs of mixing are split word by word (`quotations`, `code_switching`,
`viterbi`). langdetect names what is outside the focus (`langdetect_fallback`). `mixture` says whether a document is in
several languages.
"""

from __future__ import annotations

from cleaners.languages.mixture import mixture
from cleaners.languages.records import label
from cleaners.languages.separation import FOCUS, Separated, separate

__all__ = ["FOCUS", "Separated", "label", "mixture", "separate"]
