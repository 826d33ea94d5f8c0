"""What there is: indicators by theme, tables and macros, networks, and how each is cited."""

import csv
import io
import json
import re
from datetime import date
from pathlib import Path

import pytest

from flows.settings import Settings
from tests.command import Done, digidistrikt
from warehouse import publish


@pytest.fixture(scope="session")
def home(built: Settings) -> Path:
    return built.home


def rows(done: Done) -> list[dict[str, str]]:
    assert done.returncode == 0, done.stderr
    return list(csv.DictReader(io.StringIO(done.stdout)))


# --- catalog -------------------------------------------------------------------------------


@pytest.mark.parametrize("width", ["80", "120"])
def test_no_id_of_an_indicator_is_broken_on_a_terminal(width: str, home: Path) -> None:
    with publish.reading(Settings(home=home).warehouse) as con:
        ids = {row[0] for row in con.execute("select indicator_id from mart.indicator").fetchall()}
    shown = digidistrikt("catalog", "--format", "table", home=home, env={"COLUMNS": width}).stdout
    assert max(map(len, ids)) > 38
    assert ids <= {line.split(" ")[0] for line in shown.splitlines()}
    assert max(map(len, shown.splitlines())) <= int(width)


def test_the_catalogue_is_shown_by_theme_with_titles_in_both_languages(home: Path) -> None:
    shown = digidistrikt("catalog", "nurse", "-f", "table", home=home).stdout
    assert shown.startswith("\nstaffing\nindicator ")
    assert "Agreed full-time equivalents, nurses in municipal" in shown
    assert "Avtalte årsverk, sykepleiere i kommunal helse og" in shown
    assert "2024 to 2025, 357 municipalities" in shown
    assert shown.endswith("3 indicators\n")


def test_the_catalogue_is_shown_in_the_language_asked_for(home: Path) -> None:
    shown = {
        language: digidistrikt("catalog", "nurse", "-f", "table", "--language", language,
                               home=home).stdout
        for language in ("nb", "en")
    }  # fmt: skip
    assert shown["nb"].startswith("\nBemanning\nindikator ")
    assert "årsverk: 2024 til 2025, 357 kommuner" in shown["nb"]
    assert shown["nb"].endswith("3 indikatorer\n")
    assert not [word for word in ("nurses in", "municipalities") if word in shown["nb"]]
    assert "Avtalte" not in shown["en"]
    assert "2024 to 2025, 357 municipalities" in shown["en"]


def test_an_indicator_is_found_by_its_title_in_bokmaal(home: Path) -> None:
    found = [row["indicator_id"] for row in rows(digidistrikt("catalog", "Sykepleier", home=home))]
    assert found == ["nurses_fte", "nurses_fte_per_1000", "nurses_per_100_care_fte"]


def test_traits_are_found_among_the_indicators_and_counted_apart(home: Path) -> None:
    shown = digidistrikt("catalog", "epost", "-f", "table", home=home).stdout
    assert "in words: 2026-07-20, 357 municipalities" in shown
    assert shown.endswith("2 indicators, 4 traits\n")


@pytest.mark.parametrize("word", ["befolkning", "folketall", "Inhabitants"])
def test_population_is_found_by_what_people_call_it(word: str, home: Path) -> None:
    found = {row["indicator_id"] for row in rows(digidistrikt("catalog", word, home=home))}
    assert {"population", "births"} <= found
    assert "nurses_fte" not in found


def test_an_indicator_has_synonyms_of_its_own(home: Path) -> None:
    found = {row["indicator_id"] for row in rows(digidistrikt("catalog", "eldre", home=home))}
    assert {"population_80_plus", "old_age_dependency_ratio"} <= found
    assert "births" not in found


def test_an_indicator_that_some_municipalities_lack_tells_why_and_of_how_many(home: Path) -> None:
    lacking = {row["indicator_id"]: row for row in rows(digidistrikt("catalog", home=home))}
    education = lacking["higher_education_share"]
    assert (education["municipalities"], education["why_fewer"]) == (
        "355",
        "the source has no row for it (2)",
    )
    assert lacking["property_tax_rate"]["why_fewer"] == "not applicable (108)"
    assert lacking["population"]["why_fewer"] == ""
    assert lacking["net_debt"]["why_fewer"] == (
        "not in the tables held (277); not among the figures published or kept (11)"
    )
    assert lacking["case_archive_vendor"]["why_fewer"] == "not known (228)"
    assert lacking["births"]["why_fewer"] == "the source was not asked"
    for id_ in ("care_fte", "email_behind_gateway", "free_income_budget_per_inhabitant"):
        assert (lacking[id_]["municipalities"], lacking[id_]["why_fewer"]) == ("357", "")


