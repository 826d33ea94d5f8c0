"""What shape a source is agreed to have: what is a change of it, and what happens every year."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from common.errors import InputError, UpstreamError
from sources import catalogue, contracts, doctor, registry
from sources.catalogue import Catalogue, FileLayout, Indicator, Origin, Regions, Table, Title
from sources.contracts import Contract, Contracts, ShapeError
from sources.http import Reply, Request, RequestLimits, Upstream
from sources.shape import Shape, difference, of_json
from tests.upstream import faults
from tests.upstream.faults import Misbehave
from tests.upstream.limits import Limits, Window
from tests.upstream.server import StandIn
from tests.upstream.tables import CONTENTS, TIME, Dimension, invented
from tests.upstream.tables import Table as StatBankTable

SHIPPED = catalogue.load()
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


# --- differences ---------------------------------------------------------------------------

WORDS = st.sampled_from(["", "a", "b", "text", "text or nothing"])
SHAPES = st.dictionaries(WORDS, st.dictionaries(WORDS, WORDS))


@given(SHAPES, SHAPES)
def test_a_difference_has_what_only_one_of_two_shapes_says_and_nothing_else(
    agreed: Shape, came: Shape
) -> None:
    """Of the parts that came: what was agreed of another may be in a reply that was not asked."""

    def facts(shape: Shape) -> Counter[str]:
        return Counter(
            ": ".join(filter(None, (part, fact, said)))
            for part in came
            for fact, said in shape.get(part, {}).items()
        )

    same = Counter(
        ": ".join(filter(None, (part, fact, said)))
        for part in came
        for fact, said in came[part].items()
        if agreed.get(part, {}).get(fact) == said
    )
    lines = difference(agreed, came)
    told = {sign: Counter(line[2:] for line in lines if line[0] == sign) for sign in "-+"}
    assert told["-"] == facts(agreed) - same
    assert told["+"] == facts(came) - same


# --- StatBank ------------------------------------------------------------------------------


def test_a_table_seen_for_the_first_time_is_noted_with_what_is_used_of_it(
    statbank: StandIn, home: Contracts, tmp_path: Path
) -> None:
    see(home, statbank, tmp_path)
    contract = home.of("oppdiktet", statbank.address)
    assert contract is not None
    assert (contract.origin, contract.upstream) == ("first seen", statbank.address)
    assert contract.shape == {
        "dimensions": {
            "Region": "geo, may be left out",
            "Kjonn": "may be left out",
            "Stilling": "must be chosen",
            "Alder": "must be chosen",
            "ContentsCode": "metric, must be chosen",
            "Tid": "time, must be chosen",
        },
        "code lists": {"sammenslåtte": "OPPDIKTET sammenslåtte par"},
        "Kjonn": {"1": "Menn", "2": "Kvinner"},
        "Stilling": {"TOT": "Alle"},
        "Alder": {"000": "0 år", "001": "1 år"},
        "ContentsCode": {"Antall": "OPPDIKTET Antall (antall, 0 decimals)"},
        "periods": {"Tid": "####"},
    }


CHANGES = {
    "a dimension lost": (TABLE.without("Kjonn"), ["- dimensions: Kjonn: may be left out"]),
    "a dimension renamed": (
        TABLE.changed("Kjonn", code="KJONN2"),
        [
            "- dimensions: Kjonn: may be left out",
            "+ dimensions: KJONN2: may be left out",
            "+ KJONN2: 1: Menn",
            "+ KJONN2: 2: Kvinner",
        ],
    ),
    "a dimension that must be chosen from now on": (
        TABLE.changed("Kjonn", elimination=False),
        ["- dimensions: Kjonn: may be left out", "+ dimensions: Kjonn: must be chosen"],
    ),
    "a new dimension that must be chosen": (
        TABLE.with_dimension(Dimension("Sektor", "sektor", {"K": "Kommuner"})),
        ["+ dimensions: Sektor: must be chosen", "+ Sektor: K: Kommuner"],
    ),
    "a changed unit": (
        TABLE.changed(CONTENTS, units={"Antall": {"base": "1 000", "decimals": 1}}),
        [
            "- ContentsCode: Antall: OPPDIKTET Antall (antall, 0 decimals)",
            "+ ContentsCode: Antall: OPPDIKTET Antall (1 000, 1 decimals)",
        ],
    ),
    "another label of a code that is asked for": (
        TABLE.changed("Stilling", labels={**STAFF.labels, "TOT": "Alle uten ledere"}),
        ["- Stilling: TOT: Alle", "+ Stilling: TOT: Alle uten ledere"],
    ),
    "a new code among those we add up": (
        TABLE.with_codes("Alder", **{"002": "2 år"}),
        ["+ Alder: 002: 2 år"],
    ),
    "a new code among those the publisher adds up": (
        TABLE.with_codes("Kjonn", **{"0": "Begge kjønn"}),
        ["+ Kjonn: 0: Begge kjønn"],
    ),
    "a lost code that is asked for": (
        TABLE.changed("Stilling", labels={"01": "Sykepleiere"}),
        ["- Stilling: TOT: Alle"],
    ),
    "a code list called otherwise": (
        TABLE.changed("Region", codelists=()),
        [
            "- code lists: sammenslåtte: OPPDIKTET sammenslåtte par",
            "+ code lists: sammenslåtte: nothing",
        ],
    ),
    "quarters for years": (
        TABLE.changed(TIME, labels={"2024K1": "2024K1", "2024K2": "2024K2"}),
        ["- periods: Tid: ####", "+ periods: Tid: ####K#"],
    ),
}


@pytest.mark.parametrize(("changed", "lines"), CHANGES.values(), ids=CHANGES)
def test_a_changed_table_is_told_by_what_was_agreed_and_what_came(
    statbank: StandIn, home: Contracts, tmp_path: Path, changed: StatBankTable, lines: list[str]
) -> None:
    see(home, statbank, tmp_path)
    statbank.statbank.publish(changed)
    entries, table = declared()
    with asked(statbank, tmp_path) as upstream, pytest.raises(ShapeError) as told:
        home.plan(entries, table, upstream)
    assert told.value.difference.lines == lines
    for line in lines:
        assert f"\n  {line}\n" in str(told.value)
    assert str(told.value).endswith(
        "Look at http://127.0.0.1/99999; if the figures still mean the same:"
        " digidistrikt contracts accept oppdiktet"
    )


@pytest.mark.parametrize(
    "changed",
    [
        TABLE.with_codes("Region", **{"0099": "OPPDIKTET ny kommune"}),
        TABLE.with_codes(TIME, **{"2026": "2026"}),
        TABLE.with_codes("Stilling", **{"03": "Vernepleiere"}),
        TABLE.changed("Stilling", labels={**STAFF.labels, "02": "Leger og tannleger"}),
        TABLE.updated_at("2026-07-01T06:00:00Z"),
    ],
    ids=["a municipality", "a period", "a code not asked for", "a label not asked for", "figures"],
)
def test_what_changes_all_the_time_is_no_change_of_shape(
    statbank: StandIn, home: Contracts, tmp_path: Path, changed: StatBankTable
) -> None:
    see(home, statbank, tmp_path)
    statbank.statbank.publish(changed)
    entries, table = declared()
    with asked(statbank, tmp_path) as upstream:
        assert home.plan(entries, table, upstream)


def test_where_a_table_can_not_be_asked_as_before_both_are_told(
    statbank: StandIn, home: Contracts, tmp_path: Path
) -> None:
    see(home, statbank, tmp_path)
    statbank.statbank.publish(TABLE.changed("Stilling", code="Yrke"))
    entries, table = declared()
    with asked(statbank, tmp_path) as upstream, pytest.raises(ShapeError) as told:
        home.plan(entries, table, upstream)
    assert "no longer has the dimension Stilling" in str(told.value)
    assert "\n  - dimensions: Stilling: must be chosen\n" in str(told.value)


def test_a_contract_costs_no_request(statbank: StandIn, home: Contracts, tmp_path: Path) -> None:
    entries, table = declared()
    with asked(statbank, tmp_path) as upstream:
        registry.of(table).plan(entries, table, upstream)
        before = upstream.requests
        home.plan(entries, table, upstream)
        home.agree(entries, table, upstream, [])
        home.plan(entries, table, upstream)
        assert upstream.requests == before


def test_what_was_seen_at_one_upstream_is_not_held_against_another(
    statbank: StandIn, home: Contracts, tmp_path: Path
) -> None:
    see(home, statbank, tmp_path)
    assert home.of("oppdiktet", "live") is None
    assert home.of("oppdiktet", statbank.address) is not None


def test_another_question_is_no_change_of_shape_but_a_changed_answer_is(
    statbank: StandIn, home: Contracts, tmp_path: Path
) -> None:
    see(home, statbank, tmp_path)
    more = TABLE.changed(
        CONTENTS,
        labels={"Antall": "OPPDIKTET Antall", "Andel": "OPPDIKTET Andel"},
        units={"Antall": {"base": "antall", "decimals": 0}, "Andel": {"base": "prosent"}},
    )
    statbank.statbank.publish(more)
    entries, table = declared("Andel")
    with asked(statbank, tmp_path) as upstream:
        assert home.plan(entries, table, upstream)
    statbank.statbank.publish(more.with_codes("Alder", **{"000": "0 og 1 år"}))
    with asked(statbank, tmp_path) as upstream, pytest.raises(ShapeError) as told:
        home.plan(entries, table, upstream)
    assert told.value.difference.lines == ["- Alder: 000: 0 år", "+ Alder: 000: 0 og 1 år"]


def test_what_is_accepted_is_agreed_from_then_on_and_nothing_else(
    statbank: StandIn, home: Contracts, tmp_path: Path
) -> None:
    see(home, statbank, tmp_path)
    entries, table = declared()
    statbank.statbank.publish(TABLE.with_codes("Kjonn", **{"0": "Begge kjønn"}))
    with asked(statbank, tmp_path) as upstream:
        with pytest.raises(ShapeError) as told:
            home.plan(entries, table, upstream)
        home.keep(told.value.difference)
        assert home.accept("oppdiktet").lines == ["+ Kjonn: 0: Begge kjønn"]
        assert home.plan(entries, table, upstream)
    contract = home.of("oppdiktet")
    assert contract is not None
    assert contract.origin == "accepted"
    assert home.pending("oppdiktet") is None
    with pytest.raises(InputError, match="there is nothing to accept"):
        home.accept("oppdiktet")
    statbank.statbank.publish(TABLE)
    with asked(statbank, tmp_path) as upstream, pytest.raises(ShapeError):
        home.plan(entries, table, upstream)


def test_a_long_difference_is_cut_in_the_sentence_and_whole_when_asked_for(
    statbank: StandIn, home: Contracts, tmp_path: Path
) -> None:
    see(home, statbank, tmp_path)
    statbank.statbank.publish(
        TABLE.with_codes("Alder", **{f"{age:03d}": f"{age} år" for age in range(2, 106)})
    )
    entries, table = declared()
    with asked(statbank, tmp_path) as upstream, pytest.raises(ShapeError) as told:
        home.plan(entries, table, upstream)
    assert len(told.value.difference.lines) == 104
    assert "+ Alder: 013: 13 år\n  and 92 lines more\n" in str(told.value)


def test_the_doctor_tells_the_difference_and_notes_nothing(
    statbank: StandIn, home: Contracts, tmp_path: Path
) -> None:
    entries, _ = declared()
    with asked(statbank, tmp_path) as upstream:
        [_, unknown] = doctor.examine(entries, upstream, home)
    assert unknown.expected
    assert unknown.message.endswith("; no contract yet")
    assert not home.folder.exists()
    see(home, statbank, tmp_path)
    statbank.statbank.publish(TABLE.with_codes("Kjonn", **{"0": "Begge kjønn"}))
    with asked(statbank, tmp_path) as upstream:
        [_, differs] = doctor.examine(entries, upstream, home)
    assert not differs.expected
    assert "\n  + Kjonn: 0: Begge kjønn\n" in differs.message
    assert home.pending("oppdiktet") is None


# --- registers and Klass -------------------------------------------------------------------


def had(upstream: Upstream, source: str) -> tuple[Catalogue, Table, Upstream, list[Reply]]:
    """A source of the catalogue with its replies."""
    entries = SHIPPED
    table = entries.table_by_id[source]
    planned = registry.of(table).plan(entries, table, upstream)
    replies = [registry.of(table).fetch(entries, request, upstream, Path()) for request in planned]
    return entries, table, upstream, replies


REGISTERS = {
    "a field gone": (
        "uutilsynet_statements",
        faults.renamed("talBrot", "talBrudd"),
        [
            "- alle-erklaeringer: _embedded.dataElements.talBrot: whole number or nothing",
            "+ alle-erklaeringer: _embedded.dataElements.talBrot: nothing",
        ],
    ),
    "a field that we could do without gone": (
        "datanorge_data_sets",
        faults.renamed("isOpenData", "openData"),
        ["- datasets: hits.isOpenData: flag or nothing", "+ datasets: hits.isOpenData: nothing"],
    ),
    "a field in a field gone": (
        "enhetsregisteret",
        faults.renamed("kommunenummer", "kommunenr"),
        [
            "- enheter: _embedded.enheter.forretningsadresse.kommunenummer: text or nothing",
            "+ enheter: _embedded.enheter.forretningsadresse.kommunenummer: nothing",
        ],
    ),
    "a column gone": (
        "klass_131",
        faults.renamed("name", "officialName"),
        ["- codesAt: codes.name: text", "+ codesAt: codes.name: nothing"],
    ),
    "all that is in a field gone": (
        "klass_104",
        faults.renamed("correspondenceItems", "items"),
        [
            line
            for field, kind in [
                ("sourceCode", "text"),
                ("targetCode", "text"),
                ("targetName", "text"),
                ("validFrom", "text or nothing"),
            ]
            for line in (
                f"- corresponds: correspondenceItems.{field}: {kind}",
                f"+ corresponds: correspondenceItems.{field}: nothing",
            )
        ],
    ),
}


@pytest.mark.parametrize(("source", "fault", "lines"), REGISTERS.values(), ids=REGISTERS)
def test_a_changed_register_is_told_by_what_was_agreed_and_what_came(
    statbank: StandIn,
    home: Contracts,
    tmp_path: Path,
    source: str,
    fault: Misbehave,
    lines: list[str],
) -> None:
    with asked(statbank, tmp_path) as upstream:
        home.require(*had(upstream, source))
    statbank.misbehave(fault, times=None)
    with asked(statbank, tmp_path) as upstream, pytest.raises(ShapeError) as told:
        home.require(*had(upstream, source))
    assert told.value.difference.lines == lines


@pytest.mark.parametrize(
    ("body", "came"),
    [
        (b'{"codes": [{"code": "0301"}, {"code": "1101"}]}', "text"),
        (b'{"codes": []}', "text"),
        (b'{"codes": [{"code": 301}]}', "whole number"),
        (b'{"codes": [{"code": "0301"}, {"code": 1101.5}]}', "number or text"),
        (b'{"codes": [{"code": "0301"}, {"code": null}]}', "text or nothing"),
        (b'{"codes": [{"code": "0301"}, {}]}', "text or nothing"),
        (b'{"codes": [{"code": {"no": "0301"}}]}', "object"),
        (b'{"codes": [{"code": true}]}', "flag"),
        (b'{"codes": "none"}', "nothing"),
        (b"[]", "text"),
    ],
)
def test_the_kind_of_a_field_is_that_of_all_its_values(body: bytes, came: str) -> None:
    request = Request("http://127.0.0.1/OPPDIKTET/codesAt")
    told = next(iter(_recorded_replies("klass_131")))
    reply = replace(told, request=request, content=body)
    found = of_json([reply], {"codesAt": {"codes.code": "text"}})
    assert found == {"codesAt": {"codes.code": came}}


def test_a_reply_that_is_not_json_is_told_by_its_address(home: Contracts, tmp_path: Path) -> None:
    entries = SHIPPED
    broken = replace(_recorded_replies("klass_131")[0], content=b"<html>")
    with (
        Upstream("recorded", budget=tmp_path / "budget") as upstream,
        pytest.raises(UpstreamError, match=r"codesAt.*expected JSON"),
    ):
        home.require(entries, entries.table_by_id["klass_131"], upstream, [broken])


# --- files ---------------------------------------------------------------------------------


def made_up_file(header: str, tmp_path: Path) -> tuple[Catalogue, Table, Upstream, list[Reply]]:
    """A file of the researcher's, invented, with a header."""
    layout = FileLayout(file="oppdiktet.csv", code="kommune", period="aar", delimiter=";")
    _, table = declared(kind="statbank")
    table = table.model_copy(update={"kind": "file", "layout": layout, "obtained_via": "invented"})
    entries = Catalogue(tables=(table,), indicators=(), added=frozenset({table.id}))
    (tmp_path / "oppdiktet.csv").write_text(f"{header}\n0301;2025;1\n", encoding="utf-8")
    with Upstream("recorded", budget=tmp_path / "budget") as upstream:
        [planned] = registry.of(table).plan(entries, table, upstream)
        return (
            entries,
            table,
            upstream,
            [registry.of(table).fetch(entries, planned, upstream, tmp_path)],
        )


