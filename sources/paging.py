"""Replies in pages, as registers that speak HAL give them: a block `page`, and rows elsewhere."""

from common.errors import UpstreamError
from sources.http import Reply


def pages(reply: Reply) -> int:
    """How many pages there are. Raises UpstreamError if there is nothing at all.

    An empty register would read as if nobody had anything; it is more likely not the register.
    """
    total = reply.part(int, "page", "totalElements")
    if total == 0:
        raise UpstreamError(
            f"{reply.request.address}: the service says it has nothing at all, which can't be"
            " right. Look at what is asked for; the service may have changed its words."
        )
    return reply.part(int, "page", "totalPages")


def require_whole(reply: Reply, count: int, what: str) -> None:
    """Raises UpstreamError if a page has other than the number of rows it should have."""
    size, number, total = (
        reply.part(int, "page", key) for key in ("size", "number", "totalElements")
    )
    expected = min(size, total - number * size)
    if count != expected:
        raise UpstreamError(
            f"{reply.request.address}: page {number} should have {expected} {what} and has {count}."
            " The register may have changed meanwhile; refresh again."
        )
