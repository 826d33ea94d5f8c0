"""An invented table of StatBank under a contract."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sources.catalogue import Catalogue, Indicator, Origin, Regions, Table, Title
from sources.contracts import Contracts
from sources.http import RequestLimits, Upstream
from tests.upstream.limits import Limits, Window
from tests.upstream.server import StandIn
from tests.upstream.tables import Dimension, invented

TITLE = Title(nb="OPPDIKTET", en="INVENTED")

SEXES = Dimension("Kjonn", "kjønn", {"1": "Menn", "2": "Kvinner"}, elimination=True)

STAFF = Dimension("Stilling", "stilling", {"TOT": "Alle", "01": "Sykepleiere", "02": "Leger"})

AGES = Dimension("Alder", "alder", {"000": "0 år", "001": "1 år"})

TABLE = invented(more=(SEXES, STAFF, AGES))


@pytest.fixture
def statbank() -> Iterator[StandIn]:
    """The stand-in with an invented table of sexes, positions and ages."""
    with StandIn(limits=Limits(statbank=Window(1_000, 60))) as server:
        server.statbank.publish(TABLE)
        yield server


@pytest.fixture
def home(tmp_path: Path) -> Contracts:
    return Contracts(tmp_path / "contracts")


def asked(statbank: StandIn, tmp_path: Path) -> Upstream:
    """A session of its own: one does not ask again what it was answered."""
    limits = RequestLimits(requests=1_000, first_wait_seconds=0.01)
    return Upstream(statbank.address, budget=tmp_path / "budget.sqlite", limits=limits)


def declared(contents: str = "Antall", kind: str = "statbank") -> tuple[Catalogue, Table]:
    """The catalogue asks for one position, adds the ages up, and leaves the sexes out."""
    table = Table.model_validate(
        {
            "id": "oppdiktet",
            "kind": kind,
            "table": "99999",
            "publisher": "OPPDIKTET",
            "title": TITLE,
            "licence": "none",
            "citation": "OPPDIKTET",
            "url": "http://127.0.0.1/99999",
            "regions": (Regions(), Regions(codelist_label="sammenslåtte")),
        }
    )
    select = {"Stilling": ("TOT",), "Alder": ("*",)}
    origin = Origin(table=table.id, contents=contents, select=select)
    indicator = Indicator(
        id="oppdiktet_tall", title=TITLE, unit="antall", aggregate="sum", origins=(origin,)
    )
    return Catalogue(tables=(table,), indicators=(indicator,)), table


def see(home: Contracts, statbank: StandIn, tmp_path: Path) -> None:
    """A first refresh has seen the table."""
    entries, table = declared()
    with asked(statbank, tmp_path) as upstream:
        home.plan(entries, table, upstream)
        home.agree(entries, table, upstream, [])
