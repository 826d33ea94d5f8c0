"""A rule kept as it was on a day, so that a reader can see whether it was changed afterwards.

It proves what the file held when it was frozen, never that nobody had looked at the figures.
Source for the habit: Haven et al. (2020), Preregistering Qualitative Research: A Delphi Study,
International Journal of Qualitative Methods 19.
"""

import json
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from common.errors import SelectionError
from selection.rule import Rule, rule_hash
from selection.rulefile import RuleFile


class Freeze(NamedTuple):
    """What was frozen: the hash, the moment, the vintage that was there, and all the rule said."""

    hash: str
    frozen_at: str
    vintage: str
    rule: dict[str, Any]


def path_of(file: RuleFile) -> Path:
    """Where the freeze of a selection file is kept: beside it."""
    return file.path.with_suffix(".frozen.json")


def freeze(file: RuleFile, at: datetime, vintage: str) -> Freeze:
    """Writes the freeze beside the selection file. Raises SelectionError if there is one.

    A rule is frozen once: to freeze another, give it another file name.
    """
    path = path_of(file)
    made = Freeze(
        file.rule.hash, at.isoformat(timespec="seconds"), vintage, file.rule.model_dump(mode="json")
    )
    try:
        with path.open("x", encoding="utf-8") as new:
            json.dump(made._asdict(), new, ensure_ascii=False, indent=2)
            new.write("\n")
    except FileExistsError as error:
        raise SelectionError(
            f"{path.name}: this rule was already frozen, {read(file).frozen_at}. "  # type: ignore[union-attr]
            "Give a new rule a file name of its own, so that both can be seen."
        ) from error
    return made


def read(file: RuleFile) -> Freeze | None:
    """The freeze of a selection file, or None. Raises SelectionError if it was tampered with."""
    path = path_of(file)
    if not path.is_file():
        return None
    try:
        kept = Freeze(**json.loads(path.read_text(encoding="utf-8")))
        intact = rule_hash(kept.rule) == kept.hash
        Rule.model_validate(kept.rule)
    except (ValueError, TypeError) as error:
        raise SelectionError(
            f"{path.name}: this can't be read as a frozen rule: {error}"
        ) from error
    if not intact:
        raise SelectionError(
            f"{path.name}: the rule in it does not have the hash it says ({kept.hash[:12]}), so "
            "it is not what was frozen. Take it back from where you keep versions."
        )
    return kept


def changes(kept: Freeze, rule: Rule) -> list[str]:
    """What differs between a frozen rule and the rule now, one line an entry; none if nothing.

    An entry that selection files did not have yet when it was frozen had its default then.
    """
    then = Rule.model_validate(kept.rule)
    before, now = (_flat(one.model_dump(mode="json")) for one in (then, rule))
    return [
        f"{entry}: {_shown(before.get(entry))} -> {_shown(now.get(entry))}"
        for entry in sorted(before.keys() | now.keys())
        if before.get(entry) != now.get(entry)
    ]


def _flat(value: Any, path: str = "") -> dict[str, Any]:
    """Nested entries as one level, with paths such as indicators.2.role."""
    if isinstance(value, dict) and value:
        items = value.items()
    elif isinstance(value, list) and value:
        items = dict(enumerate(value)).items()
    else:
        return {path: value}
    return {
        inner: leaf
        for key, part in items
        for inner, leaf in _flat(part, f"{path}.{key}" if path else str(key)).items()
    }


def _shown(value: Any) -> str:
    return "nothing" if value in (None, [], {}, "") else json.dumps(value, ensure_ascii=False)
