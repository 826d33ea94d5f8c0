"""Makes the recordings anew from the live services."""

from dataclasses import replace
from pathlib import Path

from common.errors import UpstreamError
from flows import engine
from flows.settings import Settings
from sources import recording
from sources.changes import Decision


def record(settings: Settings, folder: Path) -> int:
    """Writes the replies of a whole plan as recordings; returns how many. Raises UpstreamError.

    What the catalogue declares as not recorded stays so.
    """
    with engine.opened(settings) as everything:
        refresh = replace(everything, tables=tuple(t for t in everything.tables if t.recorded))
        planned, failed = refresh.plan([Decision(t.id, True, "recorded") for t in refresh.tables])
        if failed:
            raise UpstreamError(failed[0].message)
        planned = [item for item in planned if item.request.url.startswith("http")]
        asked = [refresh.fetch(item).reply for item in planned]
        replies = {reply.reply_id: reply for reply in [*asked, *refresh.upstream.answered]}
        refresh.store.forget_unfinished()
    recording.write(folder, list(replies.values()))
    return len(replies)
