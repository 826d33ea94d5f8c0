"""What each publisher's module offers, whatever its service is like."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from sources.catalogue import Catalogue, Table
from sources.file_rows import Resolver
from sources.frames import Frames
from sources.http import Reply, Request, Upstream
from sources.plan import Planned
from sources.shape import Shape


class Publisher(Protocol):
    """How the tables of one kind are planned, fetched and read. A module is one."""

    def plan(self, catalogue: Catalogue, table: Table, upstream: Upstream, /) -> list[Planned]:
        """The requests that bring a table. Raises UpstreamError."""

    def questions(
        self, table: Table, planned: Sequence[Planned], upstream: Upstream, /
    ) -> Sequence[Request]:
        """The requests that were made to plan these."""

    def fetch(
        self, catalogue: Catalogue, planned: Planned, upstream: Upstream, added_files: Path, /
    ) -> Reply:
        """The reply to a planned request; a file that the researcher added lies in `added_files`.

        Raises UpstreamError or, for a file, InputError.
        """

    def read(
        self, catalogue: Catalogue, table: Table, reply: Reply, resolve: Resolver, /
    ) -> Frames:
        """A reply as tidy frames.

        Raises UpstreamError, for a file InputError, for what is not as declared.
        """

    def shape(
        self,
        catalogue: Catalogue,
        table: Table,
        upstream: Upstream,
        replies: Sequence[Reply],
        agreed: Shape,
        /,
    ) -> Shape:
        """The shape of a table as it came, of registers as far as it is `agreed`.

        Asks nothing that was not asked before. Raises UpstreamError for a reply that is not JSON,
        InputError for a file that can't be read.
        """
