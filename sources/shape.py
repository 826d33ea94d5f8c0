"""The shape of a source: the facts that must not change without a person having looked.

Periods come and go, and municipalities with them; that is no change of shape. What is one, each
publisher says: of StatBank its dimensions and codes, of a file its columns, and of a register or
Klass the fields that are agreed on and their kinds. Other fields may come.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sources.http import Reply

Shape = dict[str, dict[str, str]]
"""Facts by the part of the source they are about: `{"Alder": {"000": "0 år"}}`.

A part is all that a reply says of one thing, so a part that did not come is not compared.
"""

NOTHING = "nothing"
_KINDS = {
    str: "text",
    bool: "flag",
    int: "whole number",
    float: "number",
    dict: "object",
    type(None): NOTHING,
}


def difference(agreed: Shape, came: Shape) -> list[str]:
    """A line for each fact that was agreed and is not so (`- `), and for each that came (`+ `)."""
    return [line for part in came for line in _differences(part, agreed.get(part, {}), came[part])]


def _differences(part: str, agreed: dict[str, str], came: dict[str, str]) -> Iterator[str]:
    for fact in dict.fromkeys([*agreed, *came]):
        if agreed.get(fact) != came.get(fact):
            for sign, facts in (("-", agreed), ("+", came)):
                if fact in facts:
                    yield f"{sign} " + ": ".join(filter(None, (part, fact, facts[fact])))


def common(one: Shape, other: Shape) -> Shape:
    """The facts of one shape that another has something to say of too."""
    return {
        part: {fact: fact_value for fact, fact_value in facts.items() if fact in other[part]}
        for part, facts in one.items()
        if part in other
    }


def of_json(replies: Iterable[Reply], agreed: Shape) -> Shape:
    """The kinds of the agreed fields in JSON replies, by the last step of the address asked.

    Where it may be missing, `text or nothing`, a field may also have come in every row. Of a list
    without rows nothing can be said.
    """
    bodies: dict[str, list[Any]] = {}
    for reply in replies:
        bodies.setdefault(reply.request.url.rsplit("/", 1)[-1], []).append(reply.part(object))
    return {
        part: {
            path: _kind(bodies[part], path, expected)
            for path, expected in agreed.get(part, {}).items()
        }
        for part in bodies
    }


def _kind(bodies: list[Any], path: str, expected: str) -> str:
    kinds = set(_kinds(bodies, path.split(".")))
    came = " or ".join([*sorted(kinds - {NOTHING}), *(kinds & {NOTHING})])
    return expected if came in {"", expected.removesuffix(f" or {NOTHING}")} else came


def _kinds(found: Any, path: Sequence[str]) -> Iterator[str]:
    """The kind of every value that a path leads to, through lists of any depth.

    A step `new|old` is a field that was renamed: the first of the names that is there.
    """
    if isinstance(found, list):
        for item in found:
            yield from _kinds(item, path)
    elif path and isinstance(found, dict):
        named = next((name for name in path[0].split("|") if name in found), path[0])
        yield from _kinds(found.get(named), path[1:])
    else:
        yield NOTHING if path else _KINDS[type(found)]
