"""Replies have the documented shapes: the stand-in's, and the publishers' own ones."""

import gzip
from pathlib import Path

import orjson
import pytest
from jsonschema import Draft202012Validator

from tests.upstream import schemas
from tests.upstream.conftest import KLASS, STATBANK, Ask
from tests.upstream.recordings import recorded_replies
from tests.upstream.server import StandIn
from tests.upstream.tables import invented

REPLIES = Path(__file__).parents[1] / "sources" / "replies"
BRREG = "https://data.brreg.no/enhetsregisteret/api"
STATEMENTS = "https://data.uutilsynet.no/dataset/alle-erklaeringer"
SEARCH = "https://search.api.fellesdatakatalog.digdir.no/search/datasets"


def faults(found: object, schema: schemas.Schema) -> list[str]:
    """What is wrong with a reply, each with its place."""
    found_wrong = Draft202012Validator(schema).iter_errors(found)
    return [f"{error.json_path}: {error.message[:200]}" for error in found_wrong]


@pytest.mark.parametrize(
    ("address", "schema"),
    [
        (f"{STATBANK}/config", schemas.CONFIG),
        (f"{STATBANK}/tables", schemas.TABLES),
        (f"{STATBANK}/tables?query=no+table+is+called+zzz", schemas.TABLES),
        (f"{STATBANK}/tables/07459", schemas.TABLE),
        (f"{STATBANK}/tables/07459/metadata", schemas.DATASET),
        (f"{STATBANK}/tables/12134/metadata", schemas.DATASET),
        (f"{STATBANK}/tables/99999/metadata?codelist[Region]=agg_Par", schemas.DATASET),
        (f"{STATBANK}/tables/99999/data?valueCodes[ContentsCode]=*&valueCodes[Tid]=*",
         schemas.DATASET),
        (f"{STATBANK}/tables/12134/data", schemas.DATASET),
        (f"{STATBANK}/codelists/agg_KommSummer", schemas.CODELIST),
        (f"{STATBANK}/codelists/vs_Faa", schemas.CODELIST),
        (f"{STATBANK}/tables/00000", schemas.PROBLEM),
        (f"{STATBANK}/tables?pageNumber=99", schemas.PROBLEM),
        (f"{KLASS}/131/codesAt?date=2020-01-01", schemas.KLASS_CODES),
        (f"{KLASS}/131/codes?from=2019-01-01&to=2021-01-01", schemas.KLASS_CODES),
        (f"{KLASS}/128/codesAt?date=2026-01-01", schemas.KLASS_CODES),
        (f"{KLASS}/131/changes?from=1838-01-01&to=2027-01-01", schemas.KLASS_CHANGES),
        (f"{KLASS}/131/correspondsAt?targetClassificationId=128&date=2026-01-01",
         schemas.KLASS_CORRESPONDENCES),
        (f"{BRREG}/enheter?organisasjonsform=KOMM&size=1000", schemas.UNITS),
        (f"{BRREG}/enheter?navn=ingen+heter+dette", schemas.UNITS),
        (f"{BRREG}/enheter/000000019", schemas.UNIT),
        (f"{BRREG}/enheter/000000019/roller", schemas.ROLES),
    ],
)  # fmt: skip
def test_a_reply_of_the_stand_in_has_its_documented_shape(
    upstream: StandIn, ask: Ask, address: str, schema: schemas.Schema
) -> None:
    upstream.statbank.publish(invented(symbols={1: "..", 5: "*"}))
    assert faults(ask(address).json(), schema) == []


def test_every_company_of_the_bulk_has_the_documented_shape(ask: Ask) -> None:
    bulk = orjson.loads(gzip.decompress(ask(f"{BRREG}/roller/totalbestand", headers={}).content))
    assert len(bulk) > 357
    assert [fault for company in bulk for fault in faults(company, schemas.ROLES)] == []


def test_statements_and_data_sets_have_their_documented_shape(ask: Ask) -> None:
    page = ask(f"{STATEMENTS}?size=1000&page=3", headers={"Accept": "*/*"})
    found = ask(SEARCH, json={"pagination": {"size": 100}})
    assert faults(page.json(), schemas.STATEMENTS) == []
    assert faults(found.json(), schemas.SEARCH_RESULT) == []


@pytest.mark.parametrize(
    ("name", "schema"),
    [
        ("config", schemas.CONFIG),
        ("tables_page_1", schemas.TABLES),
        ("tables_befolkning_page_2", schemas.TABLES),
        ("table_05810", schemas.TABLE),
        ("05810_metadata", schemas.DATASET),
        ("11118_data", schemas.DATASET),
        ("12134_data", schemas.DATASET),
        ("03024_data_no", schemas.DATASET),
    ],
)
def test_a_reply_of_the_real_service_has_the_same_shape(name: str, schema: schemas.Schema) -> None:
    found = orjson.loads(gzip.decompress((REPLIES / f"{name}.json.gz").read_bytes()))
    assert faults(found, schema) == []


@pytest.mark.parametrize(
    ("part", "schema"),
    [
        ("/131/codesAt", schemas.KLASS_CODES),
        ("/131/changes", schemas.KLASS_CHANGES),
        ("alle-erklaeringer", schemas.STATEMENTS),
    ],
)
def test_a_recorded_reply_has_the_same_shape(part: str, schema: schemas.Schema) -> None:
    for reply in recorded_replies(part):
        assert faults(reply, schema) == []


def test_a_shape_that_is_wrong_is_told() -> None:
    wrong = {"type": "Parameter error", "title": 4, "status": 400, "extra": 1}
    assert len(faults(wrong, schemas.PROBLEM)) == 2
