"""Selections: which codes of a dimension an expression of the catalogue or of PxWebApi means."""

import re
from collections.abc import Iterable, Sequence

from common.errors import InputError
from common.text import nearest
from sources.jsonstat import Dimension

CONTENTS, TIME = "ContentsCode", "Tid"
LABEL = "label:"
_WINDOW = re.compile(r"^(top|bottom|from|to|range)\(([^()]*)\)$")
_PARTS = {"top": (1, 2), "bottom": (1, 2), "from": (1,), "to": (1,), "range": (2,)}


def select(
    expressions: Iterable[str], codes: Sequence[str], *, newest_first: bool = False
) -> list[str]:
    """The codes that expressions choose, in the order of `codes`, each once.

    An expression is a code, a pattern (`*` any text, `?` one character) or a window: `top(n)`,
    `top(n,offset)`, `bottom(n)`, `from(x)`, `to(x)`, `range(x,y)`. Codes ignore case. In the time
    dimension (`newest_first`) `top` counts from the newest. Raises InputError for an expression
    that chooses nothing.
    """
    chosen: set[str] = set()
    for expression in expressions:
        found = _expand(expression.strip(), codes, newest_first)
        if not found:
            raise InputError(
                f"the selection '{expression}' matches none of {len(codes)} codes"
                f" ({', '.join(codes[:5])}, ...)."
            )
        chosen.update(found)
    return [code for code in codes if code in chosen]


def _expand(expression: str, codes: Sequence[str], newest_first: bool) -> list[str]:
    window = _WINDOW.match(expression.lower())
    if window:
        parts = [part.strip() for part in window[2].split(",")]
        if len(parts) not in _PARTS[window[1]]:
            parts_of_it = " or ".join(map(str, _PARTS[window[1]]))
            raise InputError(
                f"'{expression}' in a selection has {len(parts)} parts; {window[1]}() has"
                f" {parts_of_it}."
            )
        return _window(window[1], parts, codes, newest_first)
    pattern = re.compile(
        "".join({"*": ".*", "?": "."}.get(letter, re.escape(letter)) for letter in expression),
        re.IGNORECASE,
    )
    return [code for code in codes if pattern.fullmatch(code)]


def _window(kind: str, parts: list[str], codes: Sequence[str], newest_first: bool) -> list[str]:
    if kind in {"top", "bottom"}:
        count, offset = _whole(parts[0]), _whole(parts[1]) if len(parts) > 1 else 0
        from_end = (kind == "top") == newest_first
        ordered = list(reversed(codes)) if from_end else list(codes)
        return ordered[offset : offset + count]
    places = [_place(part, codes) for part in parts]
    first = 0 if kind == "to" else places[0]
    last = len(codes) - 1 if kind == "from" else places[-1]
    return list(codes[first : last + 1])


def _whole(text: str) -> int:
    if not text.isdigit():
        raise InputError(f"'{text}' in a selection should be a whole number.")
    return int(text)


def _place(code: str, codes: Sequence[str]) -> int:
    for place, candidate in enumerate(codes):
        if candidate.lower() == code.lower():
            return place
    raise InputError(f"the code '{code}' in a selection is not among {', '.join(codes[:5])}, ...")


def code_labelled(label: str, dimension: Dimension) -> str:
    """The one code of a dimension with this label, in whatever case it is written.

    Raises InputError naming the nearest labels if there is none, or the codes if there are more.
    """
    named = [
        (code, text)
        for code, text in zip(dimension.codes, dimension.labels, strict=True)
        if text.casefold() == label.casefold()
    ]
    if len(named) == 1:
        return named[0][0]
    if named:
        raise InputError(
            f"{len(named)} codes are labelled '{label}': {', '.join(code for code, _ in named)}."
            " Write the code that is meant."
        )
    labels = nearest(label, dimension.labels, likeness=0) or ["none at all"]
    raise InputError(f"no code is labelled '{label}'. The nearest labels are: {'; '.join(labels)}.")


def in_codes(expressions: Iterable[str], dimension: Dimension) -> list[str]:
    """Expressions with each `label:TEXT` turned into the code of that label."""
    return [
        code_labelled(expression.removeprefix(LABEL).strip(), dimension)
        if expression.startswith(LABEL)
        else expression
        for expression in expressions
    ]
