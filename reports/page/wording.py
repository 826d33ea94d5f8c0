"""What the page says, in bokmål and English: `words/` holds every sentence in both."""

from functools import cache
from numbers import Integral
from pathlib import Path
from typing import Any

from common import yamlfile
from common.text import Language

_FOLDER = Path(__file__).with_name("words")


class Wording:
    """The sentences of one language: `words("limit_map")`, with `{names}` filled in.

    `folders` hold sentences besides those of reports.
    """

    def __init__(self, language: Language, *folders: Path) -> None:
        self.language = language
        self._sentences = sentences(*folders)

    def __call__(self, key: str, **filled_in: Any) -> str:
        """A sentence. Raises KeyError for one there is not, or a name that is not filled in.

        What follows a number is written for one and for more: `{n:# case|# cases}`.
        """
        counted = {
            name: _Counted(int(value))
            if isinstance(value, Integral) and not isinstance(value, bool)
            else value
            for name, value in filled_in.items()
        }
        return self._sentences[key][self.language].format(**counted)

    def of(self, kind: str, name: object) -> str:
        """A word of a fixed vocabulary (`quality_summed`); a name outside it stays as it is."""
        key = f"{kind}_{name}".replace(" ", "_")
        return self(key) if key in self._sentences else str(name)


class _Counted(int):
    """A whole number that chooses between the wording for one and for more."""

    def __format__(self, wording: str) -> str:
        one, split, more = wording.partition("|")
        if not split:
            return super().__format__(wording)
        return (one if self == 1 else more).replace("#", str(int(self)))


@cache
def sentences(*folders: Path) -> dict[str, dict[str, str]]:
    """Every sentence of reports, and of some folders besides, by its key, in each language.

    Raises ValueError for a key in two files.
    """
    found: dict[str, dict[str, str]] = {}
    for path in [path for each in (_FOLDER, *folders) for path in sorted(each.glob("*.yaml"))]:
        own = yamlfile.load(path).content
        if again := found.keys() & own.keys():
            raise ValueError(f"words/{path.name}: written in another file too: {sorted(again)}")
        found |= own
    return found
