"""What the page says, in bokmål and English. `words.yaml` holds every sentence in both."""

from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_FILE = Path(__file__).with_name("words.yaml")


class Language(StrEnum):
    """A language a report can be in."""

    NB = "nb"
    EN = "en"


class Words:
    """The sentences of one language: `words("limit_map")`, with `{names}` filled in."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def __call__(self, key: str, **filled_in: Any) -> str:
        """A sentence. Raises KeyError for one there is not, or a name that is not filled in."""
        return _all()[key][self.language].format(**filled_in)

    def of(self, kind: str, name: object) -> str:
        """A word of a fixed vocabulary (`quality_summed`); a name outside it stays as it is."""
        key = f"{kind}_{name}".replace(" ", "_")
        return self(key) if key in _all() else str(name)


@cache
def _all() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return found
