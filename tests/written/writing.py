"""A file with figures that are known, written as people do: in one of very many ways."""

import csv
import io
from dataclasses import dataclass, field
from random import Random
from typing import Any

import openpyxl

from tests.written import places

Figures = dict[tuple[str, str], float | None]
"""A figure for each code and period; None where it is missing."""

_MISSING = ("", ".", "..", ":", "-", "*", "<5", "n/a", "NA")
_FOOTERS = ("Kilde: SSB", "1) Tallene er foreløpige.", "Oppdatert 2025", "Statistisk sentralbyrå")
_TOTALS = ("Hele landet", "Sum", "I alt", "Totalt", "0 Hele landet", "EAK Landet", "Norge")
_CODE_HEADINGS = ("Kommunenr", "kommunenummer", "knr", "Kommunekode", "municipality_code", "kode")
_FIGURE_HEADINGS = ("Verdi", "Poeng", "value")
_NAME_HEADINGS = ("Kommune", "kommunenavn", "Navn", "municipality")


@dataclass
class Written:
    """A file, the figures that were meant, and how it was written."""

    content: bytes
    meant: Figures
    period: str | None = None
    values: tuple[str, ...] = ()
    style: dict[str, Any] = field(default_factory=dict)


def write(seed: int) -> Written:
    """One file, made by chance from a seed."""
    dice = Random(seed)  # noqa: S311 - by chance, not in secret
    division, years = dice.choice(
        ((2025, ["2024", "2025"]), (2025, ["2025"]), (2021, ["2020", "2021", "2022"]),
         (2018, ["2018", "2019"]), (2018, ["2018"]), (2019, ["2019"]))
    )  # fmt: skip
    codes = sorted(places.in_force(division))
    codes = dice.sample(codes, dice.randint(3, len(codes)))
    style = _style(dice, codes)
    if style["place"] == "name":
        codes = [code for code in codes if places.name_of(code) != "Herøy"]
    meant: Figures = {
        (code, year): None if dice.random() < style["gaps"] else _figure(dice, style["decimals"])
        for code in codes
        for year in years
    }
    period = None
    if style["shape"] == "bare":
        years, period = years[-1:], years[-1]
        meant = {key: value for key, value in meant.items() if key[1] == period}
    rows = _rows(dice, style, codes, years, meant)
    return Written(_packed(dice, style, rows), meant, period, _values(style, rows), style)


def _values(style: dict[str, Any], rows: list[list[Any]]) -> tuple[str, ...]:
    """The answer to what is asked where a column of years stands among the figures."""
    if style["shape"] != "long" or not style["year_beside"]:
        return ()
    return tuple(cell for row in rows for cell in row if cell in _FIGURE_HEADINGS)


def _style(dice: Random, codes: list[str]) -> dict[str, Any]:
    decimal = dice.choice((",", "."))
    return {
        "kind": dice.choice(("csv", "csv", "csv", "xlsx")),
        "delimiter": dice.choice((";", "\t", ",")),
        "encoding": dice.choice(("utf-8", "utf-8-sig", "cp1252", "utf-16")),
        "decimal": decimal,
        "thousands": dice.choice(("", "", " ", "\u2009", "\u00a0", "." if decimal == "," else ",")),
        "decimals": dice.choice((0, 0, 1, 2, 3)),
        "place": dice.choice(("code", "code", "name", "both", "cell", "cell")),
        "code_form": dice.choice(("{}", "{}", "K-{}", "float")),
        "cell_form": dice.choice(("{code} {name}", "K-{code} {name}", "{code} - {name}",
                                  "{name} ({code})")),
        "shape": dice.choice(("wide", "wide", "long", "bare", "grouped", "measured")),
        "blocks": dice.random() < 0.3,
        "index": dice.choice(("", "", "", "pandas", "R")),
        "blank_corner": dice.random() < 0.15,
        "titles": dice.choice((0, 0, 1, 2)),
        "total": dice.choice(("", "", "first", "last")),
        "footers": dice.choice((0, 0, 1, 3)),
        "gaps": dice.choice((0, 0.1, 0.4)),
        "marks": dice.random() < 0.1,
        "shuffled": dice.random() < 0.3,
        "year_beside": dice.random() < 0.15,
        "upper": dice.random() < 0.1,
    }  # fmt: skip


def _figure(dice: Random, decimals: int) -> float:
    size = dice.choice((10, 1_000, 900_000, 3_000_000))
    return round(dice.uniform(-0.05 * size, size), decimals)


_Columns = list[tuple[str, str, list[Any]]]
"""The heading above, the heading, and the cells of each column."""


