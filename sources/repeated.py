"""Rows that a publisher gave twice: once and told, unless they differ or a register moved."""

import logging
from collections.abc import Sequence
from typing import Any

from common.errors import UpstreamError
from common.text import shown
from sources.frames import SHAPES, Frames
from sources.http import Reply

_LOG = logging.getLogger("digidistrikt.refresh")


def once(table_id: str, frames: Frames) -> Frames:
    """The rows of a source, each key once.

    A row that is repeated within one reply is kept once and logged. Raises UpstreamError where
    rows of one key differ, or where a row is on two pages: then another is on none.
    """
    return {name: _once(table_id, name, rows) for name, rows in frames.items()}


def _once(table_id: str, name: str, rows: Any) -> Any:
    named = (SHAPES[name].metadata or {}).get(b"key", b"").decode().split(", ")
    key = [column for column in named if column not in {"", "reply_id"}]
    if not key or rows.group_by(key).aggregate([]).num_rows == len(rows):
        return rows
    kept: dict[tuple[object, ...], tuple[int, dict[str, object]]] = {}
    for number, row in enumerate(rows.to_pylist()):
        identity = tuple(row[column] for column in key)
        _, earlier = kept.setdefault(identity, (number, row))
        if earlier | {"reply_id": None} != row | {"reply_id": None}:
            differ = [column for column in row if row[column] != earlier[column]]
            raise UpstreamError(
                f"{table_id}: {name} {shown(identity)} came twice and with another"
                f" {', '.join(c for c in differ if c != 'reply_id')}; which is right can't be told."
                " Try again later, or ask the publisher."
            )
        if earlier["reply_id"] != row["reply_id"]:
            raise UpstreamError(
                f"{table_id}: {name} {shown(identity)} came on two pages, so another came on none:"
                " the register changed meanwhile. Refresh again."
            )
    _LOG.warning("%s: rows that came twice and are kept once: %d", table_id, len(rows) - len(kept))
    return rows.take([number for number, _ in kept.values()])


def require_one_total(table_id: str, replies: Sequence[Reply]) -> None:
    """Raises UpstreamError if the pages of a register tell of different totals."""
    totals = {reply.part(int, "page", "totalElements") for reply in replies if _is_page(reply)}
    if len(totals) > 1:
        raise UpstreamError(
            f"{table_id}: its pages tell of {min(totals)} and of {max(totals)} rows in all: the"
            " register changed meanwhile. Refresh again."
        )


def _is_page(reply: Reply) -> bool:
    return "page" in reply.request.params or "pagination" in (reply.request.json or {})
