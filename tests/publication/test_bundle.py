"""The bundle of a vintage: whole, described by the standards, and the same whenever it is made."""

import json
import shutil
import subprocess
from hashlib import sha256
from pathlib import Path

import duckdb
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from frictionless import Package, Resource
from pyshacl import validate
from rdflib import DCAT, Graph

from common.errors import ReportError
from flows.settings import Settings
from publication import bundle, publish
from publication.bundle import Imprint
from publication.publish import SUMS
from tests.publication.conftest import MADE_BY, publish_into
from warehouse import publish as warehouse

SHAPES = Path(__file__).with_name("shapes") / "dcat-ap-no-3.ttl"


def test_every_table_of_mart_is_there_with_all_its_rows(
    published: Path, small_home: Settings
) -> None:
    with duckdb.connect(str(small_home.warehouse), read_only=True) as con:
        tables = con.execute(
            "select table_name from duckdb_tables() where schema_name = 'mart'"
        ).fetchall()
        assert len(tables) > 30
        for (table,) in tables:
            [(rows,)] = con.execute(f"select count(*) from mart.{table}").fetchall()
            assert pq.ParquetFile(published / "data" / f"{table}.parquet").metadata.num_rows == rows


def test_figures_are_sorted_and_say_what_their_columns_mean(published: Path) -> None:
    found = pq.read_table(published / "data" / "observation.parquet")
    keys = list(
        zip(*(found[name].to_pylist() for name in
              ("indicator_id", "municipality_code", "period")), strict=True)
    )  # fmt: skip
    assert keys == sorted(keys)
    assert found.schema.metadata[b"key"] == b"indicator_id, municipality_code, period"
    assert found.schema.field("value").metadata[b"comment"].startswith(b"the figure; NULL if")


def test_the_checksums_are_those_of_every_file(published: Path) -> None:
    lines = (published / SUMS).read_text("utf-8").splitlines()
    sums = {path: digest for digest, _, path in (line.partition("  ") for line in lines)}
    files = {p.relative_to(published).as_posix() for p in published.rglob("*") if p.is_file()}
    assert sums.keys() == files - {SUMS}
    for path, digest in sums.items():
        assert sha256((published / path).read_bytes()).hexdigest() == digest


@pytest.mark.thorough  # every row of every table, in Python
def test_the_data_package_is_valid_and_every_file_is_as_it_says(published: Path) -> None:
    said = json.loads((published / "datapackage.json").read_text("utf-8"))
    assert Package.validate_descriptor(said).valid
    report = Package.from_descriptor(said, basepath=str(published)).validate()
    assert report.valid, report.flatten(["name", "type", "note"])[:10]
    rows = {task.name: task.stats.get("rows") for task in report.tasks}
    assert rows["indicator_population"] > 1000
    assert rows["municipality"] == 357
    data = published / "data"
    files = {*data.glob("*.parquet"), *data.glob("indicators/*.csv")}
    assert {published / resource["path"] for resource in said["resources"]} == files


@pytest.mark.parametrize(
    ("table", "column", "wrong"),
    [
        ("municipality", "official_name", pa.nulls(357, pa.int64()).fill_null(7)),
        ("municipality", "municipality_code", pa.array(["0301"] * 357)),
    ],
    ids=["another type", "a key twice"],
)
def test_a_table_that_is_not_as_described_makes_the_data_package_invalid(
    published: Path, tmp_path: Path, table: str, column: str, wrong: pa.Array
) -> None:
    said = json.loads((published / "datapackage.json").read_text("utf-8"))
    described = next(r for r in said["resources"] if r["name"] == table)
    rows = pq.read_table(published / described["path"])
    copy = tmp_path / described["path"]
    copy.parent.mkdir(parents=True)
    at = rows.schema.get_field_index(column)
    pq.write_table(rows.set_column(at, column, wrong), copy)
    assert not Resource.from_descriptor(described, basepath=str(tmp_path)).validate().valid


def test_a_damaged_figure_makes_the_data_package_invalid(published: Path, tmp_path: Path) -> None:
    said = json.loads((published / "datapackage.json").read_text("utf-8"))
    population = next(r for r in said["resources"] if r["name"] == "indicator_population")
    copy = tmp_path / population["path"]
    copy.parent.mkdir(parents=True)
    text = (published / population["path"]).read_text("utf-8")
    copy.write_text(text.replace("0301,", "0302,", 1), "utf-8")
    assert not Resource.from_descriptor(population, basepath=str(tmp_path)).validate().valid


