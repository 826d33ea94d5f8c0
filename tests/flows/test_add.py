"""Adding a file as a researcher does: a real terminal, a real warehouse, made-up files."""

import os
import pty
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import openpyxl
import pytest

from flows import engine
from flows.settings import Settings
from sources import catalogue, files
from tests.command import Done, digidistrikt
from tests.flows.refreshing import ask
from tests.terminal import until
from warehouse import publish

SURVEY = "Kommune;Fylke;2024;2025\nOslo;;3,5;4,25\nHERØY;NORDLAND;1;..\nHerøy;;1;1\nAtlantis;;1;1\n"


@pytest.fixture(scope="module")
def home(small_home: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home of their own for the tests that load; ids are not used twice."""
    copy = tmp_path_factory.mktemp("add") / "home"
    shutil.copytree(small_home.home, copy)
    return copy


def add(file: Path, *words: str, home: Path) -> Done:
    return digidistrikt("add", file, *words, home=home)


def written(folder: Path, text: str, name: str = "made_up.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode("cp1252"))
    return path


def test_a_preview_shows_what_was_understood_and_loads_nothing(
    small_home: Settings, tmp_path: Path
) -> None:
    before = sorted(path for path in small_home.home.rglob("*") if path.is_file())
    done = add(written(tmp_path, SURVEY), "--as", "made_up_score", home=small_home.home)
    assert done.returncode == 1
    assert "Nothing was loaded" in done.stderr
    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    for line in (
        "text in Windows-1252, columns parted by ';'.",
        "Kommune municipality name Oslo | HERØY | Herøy",
        "Fylke county of the name | NORDLAND |",
        "2024 figures of made_up_score in 2024 3,5 | 1 | 1",
        "Decimal sign ','; missing: an empty cell, ...",
        "Municipalities: names as on 2025-01-01, division 2025"
        " (2 of 3 names hold on 1 January 2025).",
        "4 figures (1 missing) of 2 municipalities; 2 rows refused.",
        "0301 made_up_score 2024 3.5 NULL",
    ):
        assert line in lines, done.stdout
    assert any(line.startswith("row 4: 'Herøy' is the name of 2 munici") for line in lines)
    assert any(line.startswith("row 5: ") and "Atlantis" in line for line in lines)
    assert sorted(path for path in small_home.home.rglob("*") if path.is_file()) == before


def test_a_file_is_loaded_kept_and_found_again_when_the_user_has_moved_it(
    home: Path, tmp_path: Path
) -> None:
    workbook = openpyxl.Workbook()
    for row in (["Kommunenr", "År", "Poeng"], [301, 2025, 3.5], [4601, 2025, 4], [9998, 2025, 1]):
        workbook.active.append(row)
    original = tmp_path / "made up.xlsx"
    workbook.save(original)
    content = original.read_bytes()
    done = add(original, "--as", "made_up_points", "--unit", "points", "--yes", home=home)
    assert done.returncode == 0, done.stderr
    assert "code 9998 was not in force on 1 January 2025" in done.stdout
    original.unlink()
    told = (
        "select municipality_code, value, unit, quality, upstream, sha256"
        " from mart.observation, mart.reply"
        " where indicator_id = 'made_up_points' and list_contains(reply_ids, reply_id)"
        " and value is not null"
        " order by all"
    )
    before = ask(home, told)
    assert [row[:4] for row in before] == [
        ("0301", 3.5, "points", "reported"),
        ("4601", 4.0, "points", "reported"),
    ]
    sha256 = str(before[0][5])
    assert (home / "replies" / sha256[:2] / f"{sha256}.gz").is_file()
    assert (home / "files" / "made_up_points.xlsx").read_bytes() == content
    engine.run(Settings(home=home, upstream="recorded"))
    assert ask(home, told) == before
    people = "select count(*) from mart.observation where indicator_id = 'population'"
    assert ask(home, people)[0][0] > 14_000  # type: ignore[operator]
    done = add(written(tmp_path, SURVEY), "--as", "made_up_points", home=home)
    assert done.returncode == 5
    assert "'file_made_up_points' is there already" in done.stderr


def test_a_load_that_fails_leaves_nothing_behind(home: Path, tmp_path: Path) -> None:
    before = ask(home, "from mart.refresh_run")
    # no municipal division is known for 1950
    old = written(tmp_path, "kommunenr;verdi\n0301;1\n")
    done = add(old, "--as", "made_up_old", "--period", "1950", "--yes", home=home)
    assert done.returncode == 5, done.stderr
    assert "it has figures of 1950, and no municipal division of that year is known" in done.stderr
    assert not list(home.rglob("made_up_old*"))
    assert ask(home, "from mart.refresh_run") == before


def test_a_person_is_asked_and_may_say_no(small_home: Settings, tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    words = ["add", str(written(tmp_path, SURVEY)), "--as", "made_up_no"]
    process = subprocess.Popen(
        [sys.executable, "-m", "cli.main", *words, "--home", str(small_home.home)],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "120"},
    )
    os.close(theirs)
    until(ours, b"Load it?")
    os.write(ours, b"n\r")
    until(ours, b"Nothing was loaded")
    assert process.wait(timeout=600) == 1
    os.close(ours)
    assert not (small_home.home / "catalogue").exists()


@pytest.mark.thorough
def test_what_is_in_doubt_is_asked_on_a_terminal_and_the_answer_is_kept_in_the_entry(
    home: Path, small: Path, tmp_path: Path
) -> None:
    ours, theirs = pty.openpty()
    file = written(tmp_path, "kommunenr;2025\n0301;709,037\n1804;53,712\n")
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "tests.small", str(small)),
            *("add", str(file), "--as", "made_up_asked", "--home", str(home), "--yes"),
        ],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "120"},
    )
    os.close(theirs)
    until(ours, b"--decimal (,, .)")
    os.write(ours, b".\r")
    until(ours, b"Loaded.")
    assert process.wait(timeout=600) == 0
    os.close(ours)
    assert ask(home, "select value from raw.observation where indicator_id = 'made_up_asked'") == [
        (709_037,),
        (53_712,),
    ]
    entries = catalogue.load(catalogue.FOLDER, home / "catalogue")
    assert entries.table_by_id["file_made_up_asked"].answers == {"decimal": "."}


@pytest.mark.thorough
def test_a_newer_edition_is_read_alike_and_told_where_it_is_another(
    home: Path, tmp_path: Path
) -> None:
    first = written(tmp_path, "kommunenr;2024\n0301;1.000\n1804;2.500\n")
    words = ["--as", "made_up_edition", "--unit", "people", "--yes"]
    assert add(first, *words, "--decimal", ",", home=home).returncode == 0
    newer = written(tmp_path, "kommunenr,2024,2025\n0301,1.000,3.000\n1804,2.500,4.500\n", "n.csv")
    assert add(newer, *words, home=home).returncode == 5
    done = add(newer, "--as", "made_up_edition", "--replace", "--yes", home=home)
    assert done.returncode == 0, done.stderr
    lines = [line.strip() for line in done.stdout.splitlines()]
    assert "Differs from the edition it replaces:" in lines
    assert "delimiter: ; before, , now." in lines
    assert "the column of 2025 is new." in lines
    told = "select period, value, unit from raw.observation where indicator_id = 'made_up_edition'"
    assert sorted(ask(home, told)) == [
        ("2024", 1000, "people"),
        ("2024", 2500, "people"),
        ("2025", 3000, "people"),
        ("2025", 4500, "people"),
    ]
    content = (home / "files" / "made_up_edition.csv").read_bytes()
    assert content == newer.read_bytes()


def test_a_newer_edition_that_fails_leaves_the_one_before(home: Path, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in (home / "files").iterdir()}
    newer = written(tmp_path, "kommunenr;2024\nAtlantis;1\n")
    done = add(newer, "--as", "made_up_edition", "--replace", "--yes", home=home)
    assert done.returncode == 5
    assert {path: path.read_bytes() for path in (home / "files").iterdir()} == before
    done = add(newer, "--as", "made_up_never", "--replace", "--yes", home=home)
    assert done.returncode == 5
    assert "there is no edition to replace" in done.stderr


def test_a_folder_of_editions_is_one_series(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "editions"
    folder.mkdir()
    written(folder, "kommunenr;Poeng\n0301;1\n1804;2\n", "survey_2023.csv")
    written(folder, "Kommune;Poeng\nOslo;3\nBodø;4\n", "survey_2025.csv")
    done = add(folder, "--as", "made_up_series", "--yes", home=home)
    assert done.returncode == 0, done.stderr
    told = (
        "select reported_code, period, value from raw.observation"
        " where indicator_id = 'made_up_series' order by all"
    )
    assert ask(home, told) == [
        ("0301", "2023", 1),
        ("0301", "2025", 3),
        ("1804", "2023", 2),
        ("1804", "2025", 4),
    ]
    entries = catalogue.load(catalogue.FOLDER, home / "catalogue")
    assert {"file_made_up_series_2023", "file_made_up_series_2025"} <= entries.added


def series_of(home: Path, indicator: str) -> list[tuple[object, ...]]:
    return ask(
        home,
        "select reported_code, period, value from raw.observation"
        f" where indicator_id = '{indicator}' order by all",
    )


def test_an_edition_of_a_series_is_replaced_and_a_newer_one_joins_it(
    home: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "newer"
    folder.mkdir()
    written(folder, "kommunenr;Poeng\n0301;1,5\n1804;2\n", "corrected_2023.csv")
    written(folder, "Kommune;Poeng\nOslo;5\nBodø;6\n", "survey_2026.csv")
    done = add(folder, "--as", "made_up_series", "--replace", "--yes", home=home)
    assert done.returncode == 0, done.stderr
    assert "corrected_2023.csv replaces made_up_series_2023.csv." in done.stdout
    assert "survey_2026.csv is a new edition in the series 'made_up_series'." in done.stdout
    assert "Kept as they are: made_up_series_2025.csv." in done.stdout
    assert series_of(home, "made_up_series") == [
        ("0301", "2023", 1.5), ("0301", "2025", 3), ("0301", "2026", 5),
        ("1804", "2023", 2), ("1804", "2025", 4), ("1804", "2026", 6),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("survey.csv", "kommunenr;Poeng\n0301;1\n", "write the year in the name of the file"),
        ("survey_2027.csv", "kommunenr;Poeng;Svar\n0301;1;2\n", "other indicators than the series"),
    ],
)
def test_a_file_that_may_be_any_edition_of_a_series_is_refused(
    name: str, content: str, sentence: str, home: Path, tmp_path: Path
) -> None:
    before = series_of(home, "made_up_series")
    file = written(tmp_path, content, name)
    done = add(file, "--as", "made_up_series", "--period", "2027", "--replace", "--yes", home=home)
    assert done.returncode == 5
    assert sentence in done.stderr
    assert series_of(home, "made_up_series") == before


def test_editions_of_other_columns_are_no_series(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "others"
    folder.mkdir()
    written(folder, "kommunenr;Poeng;Svar\n0301;1;2\n", "survey_2023.csv")
    written(folder, "kommunenr;Poeng\n0301;3\n", "survey_2025.csv")
    done = add(folder, "--as", "made_up_others", "--yes", home=home)
    assert done.returncode == 5
    assert "it gives other indicators than survey_2023.csv" in done.stderr
    empty = tmp_path / "empty"
    empty.mkdir()
    assert "no CSV file or workbook in this folder" in add(empty, "--as", "x", home=home).stderr


def test_a_file_that_is_refused_for_the_lock_has_written_nothing(
    home: Path, tmp_path: Path
) -> None:
    before = sorted(path for path in home.rglob("*") if path.is_file())
    with publish.sole_writer(Settings(home=home).warehouse):
        done = add(
            written(tmp_path, "kommunenr;2025\n0301;1\n"), "--as", "made_up_locked", "--yes",
            home=home,
        )  # fmt: skip
    assert done.returncode == 6, done.stderr
    assert "another refresh is writing" in done.stderr
    assert sorted(path for path in home.rglob("*") if path.is_file()) == before


def test_what_is_shown_is_what_is_loaded(home: Path, tmp_path: Path) -> None:
    text = (
        "region;2024;2025\nHele landet;300;700\n0301 Oslo;100;300\n1804 Bodø;200;<5\n\nKilde: SSB\n"
    )
    words = ["--as", "made_up_shown", "--unit", "people", "--summed", "--yes"]
    done = add(written(tmp_path, text), *words, home=home)
    assert done.returncode == 0, done.stderr
    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    for line in (
        "'region': 2 cells hold a code and its name.",
        "4 figures (1 missing) of 2 municipalities; 2 rows refused.",
        "row 2: 'Hele landet' is the country, not a municipality.",
        "row 6: this is a note, not a row of figures.",
        "Row 2, 'Hele landet', made_up_shown 2024: 300 in the file, 300 is the sum of what was"
        " read.",
        "Row 2, 'Hele landet', made_up_shown 2025: 700 in the file, 300 is the sum of what was"
        " read.",
    ):
        assert line in lines, done.stdout
    assert any(
        line.startswith("Not in the file: 355 municipalities of 2025 (1101 ") for line in lines
    )
    loaded = (
        "select reported_code, period, value, status from raw.observation"
        " where indicator_id = 'made_up_shown' order by all"
    )
    assert ask(home, loaded) == [
        ("0301", "2024", 100, None),
        ("0301", "2025", 300, None),
        ("1804", "2024", 200, None),
        ("1804", "2025", None, "<5"),
    ]
    assert ask(home, "select row from mart.refused_row where table_id = 'file_made_up_shown'") == [
        (2,),
        (6,),
    ]


@pytest.mark.thorough
def test_the_household_coverage_of_nkom_is_understood_as_it_was_declared_by_hand(
    home: Path, built: Settings
) -> None:
    # names in capitals, two HERØY, a header of four rows with names twice, "94,2 %"
    done = add(
        files.FOLDER / "nkom_household_coverage_2022h1.csv",
        *("--as", "made_up_fibre", "--value", "c3", "--period", "2022H1", "--unit", "percent"),
        "--yes",
        home=home,
    )
    assert done.returncode == 0, done.stderr
    query = (
        "select reported_code, period, value from raw.observation where indicator_id = '{}'"
        " order by all"
    )
    ours = ask(home, query.format("made_up_fibre"))
    assert len(ours) == 356
    assert ours == ask(built.home, query.format("broadband_fibre_coverage"))


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--as", "population", "--period", "2025", "--value", "2025"], "'population' is there al"),
        (["--as", "networks", "--period", "2025", "--value", "2025"], "'networks' is there alread"),
        (["--as", "Bad Id"], "'Bad Id' can't be an id"),
        (["--as", "x", "--value", "Poeng"], "there is no column 'Poeng'; the columns are Kommune"),
    ],
)
def test_what_can_not_be_added_is_one_sentence(
    small_home: Settings, tmp_path: Path, words: list[str], sentence: str
) -> None:
    done = add(written(tmp_path, SURVEY), *words, home=small_home.home)
    assert done.returncode == 5, done.stdout
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_the_entry_that_was_written_can_be_read_and_mended_by_hand(home: Path) -> None:
    entries = catalogue.load(catalogue.FOLDER, home / "catalogue")
    assert "file_made_up_points" in entries.added
    table = entries.table_by_id["file_made_up_points"]
    assert table.obtained_via is not None
    assert table.obtained_via.startswith("made up.xlsx, added by the researcher on ")


def test_the_sample_in_the_page_on_files_is_what_is_shown(
    small_home: Settings, tmp_path: Path
) -> None:
    page = (Path(__file__).parents[2] / "docs/sources/files.md").read_text(encoding="utf-8")
    _, content, shown = re.split(
        r"Of a survey saved by Norwegian Excel as `maturity.csv`,\n"
        r"|\n`digidistrikt add maturity.csv --as maturity` shows how it is read:\n",
        page.partition("\nWhat is shown is what is loaded.")[0],
    )
    file = written(tmp_path, textwrap.dedent(content).lstrip(), "maturity.csv")
    done = add(file, "--as", "maturity", home=small_home.home)
    assert shown.split() == done.stdout.split()
