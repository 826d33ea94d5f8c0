"""Which codes a StatBank selection chooses, as the server does it.

This follows PxWebApi's own source and shares nothing with `sources.statbank`: each can prove
the other wrong. Codes named outright keep the order of the request; what expressions choose is
added after them, in the order of the metadata.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tests.upstream.exchange import Answer, as_json

_COUNT = re.compile(r"(top|bottom)\(([1-9]\d*)(?:,(\d+))?\)", re.IGNORECASE)
_BOUND = re.compile(r"(from|to)\(([^,]+)\)", re.IGNORECASE)
_RANGE = re.compile(r"range\(([^,]+),([^,)]+)\)", re.IGNORECASE)
_EXPRESSION = re.compile(r"[*?]|^(top|bottom|from|to|range)\(", re.IGNORECASE)
# What the server lets pass: a star alone, or at one end, or at both.
_STARRED = re.compile(r"\*|\*[^*]+\*?|[^*]+\*")


@dataclass
class Refused(Exception):  # noqa: N818 - the service's own view of it
    """The service does not do what was asked: the title of its error object, and the statuses.

    `status` stands in the body, `http_status` in the status line; they may differ.
    """

    title: str
    status: int = 400
    http_status: int = 400
    detail: str | None = None

    def answer(self) -> Answer:
        """The error object as the service writes it: `detail` is mostly absent."""
        detail = {"detail": self.detail} if self.detail else {}
        body = {"type": "Parameter error", "title": self.title, "status": self.status, **detail}
        return as_json(body, self.http_status)


class BrokenError(Exception):
    """The service breaks: 500 with an empty body."""


def no_such_value() -> Refused:
    return Refused("Non-existent value")


def no_such_expression() -> Refused:
    return Refused("Illegal selection expression")


def choose(asked: Sequence[str], codes: Sequence[str], *, is_time: bool) -> list[str]:
    """The codes chosen by codes and expressions. Raises Refused, or BrokenError for one twice."""
    spelled = {code.lower(): code for code in codes}
    named = [spelled[text.lower()] for text in asked if text.lower() in spelled]
    if len(named) > len(set(named)):
        raise BrokenError
    chosen = dict.fromkeys(named)
    for text in asked:
        if text.lower() not in spelled:
            chosen |= dict.fromkeys(_expand(text, codes, is_time=is_time))
    return list(chosen)


def _expand(text: str, codes: Sequence[str], *, is_time: bool) -> Sequence[str]:
    if not _EXPRESSION.search(text):
        raise no_such_value()
    if "*" in text:
        return _starred(text, codes)
    if "?" in text:
        return _matching(re.escape(text).replace(r"\?", "."), codes)
    if found := _COUNT.fullmatch(text):
        return _counted(found, codes, is_time=is_time)
    if found := _BOUND.fullmatch(text):
        place = _place(found[2], codes)
        return codes[place:] if found[1].lower() == "from" else codes[: place + 1]
    if found := _RANGE.fullmatch(text):
        first, last = sorted(_place(code, codes) for code in found.groups())
        return codes[first : last + 1]
    raise no_such_expression()


def _starred(text: str, codes: Sequence[str]) -> list[str]:
    """A question mark beside a star is an ordinary character, so it matches nothing useful."""
    if not _STARRED.fullmatch(text):
        raise no_such_expression()
    return _matching(re.escape(text).replace(r"\*", ".*"), codes)


def _matching(pattern: str, codes: Sequence[str]) -> list[str]:
    return [code for code in codes if re.fullmatch(pattern, code, re.IGNORECASE)]


def _counted(found: re.Match[str], codes: Sequence[str], *, is_time: bool) -> Sequence[str]:
    """`top` counts from the newest time, from the first of other codes; `bottom` from the end."""
    count, offset = int(found[2]), int(found[3] or 0)
    if (found[1].lower() == "top") == is_time:
        last = max(0, len(codes) - offset)
        return codes[max(0, last - count) : last]
    return codes[offset : offset + count]


def _place(code: str, codes: Sequence[str]) -> int:
    lowered = [candidate.lower() for candidate in codes]
    if code.lower() not in lowered:
        raise no_such_value()
    return lowered.index(code.lower())
