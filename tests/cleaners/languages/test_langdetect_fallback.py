from __future__ import annotations

import json
from pathlib import Path

import pytest
from langdetect.detector_factory import PROFILES_DIRECTORY, DetectorFactory

from cleaners.languages import langdetect_fallback
from cleaners.languages.langdetect_fallback import PROFILES


@pytest.mark.parametrize("script", ["Deva", "Latn"])
def test_likelihoods_made_one_by_one_are_those_that_langdetect_makes(script: str) -> None:
    texts = [Path(PROFILES_DIRECTORY, name).read_text("utf-8") for name in PROFILES[script]]
    whole = DetectorFactory()
    whole.load_json_profile(texts)
    one_by_one = langdetect_fallback._Likelihoods([json.loads(text) for text in texts])
    assert {sequence: one_by_one[sequence] for sequence in whole.word_lang_prob_map} == whole.word_lang_prob_map
    assert "no such sequence" not in one_by_one
    with pytest.raises(KeyError):
        one_by_one["no such sequence"]
