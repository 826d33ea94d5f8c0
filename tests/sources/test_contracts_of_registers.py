"""What registers, Klass and files were agreed to look like, and the contracts that are shipped."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
import yaml

from common.errors import InputError, UpstreamError
from sources import catalogue, contracts, registry
from sources.catalogue import Catalogue, FileLayout, Table
from sources.contracts import Contract, Contracts, ShapeError
from sources.http import Reply, Request, Upstream
from sources.shape import of_json
from tests.sources.contracted import asked, declared, home, see, statbank
from tests.upstream import faults
from tests.upstream.faults import Misbehave
from tests.upstream.server import StandIn

__all__ = ["home", "statbank"]  # fixtures

SHIPPED = catalogue.load()


# --- registers and Klass -----------------------------------------------------------------------


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
    reply = replace(told, request=request, body=body)
    found = of_json([reply], {"codesAt": {"codes.code": "text"}})
    assert found == {"codesAt": {"codes.code": came}}


def test_a_reply_that_is_not_json_is_told_by_its_address(home: Contracts, tmp_path: Path) -> None:
    entries = SHIPPED
    broken = replace(_recorded_replies("klass_131")[0], body=b"<html>")
    with (
        Upstream("recorded", budget=tmp_path / "budget") as upstream,
        pytest.raises(UpstreamError, match=r"codesAt.*expected JSON"),
    ):
        home.require(entries, entries.table_by_id["klass_131"], upstream, [broken])


# --- files -------------------------------------------------------------------------------------


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


# --- what is shipped ---------------------------------------------------------------------------


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
