"""A selection file to start from: every key with what it means, and a rule that runs as it is."""

import json
from collections.abc import Iterator, Mapping, Sequence
from textwrap import wrap
from typing import Any

from pydantic import BaseModel

from common.errors import InputError
from common.text import did_you_mean
from selection import keys
from selection.method import Method
from selection.roles import Goal
from selection.rule import Rule

_WIDTH = 96
_OUTCOME, _CAUSE = "accessibility_breaches_per_statement", "old_age_dependency_ratio"
_INDICATORS = [
    {"id": _OUTCOME, "role": "outcome", "direction": "lower"},
    {"id": _CAUSE, "role": "cause", "direction": "lower"},
    {"id": "population", "role": "control", "transform": "log"},
    {"id": "higher_education_share", "role": "control", "direction": "higher"},
]
_KEYS_OF_METHODS: Mapping[str, Mapping[str, Any]] = {
    "diverse": {"clusters": 3},
    "most_similar": {"differ_on": _OUTCOME},
    "most_different": {"same_on": _OUTCOME},
    "crucial": {"kind": "most_likely", "expectation": {"intercept": 0.0, _CAUSE: 1.0}},
}
"""What a method asks for beside its name."""


def written(method: str) -> str:
    """A commented selection file for a method. Raises InputError for a method there is not."""
    by_name = keys.methods()
    if method not in by_name:
        raise InputError(f"there is no method '{method}'. {did_you_mean(method, by_name)}")
    chosen = by_name[method]
    values = {
        "title": f"A first choice of cases: {chosen.titles[chosen.method_name()].en}",
        "question": "What do regional networks mean for digitalisation in district municipalities?",
        "goal": next(goal.value for goal in Goal if goal in chosen.serves),
        "universe": {"district_definition": "centrality_4_6"},
        "networks": {
            "given": ["digitale_helgeland", "digiagder"],
            "because": "An example; say here why you study these.",
        },
        "membership": {
            "basis": ["named_in_source", "council_decision", "steering_group_seat",
                      "source_says_all_in_county"]
        },
        "indicators": _INDICATORS,
        "method": {"name": method, **_KEYS_OF_METHODS.get(method, {})},
        "cases": {"per_network": 2},
        "seed": 20260601,
        "sensitivity": {"draws": 200, "robust": 0.8, "fragile": 0.5},
    }  # fmt: skip
    head = (
        f"A selection file for the method '{method}'. It makes a report as it is: change what is"
        " yours. A line that begins with '# ' and a key is left out, and shows an example. All keys"
        " are explained in docs/rules.md."
    )
    lines = [*_comment(head, ""), "", *_entries(Rule, values, "", chosen)]
    return "\n".join(lines).rstrip() + "\n"


def _entries(
    shape: type[BaseModel], values: Mapping[str, Any], indent: str, method: type[Method]
) -> Iterator[str]:
    """The keys of a part, each below what it means; those that are not said as a comment."""
    for key in keys.of(shape):
        one_of = f" One of: {', '.join(key.values)}." if len(key.values) > 1 else ""
        yield from _comment(f"{key.meaning}{one_of}", indent)
        value = values.get(key.name)
        part = method if key.name == "method" else keys.PARTS.get(key.name)
        if value is None:
            yield f"{indent}# {key.name}: {on_one_line(key.example)}"
        elif isinstance(value, dict) and part:
            yield f"{indent}{key.name}:"
            yield from _entries(part, value, f"{indent}  ", method)
        elif isinstance(value, list) and isinstance(value[0], dict):
            yield f"{indent}{key.name}:"
            yield from (f"{indent}  - {on_one_line(one)}" for one in value)
        else:
            yield f"{indent}{key.name}: {on_one_line(value)}"
        if not indent:
            yield ""


def _comment(text: str, indent: str) -> list[str]:
    return [f"{indent}# {line}" for line in wrap(" ".join(text.split()), _WIDTH - len(indent))]


def on_one_line(value: Any) -> str:
    """A value on one line, as YAML reads it."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {on_one_line(one)}" for key, one in value.items()) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(map(on_one_line, value)) + "]"
    is_word = isinstance(value, str) and value.replace("_", "a").isalpha()
    return value if is_word else json.dumps(value, ensure_ascii=False)