# --- describe ------------------------------------------------------------------------------


def test_without_a_name_describe_lists_every_table_and_macro_with_its_arguments(home: Path) -> None:
    listed = {row["table"]: row for row in rows(digidistrikt("describe", home=home))}
    with publish.reading(Settings(home=home).warehouse) as con:
        tables = con.execute(
            "select table_name from duckdb_tables() where schema_name = 'mart'"
        ).fetchall()
        macros = con.execute(
            "select function_name, array_to_string(parameters, ', ') from duckdb_functions()"
            " where schema_name = 'mart' and function_type = 'table_macro'"
        ).fetchall()
        assert listed.keys() == {name for (name,) in tables} | {name for name, _ in macros}
        assert {name: listed[name]["arguments"] for name, _ in macros} == dict(macros)
        for name, row in listed.items():
            assert row["one_row"]
            assert row["example"].startswith(f"from mart.{name}")
            assert con.execute(row["example"]).description


def test_on_a_terminal_each_macro_has_its_arguments_and_an_example(home: Path) -> None:
    shown = digidistrikt("describe", "--format", "table", home=home).stdout
    assert re.search(r"^series\(indicator, division\) ", shown, re.MULTILINE)
    assert "from mart.series('population', 2019)" in shown
    assert re.search(r"^network_membership +a municipality of today in a network", shown, re.M)


# --- networks ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["digitale_helgeland", "Digitale Helgeland"])
def test_a_network_lists_its_members_with_evidence_dates_and_source(name: str, home: Path) -> None:
    found = rows(digidistrikt("networks", name, home=home))
    assert len(found) == 16
    assert {row["municipality_code"]: row["valid_from"] for row in found}["1812"] == "2020-01"
    assert {(row["basis"], row["strength"], row["has_ended"]) for row in found} == {
        ("named_in_source", "strong", "False")
    }
    assert all(row["source_url"].startswith("https://") for row in found)


def test_what_ended_is_said_to_have_ended(home: Path) -> None:
    shown = digidistrikt("networks", "digivestland", "-f", "table", home=home).stdout
    assert "Members: 8" in shown
    assert "Municipalities of Vestland: 40, from 2020, ended 2024-12-31." in shown
    shown = digidistrikt("networks", "digihordaland", "-f", "table", home=home).stdout
    assert shown.startswith("Digi Hordaland (digihordaland), from 2017, ended 2020\n")
    assert "Members: 0" in shown


def test_an_unknown_network_is_told_with_the_nearest(home: Path) -> None:
    done = digidistrikt("networks", "digiaggder", home=home)
    assert (done.returncode, done.stdout) == (5, "")
    assert "there is no network 'digiaggder'; the nearest are digiagder" in done.stderr


@pytest.mark.parametrize(
    "words",
    [("networks", "check"), ("networks", "show"), ("crosswalk", "check"), ("contracts", "diff")],
    ids=" ".join,
)
def test_an_option_in_front_of_a_groups_command_is_refused_and_never_lost(
    words: tuple[str, str], home: Path, tmp_path: Path
) -> None:
    done = digidistrikt(words[0], "--home", tmp_path, words[1], "ssb_14534", home=home)
    assert done.returncode == 2
    assert "stand behind the command" in done.stderr


# --- cite ----------------------------------------------------------------------------------


def test_a_table_is_cited_with_its_number_and_the_day_its_figures_were_fetched(home: Path) -> None:
    assert digidistrikt("cite", "ssb_07459", home=home).stdout == (
        "Statistisk sentralbyrå. (n.d.). Population, by region, contents and year (Table 07459)"
        " [Data set]. Retrieved June 1, 2026, from https://www.ssb.no/statbank/table/07459\n"
    )
    assert digidistrikt("cite", "ssb_07459", "--language", "nb", home=home).stdout == (
        "Statistisk sentralbyrå. (u.å.). Befolkning, etter region, statistikkvariabel og år (Tabell"
        " 07459) [Datasett]. Hentet 1. juni 2026 fra https://www.ssb.no/statbank/table/07459\n"
    )


