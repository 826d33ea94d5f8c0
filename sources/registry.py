"""Which module speaks for which kind of table."""

from collections.abc import Sequence

from sources import brreg, datanorge, files, klass, statbank, uutilsynet
from sources.catalogue import Catalogue, Table
from sources.http import Upstream
from sources.plan import Planned
from sources.publisher import Publisher

PUBLISHERS: dict[str, Publisher] = {
    "statbank": statbank,
    "klass": klass,
    "brreg": brreg,
    "uutilsynet": uutilsynet,
    "datanorge": datanorge,
    "file": files,
}


def of(table: Table) -> Publisher:
    """The publisher of a table."""
    return PUBLISHERS[table.kind]


def fewest_calls(catalogue: Catalogue, planned: Sequence[Planned], upstream: Upstream) -> int:
    """How many calls a plan takes if none is made twice, those that were asked to make it included.

    It is counted from the plan alone, so that the calls that were made can be held against it.
    """
    calls = {item.call for item in planned if item.call.url.startswith("http")}
    for table_id in {item.table_id for item in planned}:
        table = catalogue.table_by_id[table_id]
        of_table = [item for item in planned if item.table_id == table_id]
        calls.update(of(table).questions(table, of_table, upstream))
    return len(calls)
