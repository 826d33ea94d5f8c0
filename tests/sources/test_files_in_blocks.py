"""Files whose region or year stands once, in the first row of each block."""

from typing import Any

import pytest

from tests.written.reading import read_file, workbook

STATBANK = [
    ["12345: Plasser, etter region, kjønn og år"],
    [],
    [None, None, None, "Plasser (antall)"],
    ["0 Hele landet", "Menn", "2024", 100],
    [None, None, "2025", 101],
    [None, "Kvinner", "2024", 102],
    [None, None, "2025", 103],
    ["0301 Oslo", "Menn", "2024", 1],
    [None, None, "2025", 2],
    [None, "Kvinner", "2024", 3],
    [None, None, "2025", 4],
    ["1804 Bodø", "Menn", "2024", 5],
    [None, None, "2025", 6],
    [None, "Kvinner", "2024", 7],
    [None, None, "2025", ".."],
    [],
    ["Kilde:"],
    ["Statistisk sentralbyrå"],
]
MERGED = ("A4:A7", "A8:A11", "A12:A15", "B4:B5", "B6:B7", "B8:B9", "B10:B11", "B12:B13")


@pytest.mark.parametrize("merged", [(), MERGED], ids=["empty cells", "merged cells"])
def test_the_long_layout_of_the_statistics_bank_is_read_without_an_option(
    merged: tuple[str, ...],
) -> None:
    figures, refused, _ = read_file(workbook(*STATBANK, merged=merged))
    assert figures == [
        ("x_kvinner", "0301", "2024", 3, None),
        ("x_kvinner", "0301", "2025", 4, None),
        ("x_kvinner", "1804", "2024", 7, None),
        ("x_kvinner", "1804", "2025", None, ".."),
        ("x_menn", "0301", "2024", 1, None),
        ("x_menn", "0301", "2025", 2, None),
        ("x_menn", "1804", "2024", 5, None),
        ("x_menn", "1804", "2025", 6, None),
    ]
    assert [row for row, _ in refused] == [4, 5, 6, 7, 17, 18]


OSLO_AND_BODO = [("0301", "2024", 1), ("0301", "2025", 2), ("1804", "2024", 3), ("1804", "2025", 4)]


@pytest.mark.parametrize(
    "content",
    [
        "region;år;verdi\n0301 Oslo;2024;1\n;2025;2\n1804 Bodø;2024;3\n;2025;4\n",
        "nr;kommune;år;verdi\n0301;Oslo;2024;1\n;;2025;2\n1804;Bodø;2024;3\n;;2025;4\n",
        "nr;kommune;år;verdi\n0301;Oslo;2024;1\n0301;;2025;2\n1804;Bodø;2024;3\n1804;;2025;4\n",
        "Kommunenr;verdi;år\n0301;1;2024\n;2;2025\n1804;3;2024\n;4;2025\n",
        ";nr;år;verdi\n1;0301;2024;1\n2;;2025;2\n3;1804;2024;3\n4;;2025;4\nKilde: SSB;;;\n",
        ";nr;år;verdi\n1;0301;2024;1\n2;0301;2025;2\n3;1804;2024;3\n4;1804;2025;4\nKilde: SSB;;;\n",
        "År;Kommune;verdi\n2024;Oslo;1\n;Bodø;3\n2025;Oslo;2\n;Bodø;4\n",
        ";;Antall\n2024;Oslo;1\n;Bodø;3\n2025;Oslo;2\n;Bodø;4\n",
        "region;år;verdi\n0 Landet;2024;9\n;2025;9\n0301 Oslo;2024;1\n;2025;2\n1804 Bodø;2024;3\n"
        ";2025;4\nKilde: SSB;;\n",
    ],
    ids=[
        "code and name",
        "two columns",
        "names alone",
        "figures first",
        "numbered",
        "no blocks and a note",
        "years",
        "no headings",
        "country first",
    ],
)
def test_an_empty_cell_in_a_block_is_as_the_one_above(content: str) -> None:
    assert [row[1:4] for row in read_file(content)[0]] == OSLO_AND_BODO


def test_a_block_may_lack_a_row_that_most_have() -> None:
    figures = read_file(
        "region;år;verdi\n0301 Oslo;2023;1\n;2024;2\n;2025;3\n1804 Bodø;2024;4\n;2025;5\n"
        "1103 Stavanger;2023;6\n;2025;7\n"
    )[0]
    assert [row[1:4] for row in figures if row[1] != "0301"] == [
        ("1103", "2023", 6), ("1103", "2025", 7), ("1804", "2024", 4), ("1804", "2025", 5),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "hints", "rows"),
    [
        ("Kommune;2024;2025\nOslo;1;2\nBodø;3;4\n;5;6\n", {}, [4]),
        ("Kommune;Merknad;2025\nOslo;god;2\nBodø;god;4\n;ukjent;6\n", {}, [4]),
        ("Kommune;Merknad;2025\nOslo;god;2\nBodø;svak;4\n;god;6\n", {}, [4]),
        ("Kommune;år;verdi\nOslo;2025;2\nBodø;2025;4\n;2025;6\n", {}, [4]),
        ("region;år;verdi\nOslo;2024;1\n;2025;2\nBodø;2024;3\n;2025;4\n;Sum;9\n", {}, [3, 5, 6]),
        ("kommunenr;kjønn;2025\n0301;alle;2\n1804;alle;4\n;alle;6\n", {}, [4]),
    ],
)
def test_a_row_that_may_be_of_no_municipality_is_not_given_to_the_one_above(
    content: str, hints: dict[str, Any], rows: list[int]
) -> None:
    figures, refused, _ = read_file(content, **hints)
    assert [row for row, _ in refused] == rows
    assert {row[3] for row in figures} <= {1, 2, 3, 4}
