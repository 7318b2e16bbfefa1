"""The names of months of all languages that dateparser knows, with their languages.

    python -m tools.month_names

Writes cleaners/metadata/data/month_names.json. To read them from dateparser takes a quarter of a second of each process
that meets a date in another language; a test compares the file with the dateparser that is installed.
"""

from __future__ import annotations

import json
from collections import defaultdict
from importlib.util import find_spec, module_from_spec
from typing import Any

from cleaners.metadata.month_names import MONTH_NAMES, folded

_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)


def month_names() -> dict[str, Any]:
    """The codes of the languages in dateparser's order, and of each name the places of its languages among them."""
    from dateparser.data.languages_info import language_order

    names = defaultdict(set)
    for place, language in enumerate(language_order):
        info = _info(language)
        for month in _MONTHS:
            for name in info.get(month, ()):
                names[folded(name)].add(place)
    return {"languages": list(language_order), "names": {name: sorted(names[name]) for name in sorted(names)}}


def _info(language: str) -> dict[str, list[str]]:
    """What dateparser knows of a language, without keeping it: the words of all languages are 9 MiB."""
    spec = find_spec(f"dateparser.data.date_translation_data.{language}")
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(f"dateparser has no data of language {language}")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    info: dict[str, list[str]] = module.info
    return info


def main() -> None:
    """Write the file, a name a line."""
    text = json.dumps(month_names(), ensure_ascii=False, separators=(",", ":"))
    MONTH_NAMES.write_text(text.replace('],"', '],\n"') + "\n", "utf-8")
    print(f"{MONTH_NAMES}: {MONTH_NAMES.stat().st_size} bytes")


if __name__ == "__main__":
    main()