def test_a_file_is_agreed_to_have_the_columns_it_was_added_with(
    home: Contracts, tmp_path: Path
) -> None:
    home.agree(*made_up_file("kommune;aar;score", tmp_path))
    home.require(*made_up_file("aar;kommune;score", tmp_path))
    with pytest.raises(ShapeError) as told:
        home.require(*made_up_file("kommune;aar;poeng", tmp_path))
    assert told.value.difference.lines == ["- columns: score", "+ columns: poeng"]


# --- what is shipped -----------------------------------------------------------------------


def _recorded_replies(source: str) -> list[Reply]:
    with Upstream("recorded", budget=Path()) as upstream:
        return had(upstream, source)[3]


@cache
def shipped() -> dict[str, Contract]:
    found = Contracts(Path("there is no such folder"))
    names = [path.stem for path in contracts.FOLDER.glob("*.yaml")]
    return {name: contract for name in names if (contract := found.of(name))}


def test_every_source_but_statbank_has_a_contract_and_no_other() -> None:
    expected = {table.id for table in SHIPPED.tables if table.kind != "statbank"}
    assert set(shipped()) == expected
    assert all(name == contract.source for name, contract in shipped().items())


@pytest.mark.parametrize(
    "source", [name for name, contract in shipped().items() if contract.origin == "recorded"]
)
def test_a_contract_from_recordings_is_what_they_have(source: str, home: Contracts) -> None:
    entries = SHIPPED
    table = entries.table_by_id[source]
    with Upstream("recorded", budget=Path()) as upstream:
        replies = had(upstream, source)[3]
        came = registry.of(table).shape(entries, table, upstream, replies, shipped()[source].shape)
    assert came == shipped()[source].shape