def _rows(
    dice: Random, style: dict[str, Any], codes: list[str], years: list[str], meant: Figures
) -> list[list[Any]]:
    """The rows of the file, cells as text, or numbers in a workbook."""
    long = [(code, year) for code in codes for year in years] if style["shape"] == "long" else []
    of_rows = [code for code, _ in long] or codes
    place = _place_columns(dice, style, of_rows)
    if long and style["blocks"]:
        for *_, cells in place:
            cells[:] = [
                "" if row and of_rows[row] == of_rows[row - 1] else cell
                for row, cell in enumerate(cells)
            ]
    columns = _long(dice, style, long, meant) if long else _wide(dice, style, codes, years, meant)
    if style["year_beside"] and style["shape"] != "bare":
        columns.append(("", "Plan vedtatt", [str(dice.randint(2018, 2025)) for _ in of_rows]))
    if style["shuffled"]:
        dice.shuffle(columns)
        columns.sort(key=lambda column: column[0] == "")  # a group stays together
    columns = [*place, *columns]
    if style["index"]:
        first = 0 if style["index"] == "pandas" else 1
        columns.insert(0, ("", "", [str(first + number) for number in range(len(of_rows))]))
    body = [list(cells) for cells in zip(*(cells for *_, cells in columns), strict=True)]
    if style["total"] and not long:
        total = _total(dice, style, len(columns), len(place))
        body = [total, *body] if style["total"] == "first" else [*body, total]
    width = len(columns)
    notes = [[note, *[""] * (width - 1)] for note in _FOOTERS[: style["footers"]]]
    return [*_above(style, columns), *body, *([[""] * width] if notes else []), *notes]


def _long(
    dice: Random, style: dict[str, Any], keys: list[tuple[str, str]], meant: Figures
) -> _Columns:
    periods = ("", dice.choice(("År", "aar", "year", "Periode")), [year for _, year in keys])
    cells = [_said(dice, style, meant[key]) for key in keys]
    return [periods, ("", dice.choice(_FIGURE_HEADINGS), cells)]


def _wide(
    dice: Random, style: dict[str, Any], codes: list[str], years: list[str], meant: Figures
) -> _Columns:
    shape = style["shape"]
    above = "Plasser (antall)" if shape == "grouped" else ""
    columns = []
    for year in years:
        heading = {"wide": year, "grouped": year, "bare": "Poeng"}.get(shape, f"Poeng {year}")
        columns.append((above, heading, [_said(dice, style, meant[code, year]) for code in codes]))
    return columns


def _above(style: dict[str, Any], columns: _Columns) -> list[list[Any]]:
    """Titles and header."""
    width = len(columns)
    title = ["07459: Oppdiktede tall, etter region", *[""] * (width - 1)]
    rows: list[list[Any]] = [title] * style["titles"]
    if style["titles"] == 2:
        rows.append([""] * width)
    groups = [above for above, *_ in columns]
    if any(groups):
        pairs = zip(groups, ["", *groups], strict=False)
        rows.append([above if above != before else "" for above, before in pairs])
    return [*rows, [heading for _, heading, _ in columns]]


def _total(dice: Random, style: dict[str, Any], width: int, places_wide: int) -> list[Any]:
    at = 1 if style["index"] else 0
    total: list[Any] = [""] * width
    for number in range(at + places_wide, width):
        total[number] = _said(dice, style, 1234567.0)
    total[at] = dice.choice(_TOTALS)
    return total


def _place_columns(
    dice: Random, style: dict[str, Any], codes: list[str]
) -> list[tuple[str, str, list[Any]]]:
    form = style["code_form"]
    written: list[Any] = []
    for code in codes:
        if form != "float":
            written.append(form.format(code))
        elif style["kind"] == "xlsx":
            written.append(int(code))
        else:
            written.append(f"{int(code)}.0")
    names = [places.name_of(code) for code in codes]
    if style["upper"]:
        names = [name.upper() for name in names]
    blank = style["blank_corner"]
    code_heading, name_heading = dice.choice(_CODE_HEADINGS), dice.choice(_NAME_HEADINGS)
    if style["place"] == "code":
        return [("", "" if blank else code_heading, written)]
    if style["place"] == "name":
        return [("", "" if blank else name_heading, names)]
    if style["place"] == "both":
        return [("", code_heading, written), ("", name_heading, names)]
    cells = [
        style["cell_form"].format(code=code, name=name)
        for code, name in zip(codes, names, strict=True)
    ]
    return [("", "" if blank else dice.choice(("region", "Kommune", "Region")), cells)]


def _said(dice: Random, style: dict[str, Any], value: float | None) -> Any:
    if value is None:
        return dice.choice(_MISSING)
    if style["kind"] == "xlsx" and dice.random() < 0.9:
        return value if style["decimals"] else int(value)
    text = f"{value:,.{style['decimals']}f}"
    text = text.replace(",", "T").replace(".", style["decimal"]).replace("T", style["thousands"])
    return text + "*" if style["marks"] and dice.random() < 0.3 else text


def _packed(dice: Random, style: dict[str, Any], rows: list[list[Any]]) -> bytes:
    if style["kind"] == "xlsx":
        workbook = openpyxl.Workbook()
        for row in rows:
            workbook.active.append([None if cell == "" else cell for cell in row])
        workbook.save(packed := io.BytesIO())
        return packed.getvalue()
    text = io.StringIO()
    csv.writer(text, delimiter=style["delimiter"]).writerows(rows)
    try:
        return text.getvalue().encode(style["encoding"])
    except UnicodeEncodeError:  # a thin space is not in Windows-1252
        return text.getvalue().encode("utf-8")
