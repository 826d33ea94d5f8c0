"""The one way out: requests to publishers, live, recorded or to a stand-in server."""

from sources.http.faults import UnreachableError
from sources.http.limits import RequestLimits
from sources.http.recorded import RECORDED
from sources.http.reply import Extract, Reply, Request
from sources.http.session import Upstream

__all__ = [
    "RECORDED",
    "Extract",
    "Reply",
    "Request",
    "RequestLimits",
    "UnreachableError",
    "Upstream",
]
