"""A municipality, a series and a crosswalk as a person asks for them."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from cli import crosswalk
from common.errors import InputError
from digidistrikt.series import GroupKind
from flows.settings import Settings
from tests.command import Done, digidistrikt
from warehouse import publish


def rows(done: Done) -> list[dict[str, str]]:
    assert done.returncode == 0, done.stderr
    return list(csv.DictReader(io.StringIO(done.stdout)))


@pytest.mark.parametrize(
    "words",
    [["municipality", "Ålesund"], ["series", "population", "--municipality", "1508"]],
    ids=lambda words: words[0],
)
def test_what_answers_at_once_imports_no_prefect_and_no_pandas(
    words: list[str], built: Settings
) -> None:
    code = (
        "import sys; from cli.main import app; "
        f"app({[*words, '--home', str(built.home)]!r}, standalone_mode=False); "
        "sys.exit(' '.join({'prefect', 'pandas'} & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("text", ["Ålesund", "1507", "1504", "Aalesund"])
def test_alesund_by_any_of_its_names_is_the_same_story(text: str, built: Settings) -> None:
    found = rows(digidistrikt("municipality", text, home=built.home))
    facts: dict[str, list[str]] = {}
    for row in found:
        facts.setdefault(row["fact"], []).append(row["code"])
    assert facts["name"] == ["1501", "1504", "1507", "1508"]
    assert facts["came_from"] == ["1531", "1523", "1529", "1534", "1546"]
    assert facts["went_into"] == ["1531", "1580"]
    detail = {row["fact"]: row["detail"] for row in found}
    assert (detail["centrality_class"], detail["county"]) == ("3", "Møre og Romsdal")
    assert detail["network"] == "Digi Møre og Romsdal: source_says_all_in_county (weak)"


def test_tysfjord_has_classes_and_networks_where_its_ground_is_today(built: Settings) -> None:
    found = rows(digidistrikt("municipality", "tysfjord", home=built.home))
    assert {row["code"] for row in found if row["fact"] == "kostra_group"} == {"1806", "1875"}
    [old, new] = [row for row in found if row["fact"] == "name"]
    assert (old["last_day"], new["last_day"]) == ("2011-12-31", "2019-12-31")
    assert new["name"] == "Tysfjord - Divtasvuodna"


def test_on_a_terminal_a_municipality_is_told_in_sections(built: Settings) -> None:
    done = digidistrikt("municipality", "Haram", "--format", "table", home=built.home)
    assert done.stdout.startswith("Haram, 1580 in Møre og Romsdal\n\nCodes and names\n")
    told = done.stdout.split("\n")
    for heading in ("Came from", "Went into", "Successors today", "Classes today", "Networks"):
        assert heading in told


def test_what_is_decided_for_the_future_is_told_of_a_municipality_today(built: Settings) -> None:
    found = rows(digidistrikt("municipality", "Vestvågøy", home=built.home))
    [decided] = [row for row in found if row["fact"] == "decided"]
    assert (decided["first_day"], decided["detail"]) == (
        "2028-01-01",
        "merger with Moskenes into Vest-Lofoten (king in council, 2025-09-12)",
    )
    told = digidistrikt("municipality", "Moskenes", "--format", "table", home=built.home).stdout
    assert "merger with Vestvågøy" in told


def test_on_a_terminal_of_80_columns_no_cell_of_a_municipality_is_broken(built: Settings) -> None:
    done = digidistrikt("municipality", "Rana", "--format", "table", home=built.home)
    assert "source_says_all_in_county" in done.stdout
    networks = done.stdout.split("\nNetworks\n")[1]
    assert networks.split("\n")[0].split() == ["network", "first", "day", "basis", "evidence"]


def test_on_a_terminal_of_80_columns_a_crosswalk_has_its_weights(built: Settings) -> None:
    words = ["crosswalk", "--from", "2024", "--to", "2019", "--format", "table"]
    told = digidistrikt(*words, home=built.home).stdout.split("\n")
    assert told[0] == "Where the municipalities of 2024 lie in those of 2019"
    assert told[1].split() == ["from_code", "from_name", "to_code", "to_name", "weight"]
    assert any(line.split() == ["1103", "Stavanger", "1141", "Finnøy", "0.023"] for line in told)


def test_a_series_is_on_the_division_asked_for(built: Settings) -> None:
    words = ["series", "population", "--division", "2019", "--municipality", "Haram"]
    found = {row["period"]: row for row in rows(digidistrikt(*words, home=built.home))}
    assert {row["municipality_code"] for row in found.values()} == {"1534"}
    assert (found["2016"]["value"], found["2016"]["quality"]) == ("9200", "reported")
    assert (found["2024"]["value"], found["2024"]["quality"]) == ("9357", "recoded")
    assert found["2022"]["quality"] == "split_estimated"
    assert json.loads(found["2022"]["reported_codes"]) == ["1507"]


def test_an_estimate_of_persons_is_shown_to_people_in_whole_ones_with_its_flag(
    built: Settings,
) -> None:
    words = ["series", "population", "--division", "2019", "--municipality", "Haram"]
    exact = {row["period"]: row for row in rows(digidistrikt(*words, home=built.home))}["2022"]
    assert "." in exact["value"]
    shown = digidistrikt(*words, "--format", "table", home=built.home).stdout
    [line] = [line.split() for line in shown.splitlines() if " 2022 " in line]
    assert line[-2:] == [str(round(float(exact["value"]))), "split_estimated"]


def test_without_a_division_a_series_is_on_todays(built: Settings) -> None:
    found = rows(digidistrikt("series", "nurses_fte", home=built.home))
    assert len({row["municipality_code"] for row in found}) == 357
    assert {row["division_year"] for row in found} == {"2026"}


def test_a_series_of_groups_says_of_how_many_the_figures_are_known(built: Settings) -> None:
    found = rows(digidistrikt("series", "population", "--by", "county", home=built.home))
    nordland = {row["period"]: row for row in found if row["group_name"] == "Nordland"}
    assert (nordland["2026"]["value"], nordland["2026"]["municipalities_known"]) == ("243272", "41")
    assert (nordland["2010"]["value"], nordland["2010"]["municipalities_known"]) == ("", "39")
    assert "39 of 41 municipalities" in nordland["2010"]["missing_reason"]


def test_groups_can_be_asked_for_by_every_kind_there_is(built: Settings) -> None:
    with publish.reading(built.warehouse) as con:
        kinds = con.execute("select distinct kind from core.group_member").fetchall()
    assert {kind for (kind,) in kinds} == set(GroupKind)


def test_what_a_series_gives_is_described_like_a_table(built: Settings) -> None:
    found = rows(digidistrikt("describe", "series", home=built.home))
    types = {row["column_name"]: row["data_type"] for row in found}
    assert (types["division_year"], types["reported_codes"]) == ("INTEGER", "VARCHAR[]")
    told = digidistrikt("describe", "series", "-f", "table", home=built.home).stdout
    assert told.startswith("mart.series(indicator, division): one row: an indicator of a")


def test_a_crosswalk_is_written_and_found_sound_again(built: Settings, tmp_path: Path) -> None:
    file = tmp_path / "crosswalk.csv"
    words = ["crosswalk", "--from", "2019", "--to", "2024", "-o", str(file)]
    assert digidistrikt(*words, home=built.home).returncode == 0
    written = list(csv.DictReader(file.open(encoding="utf-8")))
    assert len({row["from_code"] for row in written}) == 422
    assert len({row["to_code"] for row in written}) == 357
    haram = [row for row in written if row["from_code"] == "1534"]
    assert [(row["to_name"], row["relation"]) for row in haram] == [("Haram", "one-to-one")]
    checked = digidistrikt("crosswalk", "check", str(file), home=built.home)
    assert (checked.returncode, checked.stderr) == (0, "")


def test_every_fault_of_a_crosswalk_file_is_told_at_once(built: Settings, tmp_path: Path) -> None:
    file = tmp_path / "made_up.csv"
    file.write_text(
        "from_code;from_date;to_code;to_date;weight\n"
        "1850;2019-01-01;1806;2024-01-01;0,5\n"
        "1850;2019-01-01;1875;2024-01-01;0,4\n"
        "301;2019-01-01;0301;2024-01-01;1\n"
        "1534;2019-01-01;1580;2024;1\n"
        "1504;2019-01-01;1508;2024-01-01;all\n"
        "1523;2019-01-01;1508;2024-01-01;1\n"
        "1523;2019-01-01;1508;2024-01-01;1\n"
        "1507;2019-01-01;1508;2024-01-01;1\n",
        encoding="utf-8",
    )
    done = digidistrikt("crosswalk", "check", str(file), home=built.home)
    assert done.returncode == 5
    assert done.stdout.splitlines() == [
        "made_up.csv, row 4: No municipality has the code '301' on 2019-01-01; the nearest code"
        " is 0301 Oslo.",
        "made_up.csv, row 5: to_date is '2024', not a day such as 2024-01-01; write the first day"
        " of the year whose codes they are.",
        "made_up.csv, row 6: weight is 'all'; write a share from 0 to 1, such as 0.35.",
        "made_up.csv, row 8: 1523 to 1508 stands in the file already; leave one of the two out.",
        "made_up.csv, row 9: 1507 Ålesund is in force from 2020-01-01 to 2023-12-31, not on"
        " 2019-01-01; its ground lies then in 1504 Ålesund, 1534 Haram, 1529 Skodje, 1523 Ørskog"
        " and 1546 Sandøy.",
        "made_up.csv: The weights of 1850 from 2019-01-01 to 2024-01-01 add to 0.9, not to 1.",
    ]


def test_weights_nobody_knows_may_be_empty_but_not_some_of_them(
    built: Settings, tmp_path: Path
) -> None:
    head = "from_code,from_date,to_code,to_date,weight\n"
    to_narvik, to_hamaroy = "1850,2019-01-01,1806,2024-01-01,", "1850,2019-01-01,1875,2024-01-01,"
    file = tmp_path / "made_up.csv"
    with publish.reading(built.warehouse) as con:
        file.write_text(f"{head}{to_narvik}\n{to_hamaroy}\n", encoding="utf-8")
        faults, remarks = crosswalk.check(con, file)
        assert faults == []
        assert [remark.partition(": ")[2] for remark in remarks[:1]] == [
            "weight is empty; the published share is 0.4926 (population 1 January 2016, divided by"
            " that of 2020)."
        ]
        file.write_text(f"{head}{to_narvik}0.5\n{to_hamaroy}\n", encoding="utf-8")
        [fault], _ = crosswalk.check(con, file)
    assert "are in part empty" in fault


def checked(built: Settings, folder: Path, *rows: str) -> tuple[list[str], list[str]]:
    file = folder / "made_up.csv"
    file.write_text("\n".join(["from_code,from_date,to_code,to_date,weight", *rows]), "utf-8")
    with publish.reading(built.warehouse) as con:
        return crosswalk.check(con, file)


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (
            "3001,2020-01-01,1103,2024-01-01,1",
            "3001 Halden of 2020-01-01 has no ground in 1103 Stavanger of 2024-01-01; it lies in"
            " 3101 Halden of 2024-01-01.",
        ),
        (
            "0716,2019-01-01,3903,2024-01-01,1",
            "0716 Re of 2019-01-01 has no ground in 3903 Holmestrand of 2024-01-01; it lies in"
            " 3905 Tønsberg of 2024-01-01.",
        ),
        (
            "1580,2024-01-01,1504,2019-01-01,1",
            "1580 Haram of 2024-01-01 has no ground in 1504 Ålesund of 2019-01-01; it lies in"
            " 1534 Haram of 2019-01-01.",
        ),
    ],
    ids=["Halden to Stavanger", "Re to Holmestrand", "back to a neighbour"],
)
def test_places_that_share_no_ground_are_a_fault_of_a_crosswalk(
    built: Settings, tmp_path: Path, row: str, fault: str
) -> None:
    assert checked(built, tmp_path, row)[0] == [f"made_up.csv, row 2: {fault}"]


@pytest.mark.parametrize(
    "code_and_place",
    [("1534", "1580", "1534 Haram", "1580 Haram"), ("0101", "3101", "0101 Halden", "3101 Halden")],
)
def test_a_whole_municipality_can_not_be_halved(
    built: Settings, tmp_path: Path, code_and_place: tuple[str, str, str, str]
) -> None:
    code, place, name, place_name = code_and_place
    half = checked(built, tmp_path, f"{code},2019-01-01,{place},2024-01-01,0.5")[0]
    assert half == [
        f"made_up.csv, row 2: weight is 0.5, but all of {name} of 2019-01-01 lies in {place_name}"
        " of 2024-01-01; write 1.",
        f"made_up.csv: The weights of {code} from 2019-01-01 to 2024-01-01 add to 0.5, not to 1.",
    ]


@pytest.mark.parametrize(
    ("rows", "missing"),
    [
        (
            ["1850,2019-01-01,1806,2024-01-01,1"],
            "1850 Tysfjord - Divtasvuodna of 2019-01-01 lies in 1875 Hábmer - Hamarøy of 2024-01-01"
            " (50.7%, population 1 January 2016, divided by that of 2020) too",
        ),
        (
            ["1507,2020-01-01,1508,2024-01-01,1"],
            "1507 Ålesund of 2020-01-01 lies in 1580 Haram of 2024-01-01 (13.8%, population 1"
            " January 2024) too",
        ),
        (
            ["1507,2022-06-30,1580,2026-01-01,1"],
            "1507 Ålesund of 2022-06-30 lies in 1508 Ålesund of 2026-01-01 (86.2%, population 1"
            " January 2024) too",
        ),
    ],
)
def test_what_is_missing_of_a_municipality_is_a_fault(
    built: Settings, tmp_path: Path, rows: list[str], missing: str
) -> None:
    assert checked(built, tmp_path, *rows)[0] == [
        f"made_up.csv: {missing}, and the file has no row for it; add what is missing."
    ]


@pytest.mark.parametrize(
    ("shares", "told"), [((0.862, 0.138), 0), ((0.87, 0.13), 0), ((0.8, 0.2), 2), ((0, 1), 2)]
)
def test_a_share_far_from_the_published_one_is_told_with_what_that_rests_on(
    built: Settings, tmp_path: Path, shares: tuple[float, float], told: int
) -> None:
    faults, remarks = checked(
        built,
        tmp_path,
        f"1507,2020-01-01,1508,2024-01-01,{shares[0]}",
        f"1507,2020-01-01,1580,2024-01-01,{shares[1]}",
    )
    assert faults == []
    about_shares = [remark for remark in remarks if "weight is" in remark]
    assert len(about_shares) == told
    ours = "the published share is 0.8621 (population 1 January 2024). Say what yours is of."
    assert all(ours in remark for remark in about_shares[:1])


def test_municipalities_without_a_row_are_told(built: Settings, tmp_path: Path) -> None:
    faults, remarks = checked(built, tmp_path, "3001,2020-01-01,3101,2024-01-01,1")
    assert (faults, remarks) == (
        [],
        [
            "made_up.csv: from 2020-01-01 to 2024-01-01 there is no row for 0301 Oslo, 1101"
            " Eigersund, 1103 Stavanger and 352 more."
        ],
    )


def test_a_crosswalk_without_a_row_is_not_taken_for_a_sound_one(
    built: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "made_up.csv"
    file.write_text("from_code,from_date,to_code,to_date,weight\n", encoding="utf-8")
    with (
        publish.reading(built.warehouse) as con,
        pytest.raises(InputError, match=r"^made_up.csv: there is no row below the header"),
    ):
        crosswalk.check(con, file)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["municipality", "Herøy"], "1515 in Møre og Romsdal and 1818 in Nordland"),
        (["municipality", "Bø"], "0821 in Telemark until 2019 and 1867 in Nordland"),
        (["municipality", "Tromso"], "the nearest names are Tromsø"),
        (["municipality", "1509"], "the nearest codes are 1508 Ålesund"),
        (["municipality", ""], "A municipality is missing"),
        (["municipality", "15 07"], "the nearest code is 1507 Ålesund"),
        (["series", "populaton"], "the nearest are population, "),
        (["series", "population", "--division", "1950"], "the first year is 1964"),
        (["series", "population", "--division", "0"], "the first year is 1964"),
        (["series", "population", "--municipality", ""], "A municipality is missing"),
        (["series", "population", "--municipality", "1534"], "lies then in 1580 Haram"),
        (["series", "population", "--municipality", "Våler"], "is the name of 2 municipalities"),
        (
            ["series", "population", "--by", "kostra_group", "--division", "2019"],
            "groups by kostra_group are known of today's municipalities only",
        ),
        (["series", "population", "--by", "county", "--municipality", "1508"], "leave one out"),
        (["series", "population", "--members-on", "2024-06-01"], "add --by network"),
        (["series", "population", "--by", "network", "--members-on", "June"], "no such day"),
        (["crosswalk", "--from", "1950"], "the first year is 1964"),
        (["crosswalk", "--from", "0"], "the first year is 1964"),
        (["crosswalk", "--to", "0"], "the first year is 1964"),
        (["crosswalk", "check", "no-such-file.csv"], "there is no such file"),
        (["crosswalk", "check", "/dev/zero"], "this is a device, not an ordinary file"),
        (["select", "check", "/dev/zero"], "this is a device, not an ordinary file"),
        (["add", "/dev/zero", "--as", "endless"], "this is a device, not an ordinary file"),
    ],
    ids=lambda given: " ".join(given) if isinstance(given, list) else "",
)
def test_a_place_that_cannot_be_found_is_one_sentence_with_the_nearest(
    words: list[str], sentence: str, built: Settings
) -> None:
    done = digidistrikt(*words, home=built.home)
    assert done.returncode == 5, done.stderr
    assert sentence in done.stderr
    assert (done.stdout, done.stderr.count("\n")) == ("", 1)


def test_a_crosswalk_with_another_weight_is_not_told_that_every_row_can_be_used(
    built: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "made_up.csv"
    rows = "1507,2020-01-01,1508,2024-01-01,0.5\n1507,2020-01-01,1580,2024-01-01,0.5\n"
    file.write_text(f"from_code,from_date,to_code,to_date,weight\n{rows}", encoding="utf-8")
    crosswalk.crosswalk_check(file, built.home)
    said, notes = capsys.readouterr()
    assert "can be used" not in said
    assert "every row is on the map; read the 3 notes" in said
    assert "row 2: weight is 0.5; the published share is 0.8" in notes
