"""Vintages: what was known when, what changed, and the same warehouse made again of the replies."""

import csv
import gzip
import io
import json
import re
import shutil
from collections.abc import Set
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

import pytest
import yaml

from digidistrikt.opening import open_warehouse
from flows import rebuild
from flows.settings import Settings
from tests.command import digidistrikt
from tests.flows.refreshing import ask
from tests.flows.test_live_path import refresh
from tests.upstream.limits import Limits, Window
from tests.upstream.server import StandIn
from tests.upstream.tables import Cells, Figures, Table, Wanted, now
from warehouse import publish

pytestmark = pytest.mark.thorough

EXAMPLE = Path(__file__).parents[2] / "selections" / "three-networks.yaml"
BERGEN_2025 = "indicator_id = 'nurses_fte' and municipality_code = '4601' and period = '2025'"
SHOWN = {"accessibility_breaches_per_statement", "population", "nurses_fte_per_1000"}
Rows = list[tuple[object, ...]]


@dataclass(frozen=True)
class ATenthMore:
    """Figures as a publisher might revise them, made up."""

    figures: Figures

    def cells(self, table: Table, wanted: Wanted) -> Cells:
        found = self.figures.cells(table, wanted)
        return replace(found, values=found.values * 1.1)


def write_report(home: Path, out: Path, shown: Set[str] = SHOWN) -> None:
    """A report of the example rule with what the small catalogue has, varied only by vintage."""
    said = yaml.safe_load(EXAMPLE.read_text("utf-8"))
    said["indicators"] = [each for each in said["indicators"] if each["id"] in shown]
    said["sensitivity"] = {"draws": 0, "leave_one_out": False}
    file = home / "rule.yaml"
    file.write_text(yaml.safe_dump(said, allow_unicode=True, sort_keys=False), "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("reports.report._BROWSERS", ())  # a PDF is not what is tried here
        done = digidistrikt("report", str(file), "--out", str(out), home=home)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def home(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three vintages: as recorded, one table revised, and that table as it was again.

    The first has the table in its edition of March. A report was written of the second, and one of
    the third.
    """
    made = tmp_path_factory.mktemp("vintages") / "home"
    with StandIn(limits=Limits(statbank=Window(30, 1))) as upstream:
        as_it_was = upstream.statbank.tables["14534"].updated_at("2026-03-16T07:00:00Z")
        upstream.statbank.publish(as_it_was)
        assert refresh(made, upstream).returncode == 0
        revised = replace(as_it_was, figures=ATenthMore(as_it_was.figures), updated=now())
        upstream.statbank.publish(revised)
        assert refresh(made, upstream).returncode == 0
        write_report(made, made.parent / "report-of-then")
        upstream.statbank.publish(as_it_was.updated_at(now()))
        assert refresh(made, upstream).returncode == 0
    write_report(made, made.parent / "report")
    return made


def moments(home: Path) -> list[str]:
    rows = ask(home, "select started_at::varchar from mart.refresh_run order by started_at")
    return [str(row[0]) for row in rows]


def known(home: Path, moment: str) -> list[float]:
    query = f"select value from mart.observation_as_of('{moment}') where {BERGEN_2025}"
    return [float(str(value)) for (value,) in ask(home, query)]


def test_each_vintage_is_known_as_it_was(home: Path) -> None:
    first, second, third = moments(home)
    [today] = ask(home, f"select value from mart.observation where {BERGEN_2025}")
    assert known(home, first) == known(home, third) == [today[0]]
    assert known(home, second) == pytest.approx([float(str(today[0])) * 1.1])
    assert known(home, "2020-01-01") == []


def test_each_change_is_a_revision_and_only_changes_are_kept(home: Path) -> None:
    changed = ask(
        home,
        "select indicator_id, change, count(*), sum(difference) from mart.revision group by all"
        " order by all",
    )
    assert [row[:3] for row in changed] == [
        ("nurses_fte", "revised", 2 * 714),
        ("nurses_fte_per_1000", "revised", 2 * 714),
    ]
    assert [row[3] for row in changed] == pytest.approx([0, 0], abs=1e-6)
    assert ask(home, "select count(*) from mart.superseded") == [(4 * 714,)]


def test_all_figures_of_an_earlier_vintage_are_there_once(home: Path) -> None:
    first, *_ = moments(home)
    differs = f"from mart.changes_between('{first}', '{moments(home)[2]}')"
    assert ask(home, differs) == []
    twice = (
        f"select count(*) - count(distinct (indicator_id, municipality_code, period))"
        f" from mart.observation_as_of('{moments(home)[1]}')"
    )
    assert ask(home, twice) == [(0,)]


def test_diff_lists_what_changed_between_two_vintages(home: Path) -> None:
    runs = [str(row[0]) for row in ask(home, "select run_id from mart.refresh_run order by 1")]
    done = digidistrikt("diff", runs[0], runs[1], home=home)
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert len(rows) == 2 * 714
    [bergen] = [
        row
        for row in rows
        if (row["indicator_id"], row["municipality_code"], row["period"])
        == ("nurses_fte", "4601", "2025")
    ]
    assert float(bergen["value_after"]) == pytest.approx(1.1 * float(bergen["value_before"]))
    assert bergen["table_id"] == "ssb_14534"
    assert float(bergen["difference"]) == pytest.approx(0.1 * float(bergen["value_before"]))
    [(edition,)] = ask(
        home,
        "select release_stage from mart.release_stage"
        " where table_id = 'ssb_14534' and period = '2025'",
    )
    assert (bergen["stage_before"], bergen["stage_after"]) == ("unrevised", edition)
    assert (
        ask(
            home,
            "select distinct stage_before, stage_after from mart.revision where period = '2025'"
            " order by all desc",
        )
        == [("unrevised", edition), (edition, edition)][: 1 if edition == "unrevised" else 2]
    )
    assert len(digidistrikt("diff", home=home).stdout.splitlines()) == 1 + 2 * 714
    assert digidistrikt("diff", runs[0], runs[2], home=home).stdout.count("\n") == 1


def test_sql_as_of_a_vintage_asks_the_figures_of_then(home: Path) -> None:
    runs = [str(row[0]) for row in ask(home, "select run_id from mart.refresh_run order by 1")]
    query = f"select round(value, 4) as value, unit from mart.observation where {BERGEN_2025}"
    then = digidistrikt("sql", query, "--as-of", runs[1], "--format", "json", home=home)
    today = digidistrikt("sql", query, "--format", "json", home=home)
    [before], [after] = json.loads(then.stdout), json.loads(today.stdout)
    assert before["value"] == pytest.approx(1.1 * after["value"], abs=1e-3)
    assert before["unit"] == after["unit"] == "full-time equivalents"


@pytest.mark.parametrize("table", ["case_candidate", "municipality_year"])
def test_tables_made_of_figures_are_as_of_a_vintage_too(home: Path, table: str) -> None:
    at = f"from mart.{table} where municipality_code = '4601'"
    at += " and year = 2025" if table == "municipality_year" else ""
    for moment, factor in zip(moments(home), (1, 1.1, 1), strict=True):
        [(today,)] = ask(home, f"select nurses_fte {at}")
        with open_warehouse(home, moment) as con:
            [(then,)] = con.execute(f"select nurses_fte {at}").fetchall()
        assert then == pytest.approx(factor * float(str(today)))


def test_the_newest_vintage_is_today_s_tables(home: Path) -> None:
    with open_warehouse(home, moments(home)[-1]) as con:
        for table in ("case_candidate", "municipality_year", "network_membership"):
            rows = f"from mart.{table} order by all"
            assert con.execute(rows).fetchall() == ask(home, rows), table


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["sql", "select 1", "--as-of", "yesterday"], "no vintage, and no time"),
        (["sql", "select 1", "--as-of", "2020-01-01"], "the first vintage is of"),
        (["sql", "from mart.no_table", "--as-of", "2099-01-01"], "no_table"),
        (["sql", "create table x as select 1", "--as-of", "2099-01-01", "-o", "/x/y.csv"], "/x"),
        (["sql", "from read_csv('/etc/hostname')", "--as-of", "2099-01-01"], "disabled"),
        (["diff", "20200101T000000Z-0000"], "no such vintage"),
        (["diff", "2020-01-01"], "the first vintage is of"),
        (["diff", "2999-01-01", "2998-01-01"], "name the earlier one first"),
    ],
)
def test_bad_moments_are_one_sentence(words: list[str], sentence: str, home: Path) -> None:
    done = digidistrikt(*words, home=home)
    assert done.returncode == 5
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_the_same_warehouse_is_made_again_of_stored_replies(home: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(home, copy)
    done = digidistrikt("rebuild", home=copy)
    assert done.returncode == 0, done.stderr
    assert "every table is the same" in done.stdout
    tables = [str(row[0]) for row in ask(home, "select distinct table_name from mart.table_digest")]
    assert len(tables) > 15
    for table in tables:
        rows = f"from mart.{table} order by all"
        assert ask(copy, rows) == ask(home, rows), table


def test_a_rebuild_without_a_stored_reply_leaves_the_file(home: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(home, copy)
    before = Settings(home=copy).warehouse.read_bytes()
    next(copy.glob("replies/*/*.gz")).unlink()
    done = digidistrikt("rebuild", home=copy)
    assert done.returncode == 5
    assert "the stored reply is gone" in done.stderr
    assert Settings(home=copy).warehouse.read_bytes() == before
    assert not list(copy.glob("*.again*"))


@pytest.mark.thorough
def test_the_warehouse_of_an_earlier_vintage_is_made_again_beside_it(
    home: Path, tmp_path: Path
) -> None:
    runs = [str(row[0]) for row in ask(home, "select run_id from mart.refresh_run order by 1")]
    published = Settings(home=home).warehouse.read_bytes()
    target = tmp_path / "then" / "then.duckdb"
    target.parent.mkdir()
    rebuilt = rebuild.rebuild_until(Settings(home=home), runs[1], target)
    assert rebuilt.same
    assert all(rebuilt.same.values())
    assert rebuilt.other_code == {}
    with publish.reading(target) as con:
        assert con.execute("select run_id from mart.refresh_run order by 1").fetchall() == [
            (run,) for run in runs[:2]
        ]
        figure = f"select value from mart.observation where {BERGEN_2025}"
        assert [value for (value,) in con.execute(figure).fetchall()] == known(
            home, moments(home)[1]
        )
    assert [path.name for path in target.parent.iterdir()] == [target.name]
    assert Settings(home=home).warehouse.read_bytes() == published


def test_a_rebuild_by_other_code_says_so_and_the_file_too(home: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(home, copy)
    [first] = sorted((copy / "runs").glob("*.json.gz"))[:1]
    noted = json.loads(gzip.decompress(first.read_bytes()))
    noted["run"]["code"] = ["0.0.1", "ffffffffffff"]
    first.write_bytes(gzip.compress(json.dumps(noted).encode()))
    for later in sorted((copy / "runs").glob("*.json.gz"))[1:]:
        later.unlink()
    Settings(home=copy).warehouse.unlink()
    done = digidistrikt("rebuild", home=copy)
    assert done.returncode == 0, done.stderr
    told = " ".join(done.stdout.split())
    assert "no warehouse to compare with" in told
    run_id = first.name.split(".")[0]
    assert (
        f"{run_id} was built by 0.0.1 ffffffffffff, this one by {version('digidistrikt')}" in told
    )
    codes = ask(copy, "select code_digest from mart.refresh_run")
    assert codes == ask(home, "select distinct code_digest from mart.refresh_run")


# --- reports of earlier vintages ------------------------------------------------------------------


def test_a_report_of_an_earlier_vintage_is_made_again_byte_for_byte(home: Path) -> None:
    runs = [str(row[0]) for row in ask(home, "select run_id from mart.refresh_run order by 1")]
    folder = home.parent / "report-of-then"
    said = json.loads((folder / "selection.json").read_text("utf-8"))
    assert said["vintage"] == runs[1]
    published = Settings(home=home).warehouse.read_bytes()
    done = digidistrikt("reproduce", str(folder), home=home)
    assert done.returncode == 0, done.stderr
    assert f"the same, byte for byte, from vintage {runs[1]}." in done.stdout
    assert "rebuilt from stored replies" in done.stdout
    assert "this is" not in done.stdout  # the code is the same
    assert Settings(home=home).warehouse.read_bytes() == published


def test_other_code_and_other_bytes_are_told_apart(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "report"
    shutil.copytree(home.parent / "report", folder)
    citation = (folder / "CITATION.cff").read_text("utf-8")
    (folder / "CITATION.cff").write_text(
        re.sub(r"version: [\d.]+ \w+", "version: 0.0.1 ff", citation)
    )
    same = digidistrikt("reproduce", str(folder), home=home)
    assert same.returncode == 0, same.stderr
    now = version("digidistrikt")
    assert f"Code changed: the report was written by 0.0.1 ff, and this is {now}" in same.stdout
    table = folder / "candidates.csv"
    table.write_bytes(table.read_bytes() + b"one line more\n")
    other = digidistrikt("reproduce", str(folder), home=home)
    assert other.returncode == 5
    assert "candidates.csv is not what the rule gives." in other.stderr
    assert "the report was written by 0.0.1 ff" in other.stderr


def test_a_report_tells_what_revisions_did_to_its_figures(home: Path) -> None:
    runs = [str(row[0]) for row in ask(home, "select run_id from mart.refresh_run order by 1")]
    said = json.loads((home.parent / "report-of-then" / "selection.json").read_text("utf-8"))
    [earlier] = said["sensitivity"]["vintages"]
    assert (earlier["vintage"], earlier["revised"]) == (runs[0], 357)  # nurses, a tenth more
    assert said["sensitivity"]["kinds"] == [{"kind": "vintage", "runs": 1, "agreement": 1.0}]
