"""Which sources stay behind where a check refuses their new figures, and the rest goes on."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from sources.plan import Failed
from sources.store import Fetched
from warehouse.checks import FaultsError


def sources_behind(
    error: FaultsError, replies: Sequence[Fetched], last_good: Sequence[Fetched]
) -> list[Failed]:
    """The sources to blame for the faults, each with a sentence; none if one concerns everything.

    Of the sources that a fault is about, those that brought something new are to blame or, if none
    did, all of them; never what everything stands on. Faults of one source are settled first, for
    those of several may come of them.
    """
    new = _new(replies, last_good)
    blamed: dict[frozenset[str], str] = {}
    for result in error.blocking:
        for about in result.sources:
            to_blame = (about & new or about) - error.ground
            if not to_blame:
                return []
            blamed.setdefault(to_blame, result.sentence_of(about))
    fewest = min(map(len, blamed))
    return [
        Failed(table_id, f"{table_id}: {sentence}")
        for tables, sentence in blamed.items()
        if len(tables) == fewest
        for table_id in sorted(tables)
    ]


def last_good_of(
    behind: AbstractSet[str], replies: Sequence[Fetched], last_good: Sequence[Fetched]
) -> list[Fetched]:
    """The replies, where a source that stays behind has its last good ones.

    It has none if it never had any, or if those have the fault as well.
    """
    of_new = behind & _new(replies, last_good)
    return [
        *(item for item in replies if item.planned.table_id not in behind),
        *(item for item in last_good if item.planned.table_id in of_new),
    ]


def _new(replies: Sequence[Fetched], last_good: Sequence[Fetched]) -> set[str]:
    """The tables whose replies are not their last good ones."""
    now, before = _by_table(replies), _by_table(last_good)
    return {table_id for table_id, content in now.items() if content != before.get(table_id)}


def _by_table(replies: Sequence[Fetched]) -> Mapping[str, set[str]]:
    found: dict[str, set[str]] = {}
    for item in replies:
        found.setdefault(item.planned.table_id, set()).add(item.reply.reply_id)
    return found
