"""Corrections of published errors: each a reasoned entry, refused by line where it is not."""

from datetime import date
from pathlib import Path

import pytest

from common.errors import InputError
from sources import catalogue, corrections, files, jsonstat
from sources.http import Request, Upstream
from sources.statbank import plan

GOOD = """\
corrections:
  - id: first
    tables: [ssb_07459]
    codes: [K-1580, K-1806]
    periods: ["2020", "2023"]
    published: 0
    why: made up for a test
    source: nobody
"""
SECOND = GOOD.removeprefix("corrections:\n").replace("id: first", "id: second")


def written(folder: Path, text: str) -> Path:
    path = folder / "invented.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_an_entry_becomes_a_row_for_each_table_and_code(tmp_path: Path) -> None:
    rows = corrections.load(written(tmp_path, GOOD)).to_pylist()
    assert [(row["table_id"], row["reported_code"]) for row in rows] == [
        ("ssb_07459", "K-1580"),
        ("ssb_07459", "K-1806"),
    ]
    assert {(row["first_period"], row["last_period"], row["published"]) for row in rows} == {
        ("2020", "2023", 0)
    }


@pytest.mark.parametrize(
    ("before", "after", "line", "fault"),
    [
        ("    source: nobody\n", "", 2, "corrections.0.source: this is missing"),
        ("why: made up for a test", 'why: ""', 7, "corrections.0.why: String should have at least"),
        ("published: 0", "published: nil", 6, "corrections.0.published: Input should be a valid n"),
        (
            'periods: ["2020", "2023"]',
            "periods: [2020, 2023]",
            5,
            "periods.0: this must be text; write it in quotes, '2020'",
        ),
        ('["2020", "2023"]', '["2023", "2020"]', 2, "the first and the last, in this order"),
        ("codes: [K-1580, K-1806]", "codes: []", 4, "corrections.0.codes: Tuple should have at"),
        (
            "published: 0",
            "published: 0\n    publishd: 1",
            7,
            "corrections.0.publishd: there is no such entry",
        ),
        ("corrections:\n", "correction:\n", 1, "corrections: this is missing"),
    ],
)
def test_an_entry_that_does_not_fit_is_refused_by_line(
    tmp_path: Path, before: str, after: str, line: int, fault: str
) -> None:
    assert before in GOOD
    with pytest.raises(InputError, match=rf"^invented\.yaml, line {line}: .*{fault}"):
        corrections.load(written(tmp_path, GOOD.replace(before, after)))


@pytest.mark.parametrize(
    "second",
    [
        SECOND,
        SECOND.replace("K-1580, ", "").replace('"2020", "2023"', '"2023", "2024"'),
        SECOND.replace("id: second", "id: first").replace("K-1580, K-1806", "K-9999"),
    ],
)
def test_two_corrections_of_one_figure_or_of_one_id_are_refused(
    tmp_path: Path, second: str
) -> None:
    with pytest.raises(InputError, match=r"invented\.yaml, line 9: .*'first' before it"):
        corrections.load(written(tmp_path, GOOD + second))


@pytest.mark.parametrize(
    "second",
    [
        SECOND.replace('"2020", "2023"', '"2024", "2024"'),
        SECOND.replace("ssb_07459", "ssb_14534"),
        SECOND.replace("K-1580, K-1806", "K-1508"),
    ],
)
def test_corrections_of_different_figures_stand_beside_each_other(
    tmp_path: Path, second: str
) -> None:
    assert len(corrections.load(written(tmp_path, GOOD + second))) in {3, 4}


# --- the corrections that ship -------------------------------------------------------------


def test_each_shipped_correction_is_of_figures_that_are_published_so(tmp_path: Path) -> None:
    entries = catalogue.load()
    with Upstream("recorded", budget=tmp_path / "requests.sqlite") as upstream:
        [request] = [
            planned.request
            for planned in plan(entries, entries.table_by_id["ssb_07459"], upstream)
            if planned.division == "current"
        ]
        rows = jsonstat.read(upstream.fetch(request).content).table().to_pylist()
    published = {(row["Region"], row["Tid"]): row["value"] for row in rows}
    for entry in corrections.load().to_pylist():
        table = entries.table_by_id[entry["table_id"]]
        if table.layout:
            request = Request(f"file:{table.layout.file}")
            reply = files.from_disk(request, table, date(2026, 6, 1))
            told = files.read(entries, table, reply, lambda names, on: [])["observation"]
            assert entry["published"] in [
                row["value"]
                for row in told.to_pylist()
                if row["reported_code"] == entry["reported_code"]
                and entry["first_period"] <= row["period"] <= entry["last_period"]
            ]
            continue
        first, last = int(entry["first_period"]), int(entry["last_period"])
        found = {published[entry["reported_code"], str(year)] for year in range(first, last + 1)}
        assert found == {entry["published"]}
        assert published[entry["reported_code"], str(last + 1)] > 0
