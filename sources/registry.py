"""Which module speaks for which kind of table: plan what to ask, ask it, read what came."""

from collections.abc import Sequence
from pathlib import Path

from sources import brreg, datanorge, files, klass, statbank, uutilsynet
from sources.catalogue import Catalogue, Table
from sources.files import Resolver
from sources.frames import Frames
from sources.http import Reply, Upstream
from sources.plan import Planned

_PLANS = {
    "statbank": statbank.plan,
    "klass": klass.plan,
    "brreg": brreg.plan,
    "uutilsynet": uutilsynet.plan,
    "datanorge": datanorge.plan,
    "file": files.plan,
}
_QUESTIONS = {
    "statbank": statbank.questions,
    "klass": klass.questions,
    "datanorge": datanorge.questions,
}
_READERS = {
    "statbank": statbank.read,
    "klass": klass.read,
    "brreg": brreg.read,
    "uutilsynet": uutilsynet.read,
    "datanorge": datanorge.read,
}


def plan(catalogue: Catalogue, table: Table, upstream: Upstream) -> list[Planned]:
    """The calls that bring a table. Raises UpstreamError."""
    return _PLANS[table.kind](catalogue, table, upstream)


def fewest_calls(catalogue: Catalogue, planned: Sequence[Planned], upstream: Upstream) -> int:
    """How many calls a plan takes if none is made twice, those that were asked to make it included.

    It is counted from the plan alone, so that the calls that were made can be held against it.
    """
    calls = {item.call for item in planned if item.call.url.startswith("http")}
    for table_id in {item.table_id for item in planned}:
        table = catalogue.table_by_id[table_id]
        if ask := _QUESTIONS.get(table.kind):
            calls.update(ask(table, [i for i in planned if i.table_id == table_id], upstream))
    return len(calls)


def fetch(catalogue: Catalogue, planned: Planned, upstream: Upstream, added_files: Path) -> Reply:
    """The reply to a planned call; a file that the researcher added lies in `added_files`.

    Raises UpstreamError or, for a file, InputError.
    """
    table = catalogue.table_by_id[planned.table_id]
    if table.kind == "file":
        folder = added_files if table.id in catalogue.added else files.FOLDER
        return files.fetch(planned.call, table, upstream.today, folder)
    if table.kind == "brreg":
        return brreg.fetch(planned.call, upstream)
    return upstream.fetch(planned.call)


def read(catalogue: Catalogue, table: Table, reply: Reply, resolve: Resolver) -> Frames:
    """A reply as tidy frames. Raises UpstreamError or InputError for what is not as declared."""
    if table.kind == "file":
        return files.read(catalogue, table, reply, resolve)
    return _READERS[table.kind](catalogue, table, reply)
