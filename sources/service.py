"""What the publishers whose services answer in JSON do alike."""

from collections.abc import Sequence
from pathlib import Path

from sources.catalogue import Catalogue, Table
from sources.http import Reply, Request, Upstream
from sources.plan import Planned
from sources.shape import Shape, of_json


def fetch(
    _catalogue: Catalogue, planned: Planned, upstream: Upstream, _added_files: Path | None = None
) -> Reply:
    """The reply to a planned request. Raises UpstreamError."""
    return upstream.fetch(planned.request)


def no_questions(
    _table: Table, _planned: Sequence[Planned], _upstream: Upstream
) -> Sequence[Request]:
    """Nothing is asked to make a plan that is not in it."""
    return []


def shape(
    _catalogue: Catalogue,
    _table: Table,
    _upstream: Upstream,
    replies: Sequence[Reply],
    agreed: Shape,
) -> Shape:
    """The kinds of the agreed fields. Raises UpstreamError for a reply that is not JSON."""
    return of_json(replies, agreed)
