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


def fewest_requests(catalogue: Catalogue, planned: Sequence[Planned], upstream: Upstream) -> int:
    """The minimum number of requests of a plan: those that made it, and those in it, each once.

    It is counted from the plan alone, so that the requests that were made can be compared to it.
    """
    requests = {item.request for item in planned if item.request.url.startswith("http")}
    for table_id in {item.table_id for item in planned}:
        table = catalogue.table_by_id[table_id]
        of_table = [item for item in planned if item.table_id == table_id]
        requests.update(of(table).questions(table, of_table, upstream))
    return len(requests)