@pytest.mark.parametrize("imprint", [Imprint(), None], ids=["nobody named", "with an address"])
def test_the_catalogue_conforms_to_dcat_ap_no(
    published: Path, small_home: Settings, tmp_path: Path, imprint: Imprint | None
) -> None:
    folder = published
    if imprint is not None:
        folder = tmp_path / "out"
        shutil.copytree(published / "data", folder / "data")
        with warehouse.reading(small_home.warehouse) as con:
            publish.write_papers(bundle.read(con), folder, imprint, MADE_BY)
    graph = Graph().parse(folder / "dcat.ttl", publicID="https://example.org/")
    assert len(set(graph.subjects(predicate=DCAT.distribution))) > 40
    conforms, _, said = validate(graph, shacl_graph=str(SHAPES), inference="none")
    assert conforms, said


def test_the_research_object_names_files_that_are_there(published: Path) -> None:
    crate = json.loads((published / "ro-crate-metadata.json").read_text("utf-8"))
    entities = {each["@id"]: each for each in crate["@graph"]}
    assert len(entities) == len(crate["@graph"])
    assert entities["ro-crate-metadata.json"]["about"] == {"@id": "./"}
    folder = entities["./"]
    assert folder["name"]
    assert folder["description"]
    assert folder["datePublished"]
    for part in folder["hasPart"]:
        said, content = entities[part["@id"]], (published / part["@id"]).read_bytes()
        if part["@id"] != "LICENCES.md":
            assert said["sha256"] == sha256(content).hexdigest()
            assert said["contentSize"] == str(len(content))
    data = {path for path in (published / "data").rglob("*.*") if path.suffix != ".sql"}
    parts = {published / part["@id"] for part in folder["hasPart"]}
    assert parts == data | {published / "LICENCES.md"}
    assert all(one["@id"] in entities for one in (*folder["citation"], folder["license"]))


def test_a_catalogue_without_a_contact_does_not_conform(published: Path) -> None:
    graph = Graph().parse(published / "dcat.ttl")
    graph.remove((None, DCAT.contactPoint, None))
    conforms, _, said = validate(graph, shacl_graph=str(SHAPES), inference="none")
    assert not conforms
    assert "contactPoint" in said


def test_a_workbook_has_codes_as_text_and_figures_as_numbers(published: Path) -> None:
    book = openpyxl.load_workbook(published / "data" / "indicators" / "population.xlsx")
    head, first, *_ = book["figures"].iter_rows(values_only=True)
    assert (head[:2], first[0]) == (("code", "municipality"), "0301")
    assert isinstance(first[-1], int)
    assert book["figures"].freeze_panes == "C2"


def test_duckdb_reads_the_folder_as_mart(published: Path) -> None:
    script = (published / "data" / "load.sql").read_text("utf-8")
    with duckdb.connect() as con:
        con.execute(script.replace("from '", f"from '{published / 'data'}/"))
        [(rows,)] = con.execute("select count(*) from mart.municipality").fetchall()
    assert rows == 357


def test_a_first_vintage_says_that_it_is_the_first(published: Path) -> None:
    assert json.loads((published / "changes.json").read_text("utf-8"))["earlier"] is None
    assert "This is the first vintage." in (published / "CHANGES.md").read_text("utf-8")


def test_a_folder_of_somebody_else_is_refused(small_home: Settings, tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").touch()
    with pytest.raises(ReportError, match="no earlier publication"):
        publish_into(tmp_path, small_home)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.docx"]


@pytest.fixture(scope="module")
def again(published: Path, small_home: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder published a second time, over a damaged copy of the first with a file beside."""
    folder = tmp_path_factory.mktemp("again") / "out"
    shutil.copytree(published, folder)
    (folder / "CNAME").write_text("data.example.org", "utf-8")
    (folder / "data" / "observation.parquet").unlink()
    publish_into(folder, small_home)
    return folder


@pytest.mark.thorough
def test_the_same_vintage_gives_the_same_bytes(published: Path, again: Path) -> None:
    assert (again / SUMS).read_bytes() == (published / SUMS).read_bytes()


@pytest.mark.thorough
def test_an_earlier_publication_is_replaced_and_what_else_lies_there_stays(again: Path) -> None:
    assert (again / "CNAME").read_text("utf-8") == "data.example.org"
    assert (again / "data" / "observation.parquet").is_file()
    assert [path.name for path in again.parent.iterdir()] == ["out"]


def test_the_licence_of_every_source_is_told(published: Path) -> None:
    said = (published / "LICENCES.md").read_text("utf-8")
    assert "| ssb_07459 | Statistics Norway" in said or "| ssb_07459 | Statistisk" in said
    assert "is not confirmed" in said


@pytest.mark.skipif(not shutil.which("sha256sum"), reason="there is no sha256sum on this machine")
def test_sha256sum_accepts_the_checksums(published: Path) -> None:
    subprocess.run(["sha256sum", "--check", "--quiet", SUMS], cwd=published, check=True)
