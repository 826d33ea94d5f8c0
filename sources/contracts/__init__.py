"""Contracts: what shape each source is agreed to have, and who or what says so.

A contract is a YAML file. Those of registers, of Klass and of the files shipped with the package
lie here, `from: recorded` (a reply of the publisher was seen) or `from: documentation`. StatBank's
tables have none here: their metadata has not been seen, so any would be invented. Theirs are made
by the first refresh that asks a service for them (`from: first seen`), in the user's home,
and so are those of the researcher's own files. A contract in the home wins over one shipped.

What comes in another shape is not read. It is kept beside the contract until a person has looked,
and is the contract once accepted (`from: accepted`). A warehouse made again of stored replies asks
no contract: what was read then can be read now.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import ConfigDict, Field, field_validator

from common import yamlfile
from common.errors import InputError, UpstreamError
from sources import changes, registry
from sources.catalogue import Catalogue, Table
from sources.catalogue.entry import CatalogueEntry, Id
from sources.http import Reply, Upstream
from sources.plan import Planned
from sources.shape import Shape, common, difference
from sources.statbank.api import described

FOLDER = Path(__file__).parent
Origin = Literal["recorded", "documentation", "first seen", "accepted", "not accepted"]
SHOWN = 12
"""How many lines of a difference stand in a sentence; `contracts diff` shows them all."""


class Contract(CatalogueEntry):
    """The shape of a source, since when it is agreed, and whence it is known.

    `upstream` is where it was seen; None for what is shipped, which holds everywhere. `declared` is
    a digest of what the catalogue asked for: where it asks for something else now, only what both
    ask for is compared.
    """

    model_config = ConfigDict(populate_by_name=True)

    source: Id
    origin: Origin = Field(alias="from")
    since: date
    upstream: str | None = None
    declared: str | None = None
    shape: Shape

    @field_validator("shape", mode="before")
    @classmethod
    def _listed(cls, given: Any) -> Any:
        """Facts that are names alone may be written as a list."""
        if not isinstance(given, dict):
            return given
        return {
            part: dict.fromkeys(map(str, facts), "") if isinstance(facts, list) else facts
            for part, facts in given.items()
        }

    @property
    def text(self) -> str:
        """As it is written to a file."""
        content = self.model_dump(by_alias=True, exclude_none=True)
        content["shape"] = {
            part: facts if any(facts.values()) else list(facts)
            for part, facts in self.shape.items()
        }
        return yamlfile.dump(content, width=1000)


@dataclass(frozen=True)
class Difference:
    """What came in another shape than was agreed."""

    agreed: Contract
    came: Contract

    @property
    def lines(self) -> list[str]:
        """`- ` what was agreed, `+ ` what came; none where nothing differs."""
        agreed, came = self.agreed.shape, self.came.shape
        if self.agreed.declared not in {None, self.came.declared}:
            agreed, came = common(agreed, came), common(came, agreed)
        return difference(agreed, came)

    @property
    def text(self) -> str:
        """The first lines, and how many more there are."""
        more = len(self.lines) - SHOWN
        return "\n".join([*self.lines[:SHOWN], *([f"and {more} lines more"] if more > 0 else [])])

    def sentence(self, url: str) -> str:
        """A sentence, the difference, and what to do."""
        source, agreed = self.agreed.source, self.agreed
        indented = self.text.replace("\n", "\n  ")
        return (
            f"{source} came in another shape than its contract of {agreed.since}"
            f" ({agreed.origin}) has:\n  {indented}\n"
            f"Look at {url}; if the figures still mean the same: digidistrikt contracts accept"
            f" {source}"
        )


class ShapeError(UpstreamError):
    """A source came in another shape than was agreed."""

    def __init__(self, sentence: str, difference: Difference) -> None:
        super().__init__(sentence)
        self.difference = difference


@dataclass(frozen=True)
class Contracts:
    """The contracts in a folder of the user's, and behind them those shipped with the package."""

    folder: Path

    def of(self, source: str, upstream: str | None = None) -> Contract | None:
        """The contract in force, or None. Of the user's own only one that was seen at `upstream`.

        Raises InputError for a file that is not a contract.
        """
        own = _read(self.folder / f"{source}.yaml")
        if own and upstream in {None, own.upstream}:
            return own
        return _read(FOLDER / f"{source}.yaml")

    def pending(self, source: str) -> Difference | None:
        """What came last in another shape and nobody has accepted, or None."""
        came = _read(self._came(source))
        agreed = self.of(source, came.upstream) if came else None
        return Difference(agreed, came) if came and agreed else None

    def plan(self, entries: Catalogue, table: Table, upstream: Upstream) -> list[Planned]:
        """The requests for a table, if what is known of it before they are made is as agreed.

        Raises UpstreamError, or ShapeError.
        """
        if table.kind != "statbank":
            return registry.of(table).plan(entries, table, upstream)
        described(entries, table, upstream)
        differs = self._difference(entries, table, upstream, ())
        try:
            planned = registry.of(table).plan(entries, table, upstream)
        except UpstreamError as error:
            if differs:
                raise ShapeError(f"{error} {differs.sentence(table.url)}", differs) from error
            raise
        if differs:
            raise ShapeError(differs.sentence(table.url), differs)
        return planned

    def require(
        self, entries: Catalogue, table: Table, upstream: Upstream, replies: Sequence[Reply]
    ) -> None:
        """Raises ShapeError if the replies of a source have another shape than was agreed."""
        if differs := self._difference(entries, table, upstream, replies):
            raise ShapeError(differs.sentence(table.url), differs)

    def keep(self, difference: Difference) -> None:
        """Keeps what came, for a person to look at and accept."""
        _write(self._came(difference.came.source), difference.came)

    def accept(self, source: str) -> Difference:
        """What came last is the contract from now on. Raises InputError if nothing differs."""
        pending = self.pending(source)
        if pending is None:
            raise InputError(
                f"{source}: nothing has come in another shape than its contract has, so there is"
                " nothing to accept; a refresh finds out what comes."
            )
        accepted = {"origin": "accepted", "since": datetime.now(UTC).date()}
        _write(self.folder / f"{source}.yaml", pending.came.model_copy(update=accepted))
        self._came(source).unlink()
        return pending

    def agree(
        self, entries: Catalogue, table: Table, upstream: Upstream, replies: Sequence[Reply]
    ) -> None:
        """What has been published was in shape: the first time it is seen, that is the contract.

        Of the recordings nothing is learnt: they are what is shipped.
        """
        self._came(table.id).unlink(missing_ok=True)
        where = _seen_at(table, upstream)
        contract = self.of(table.id, where)
        known = contract and contract.declared in {None, changes.declared(entries, table)}
        if known or where == "recorded":
            return
        seen = _contract(entries, table, upstream, replies, "first seen")
        if any(seen.shape.values()):
            _write(self.folder / f"{table.id}.yaml", seen)

    def _difference(
        self, entries: Catalogue, table: Table, upstream: Upstream, replies: Sequence[Reply]
    ) -> Difference | None:
        agreed = self.of(table.id, _seen_at(table, upstream))
        if agreed is None:
            return None
        came = _contract(entries, table, upstream, replies, "not accepted", agreed.shape)
        found = Difference(agreed, came)
        return found if found.lines else None

    def _came(self, source: str) -> Path:
        return self.folder / "came" / f"{source}.yaml"


def _contract(
    entries: Catalogue,
    table: Table,
    upstream: Upstream,
    replies: Sequence[Reply],
    origin: Origin,
    agreed: Shape | None = None,
) -> Contract:
    """What came, as the contract it is or would be once accepted."""
    return Contract(
        source=table.id,
        origin=origin,
        since=upstream.today,
        upstream=_seen_at(table, upstream),
        declared=changes.declared(entries, table),
        shape=registry.of(table).shape(entries, table, upstream, replies, agreed or {}),
    )


def _seen_at(table: Table, upstream: Upstream) -> str:
    """A file lies here, whoever else is asked."""
    return "file" if table.kind == "file" else upstream.name


def _read(path: Path) -> Contract | None:
    return yamlfile.read(path, Contract)[0] if path.is_file() else None


def _write(path: Path, contract: Contract) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".part")
    beside.write_text(contract.text, encoding="utf-8")
    beside.replace(path)
