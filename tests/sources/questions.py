"""Questions to a service, and what it says of one it has no answer to."""

from collections.abc import Callable

from sources.http import Request, Upstream

TABLE = "https://data.ssb.no/api/pxwebapi/v2/tables/07459/metadata"

ERROR = {"type": "Parameter error", "title": "Non-existent table", "status": 404}

DATA = Request(TABLE.replace("metadata", "data"), {"lang": "no"}, json={"selection": []})

Towards = Callable[..., Upstream]