def test_only_what_is_recorded_is_said_to_be() -> None:
    entries = SHIPPED
    for source, contract in shipped().items():
        assert (contract.origin == "recorded") == entries.table_by_id[source].recorded, source


def test_what_is_replayed_teaches_nothing(home: Contracts, tmp_path: Path) -> None:
    entries = SHIPPED
    with Upstream("recorded", budget=tmp_path / "budget") as upstream:
        home.agree(entries, entries.table_by_id["ssb_14534"], upstream, [])
    assert home.of("ssb_14534") is None


def test_a_contract_is_written_as_it_is_read(
    statbank: StandIn, home: Contracts, tmp_path: Path
) -> None:
    for contract in shipped().values():
        assert Contract.model_validate(yaml.safe_load(contract.text)) == contract
    see(home, statbank, tmp_path)
    seen = home.of("oppdiktet")
    assert seen is not None
    assert Contract.model_validate(yaml.safe_load(seen.text)) == seen


@pytest.mark.parametrize(
    "text",
    [
        "source: oppdiktet\nform: seen\n",
        "[]",
        "source: oppdiktet\nfrom: accepted\nsince: 2026-11-25\nshape: {Alder: {0: 0 år}}\n",
        "source: oppdiktet\nfrom: hearsay\nsince: 2026-11-25\nshape: {columns: [{a: 1}]}\n",
    ],
)
def test_a_file_that_is_no_contract_is_told_by_its_name_and_line(
    home: Contracts, text: str
) -> None:
    home.folder.mkdir()
    (home.folder / "oppdiktet.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"oppdiktet.yaml, line \d: "):
        home.of("oppdiktet")