def test_an_indicator_is_cited_by_each_table_it_is_made_of(home: Path) -> None:
    cited = digidistrikt("cite", "nurses_fte_per_1000", home=home).stdout.splitlines()
    assert [re.findall(r"Table (\d+)", line) for line in cited] == [["07459"], ["14534"]]


def test_a_vintage_is_cited_with_its_day_and_the_code_that_made_it(home: Path) -> None:
    with publish.reading(Settings(home=home).warehouse) as con:
        [(run_id, started_at, digest)] = con.execute(
            "select run_id, started_at, code_digest from mart.refresh_run"
        ).fetchall()
    cited = digidistrikt("cite", run_id, home=home).stdout
    assert f"vintage {run_id}) [Data set]" in cited
    [item] = json.loads(digidistrikt("cite", run_id, "--style", "csl-json", home=home).stdout)
    day: date = started_at.date()
    assert item["issued"] == {"date-parts": [[day.year, day.month, day.day]]}
    assert digest in item["note"]


def test_csl_json_and_bibtex_say_the_same_of_a_table(home: Path) -> None:
    [item] = json.loads(digidistrikt("cite", "ssb_14534", "--style", "csl-json", home=home).stdout)
    assert (item["type"], item["number"]) == ("dataset", "14534")
    assert item["accessed"] == {"date-parts": [[2026, 6, 1]]}
    entry = digidistrikt("cite", "ssb_14534", "--style", "bibtex", home=home).stdout
    fields = dict(re.findall(r"^  (\w+) = \{(.*)\},?$", entry, re.MULTILINE))
    assert entry.startswith("@misc{ssb_14534,\n")
    assert fields["title"] == f"{{{item['title']}}}"
    assert (fields["urldate"], fields["url"]) == ("2026-06-01", item["URL"])


def test_a_file_is_not_said_to_have_been_retrieved_on_the_day_of_the_refresh(home: Path) -> None:
    cited = digidistrikt("cite", "file_06944_09429", home=home).stdout
    assert cited.startswith("Statistisk sentralbyrå. (n.d.). ")
    assert "Retrieved" not in cited


@pytest.mark.parametrize("style", ["apa", "bibtex", "csl-json"])
def test_every_table_that_was_fetched_can_be_cited(style: str, home: Path) -> None:
    with publish.reading(Settings(home=home).warehouse) as con:
        found = con.execute("select table_id, title_nb from mart.source_table where is_asked")
        tables = dict(found.fetchall())
    assert len(tables) > 20
    for table_id, title in tables.items():
        done = digidistrikt("cite", table_id, "--style", style, "--language", "nb", home=home)
        assert done.returncode == 0, done.stderr
        assert title in done.stdout.replace("\\", "")


@pytest.mark.parametrize(
    ("what", "sentence"),
    [
        ("nurses_ftee", "the nearest are nurses_fte"),
        ("data_sets", "nothing of datanorge_data_sets was fetched"),
    ],
)
def test_what_cannot_be_cited_is_refused_with_the_reason(
    what: str, sentence: str, home: Path
) -> None:
    done = digidistrikt("cite", what, home=home)
    assert (done.returncode, done.stdout) == (5, "")
    assert sentence in done.stderr


# --- status --------------------------------------------------------------------------------


def test_on_a_terminal_of_80_columns_status_has_the_outcome_of_every_source(home: Path) -> None:
    shown = digidistrikt("status", "--format", "table", home=home).stdout.splitlines()
    header = ["table_id", "upstream", "published", "outcome", "figures", "refused"]
    assert header in [line.split() for line in shown]
    for row in rows(digidistrikt("status", home=home)):
        [line] = [line for line in shown if re.search(rf"\b{row['table_id']}\b", line)]
        if row["upstream"] == "not asked":
            assert line.startswith("Not asked: ")
        else:
            assert row["outcome"] in line.split()
