"""Which column says what municipality a row is about: by evidence, and asked where it is weak."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from common.errors import InputError
from common.tabular.grid import Grid
from common.tabular.numerals import is_number
from sources.infer.columns import Columns, read_columns
from sources.infer.hints import Hints, Known, Question
from sources.infer.words import (
    CODE_WORDS,
    COUNTY_WORDS,
    LOST_LETTERS,
    NEAR_CODE,
    OTHER_CODE_WORDS,
    OTHER_PLACE_WORDS,
    is_code_heading,
    is_name_heading,
    is_period_heading,
    plain,
)
from sources.municipal_cells import code_and_name, other_body
from sources.periods import in_heading, period_of

CODE, NAME, COUNTY = "municipality code", "municipality name", "county of the name"
OTHER_CODE = "other municipality code"
_NEARLY_ALL = 0.9
_NONE, _WEAK, _FAIR, _STRONG = range(4)
_SAYS_CODES = re.compile(r"kod|code|nummer|number|region|geo")
_YEARS_LIKE_CODES = range(1900, 2101)


@dataclass(frozen=True)
class _Candidate:
    """A column that may hold municipalities: how many cells do, their share, the first row."""

    place: int
    kind: str
    count: int
    share: float
    first: int


def find_places(grid: Grid, file: str, hints: Hints, known: Known) -> Columns:
    """The columns, one of them taken for codes or names of municipalities (or one for each).

    Raises InputError where no column holds any, and a Question where it is uncertain which does.
    """
    if hints.code or hints.name:
        return _columns_named(grid, file, hints, known)
    width = max((len(cells) for _, cells in grid.rows[hints.skip_rows or 0 :]), default=0)
    candidates = [one for one in _candidates(grid, known) if one.place < width]
    if _are_turned(grid, candidates):
        raise _nothing_found(grid, file, [], known, hints)
    both = [one for one in candidates if one.kind == "both" and one.share >= 0.5]
    if both:
        best = max(both, key=lambda one: one.count)
        columns = read_columns(grid, file, best.place, hints, known)
        why = f"{best.count} cells hold a code and its name"
        columns.take(columns.names[best.place], CODE, why)
        return _with_county(columns)
    name = _name_column(grid, file, candidates, hints, known)
    codes = [one for one in candidates if one.kind == "code" and one.share >= 0.5]
    rated = []
    for one in codes:
        columns = read_columns(grid, file, one.place, hints, known)
        rated.append((columns, one, *_code_evidence(columns, one, name, known, hints)))
    strongest = max((strength for *_, strength in rated), default=_NONE)
    if strongest >= _FAIR:
        accepted = [(found, one, why) for found, one, why, level in rated if level == strongest]
        return _with_county(_take_code(accepted, name, known, hints))
    if name is None:
        doubtful = [
            (columns.names[one.place], why)
            for columns, one, why, strength in rated
            if strength == _WEAK
        ]
        raise _nothing_found(grid, file, doubtful, known, hints)
    columns = read_columns(grid, file, name.place, hints, known)
    _ask_about_other_kinds_of_places(columns, columns.names[name.place], known)
    columns.take(columns.names[name.place], NAME, f"{name.count} cells are names of municipalities")
    return _with_county(columns)


def _ask_about_other_kinds_of_places(columns: Columns, name: str, known: Known) -> None:
    """Raises a Question where names are of towns or regions that are called as municipalities are.

    Their heading says it, or codes beside them that are no municipality's.
    """
    heading = columns.heading_of(name)
    why = "by its heading it is of other places" if _is_of_others(heading) else ""
    for beside, cells in columns.cells.items():
        codes = [cell for cell in cells if re.fullmatch(r"[0-9]{4}(\.0)?", cell)]
        strange = [cell for cell in codes if cell[:4] not in known.ever]
        headed = plain(columns.heading_of(beside))
        if len(strange) * 2 > len(cells) and _SAYS_CODES.search(headed):
            why = f"'{strange[0]}' in '{beside}' is no municipality's code"
    if why:
        raise Question(
            f"{columns.file}: '{name}' holds names of municipalities, but {why}; if the figures are"
            f" the municipalities', say --name '{name}'.",
            "name",
            (name,),
        )


def _is_of_others(heading: str) -> bool:
    return OTHER_PLACE_WORDS.fullmatch(plain(heading)) is not None


def _columns_named(grid: Grid, file: str, hints: Hints, known: Known) -> Columns:
    """The columns the researcher names; where they stand decides where the header ends."""
    first = max(_candidates(grid, known), key=lambda one: one.count, default=None)
    wished = (cells.index(wish) for wish in (hints.code, hints.name) for _, cells in grid.rows[:30]
              if wish in cells)  # fmt: skip
    place = next(wished, first.place if first else 0)
    columns = read_columns(grid, file, place, hints, known)
    for wish, what in ((hints.code, CODE), (hints.name, NAME), (hints.county, COUNTY)):
        if wish is not None:
            columns.take(columns.find(wish), what, "as you said")
    if not (hints.code and hints.name) and not hints.name_pattern and not hints.names_on:
        _take_other(columns, CODE if hints.code else NAME, known)
    return columns if hints.county else _with_county(columns)


def _take_other(columns: Columns, text: str, known: Known) -> None:
    """Takes the column of names beside the codes that were named, or of codes beside the names.

    It is held against the one that was named; where most rows are of two municipalities, or only
    some rows have both, the one that was named stands alone.
    """
    named = columns.cells[columns.taken_as(text) or ""]
    found = []
    for name in columns.free():
        if is_period_heading(columns.heading_of(name)):
            continue
        cells = columns.cells[name]
        codes, names = (named, cells) if text == CODE else (cells, named)
        agree, compared = _agreement(codes, names, known)
        whole = sum(bool(known.kind(cell)) for cell in named)
        if agree * 2 > compared and (text == CODE or compared == whole):
            found.append(name)
    if len(found) == 1:
        columns.take(
            found[0], NAME if text == CODE else CODE, f"held against '{columns.taken_as(text)}'"
        )


def _candidates(grid: Grid, known: Known) -> Iterator[_Candidate]:
    """Columns with municipalities, by kind; the share is of the cells between first and last."""
    width = max((len(cells) for _, cells in grid.rows), default=0)
    figures = [sum(_is_figure(cell) for cell in cells) for _, cells in grid.rows]
    for place in range(width):
        column = [cells[place] if place < len(cells) else "" for _, cells in grid.rows]
        kinds = [known.kind(cell) if cell else "" for cell in column]
        for kind in ("both", "code", "name"):
            found = [at for at, other in enumerate(kinds) if other == kind]
            if not found:
                continue
            # a code may be a year in a heading: what stands below it counts
            body = column[found[0] : None if kind == "code" else found[-1] + 1]
            if kind == "name":  # so do all rows with figures, whatever they are about
                outside = [*range(found[0]), *range(found[-1] + 1, len(column))]
                body += [column[at] for at in outside if figures[at] > _is_figure(column[at])]
            texts = [
                cell
                for cell in body
                if cell and not (other_body(cell) and (kind != "code" or not is_number(cell)))
            ]
            yield _Candidate(place, kind, len(found), len(found) / max(len(texts), 1), found[0])


def _is_figure(cell: str) -> bool:
    return is_number(cell) and not period_of(cell)


def _are_turned(grid: Grid, candidates: Sequence[_Candidate]) -> bool:
    """Whether the only names are several in one row above others: municipalities as headings."""
    named = [one for one in candidates if one.kind != "code"]
    return (
        len(named) > 1
        and all(one.count == 1 for one in named)
        and len(grid.rows) > 2
        and (len({one.first for one in named}) == 1 and named[0].first < len(grid.rows) - 1)
    )


def _name_column(
    grid: Grid, file: str, candidates: Sequence[_Candidate], hints: Hints, known: Known
) -> _Candidate | None:
    """The column headed as names, else the one with most; asked where two are as good."""
    found = [one for one in candidates if one.kind == "name" and one.share >= 0.5]
    rated = []
    for one in found:
        columns = read_columns(grid, file, one.place, hints, known)
        heading = plain(columns.headings[one.place])
        if not COUNTY_WORDS.fullmatch(heading):
            is_headed = is_name_heading(columns.headings[one.place])
            rated.append((is_headed, one, columns.names[one.place]))
    if not rated:
        return None
    rated.sort(key=lambda each: (not each[0], -each[1].count))
    best = rated[0]
    rivals = [
        each for each in rated[1:] if each[0] == best[0] and each[1].count * 2 > best[1].count
    ]
    if rivals:
        names = (best[2], *(each[2] for each in rivals))
        raise Question(
            f"{file}: the columns {' and '.join(names)} hold names of municipalities; say which"
            " the figures are about: --name COLUMN.",
            "name",
            names,
        )
    return best[1]


def _code_evidence(
    columns: Columns, one: _Candidate, name: _Candidate | None, known: Known, hints: Hints
) -> tuple[str, int]:
    """Why a column holds codes, and how strong the evidence is: none, weak, fair or strong."""
    cells = columns.cells[columns.names[one.place]]
    heading = columns.headings[one.place]
    if is_period_heading(heading) or period_of(heading):
        return "", _NONE
    is_headed = is_code_heading(heading)
    texts = [cell for cell in cells if cell and not other_body(cell)]
    if one.count * 2 < len(texts) or (in_heading(heading) and not is_headed):
        return "", _NONE
    if name is not None:
        agree, compared = _agreement(cells, columns.cells[columns.names[name.place]], known)
        if agree >= _NEARLY_ALL * compared > 0:
            return f"{agree} of {compared} codes belong to the name beside them", _STRONG
        if is_headed and agree * 2 < compared:
            raise Question(
                f"{columns.file}: '{heading}' holds other municipalities than"
                f" '{columns.names[name.place]}' in {compared - agree} of {compared} rows; say"
                " which counts: --code COLUMN or --name COLUMN.",
                "code",
                (columns.names[one.place],),
            )
        if is_headed and compared:
            return f"its heading, and {agree} of {compared} codes fit the name beside", _STRONG
        if compared:
            return "", _NONE
    return _evidence_of_cells(columns, one, cells, is_headed, hints, known)


def _evidence_of_cells(
    columns: Columns,
    one: _Candidate,
    cells: Sequence[str],
    is_headed: bool,
    hints: Hints,
    known: Known,
) -> tuple[str, int]:
    """The evidence of a column that has no names beside it."""
    if OTHER_CODE_WORDS.fullmatch(plain(columns.headings[one.place])):
        return "by its heading they are of something else", _WEAK
    if is_headed:
        return f"its heading, and {one.count} cells are codes", _STRONG
    codes = [code for cell in cells if (code := code_and_name(cell)[0])]
    if all(int(code) in _YEARS_LIKE_CODES for code in codes):
        return "its cells may be years", _WEAK
    in_force = max(
        (sum(code in known.in_force(year) for code in codes), year)
        for year in file_years(columns, hints) or [known.today.year]
    )
    if CODE_WORDS.fullmatch(plain(columns.headings[one.place])):  # `nr`: blocks have empty cells
        cells = [cell for cell in cells if cell]
    if len(set(codes)) > 1 and in_force[0] >= _NEARLY_ALL * len(cells):
        return f"{in_force[0]} of {len(cells)} cells are codes in force in {in_force[1]}", _FAIR
    return "its heading does not say what it holds", _WEAK


def _agreement(codes: Sequence[str], names: Sequence[str], known: Known) -> tuple[int, int]:
    """In how many rows the code belongs to the name, of those that have both."""
    agree = compared = 0
    for cell, name in zip(codes, names, strict=True):
        code = code_and_name(cell)[0]
        if code in known.ever and (named := known.codes_named(code_and_name(name)[1] or "")):
            compared += 1
            agree += code in named
    return agree, compared


def _take_code(
    accepted: Sequence[tuple[Columns, _Candidate, str]],
    name: _Candidate | None,
    known: Known,
    hints: Hints,
) -> Columns:
    """Of several columns of codes, the one whose codes are all in force in the file's own year."""
    fitting = list(accepted)
    if len(accepted) > 1:
        years = file_years(accepted[0][0], hints) or [known.today.year]
        fitting = [
            each
            for each in accepted
            if set(_codes(each[0], each[1])) <= known.in_force(years[-1]) | {""}
        ]
        distinct = {tuple(_codes(each[0], each[1])) for each in fitting}
        if len(distinct) != 1:
            names = tuple(each[0].names[each[1].place] for each in accepted)
            raise Question(
                f"{accepted[0][0].file}: the columns {' and '.join(names)} hold municipality codes;"
                " say which the figures are about: --code COLUMN.",
                "code",
                names,
            )
    columns, one, why = fitting[0]
    columns.take(columns.names[one.place], CODE, why)
    for _, other, _ in accepted:
        if other is not one:
            columns.take(columns.names[other.place], OTHER_CODE, "not read")
    if name is not None:
        columns.take(columns.names[name.place], NAME, "held against the code beside it")
    return columns


def _codes(columns: Columns, one: _Candidate) -> list[str]:
    return [code_and_name(cell)[0] or "" for cell in columns.cells[columns.names[one.place]]]


def _with_county(columns: Columns) -> Columns:
    county = next(
        (
            name
            for name in columns.free()
            if COUNTY_WORDS.fullmatch(plain(columns.heading_of(name)))
        ),
        None,
    )
    if county and columns.taken_as(NAME):
        columns.take(county, COUNTY, "its heading")
    return columns


def _nothing_found(
    grid: Grid, file: str, doubtful: Sequence[tuple[str, str]], known: Known, hints: Hints
) -> InputError:
    """What to say where no column surely holds municipalities."""
    for _, cells in grid.rows:
        turned = [cell for cell in cells if known.kind(cell) in ("name", "both")]
        if len(turned) > 1:
            return InputError(
                f"{file}: the municipalities stand beside one another in a row"
                f" ({', '.join(turned[:3])}); turn the table so that each has a row of its own."
            )
    damaged = (cell for _, cells in grid.rows for cell in cells if LOST_LETTERS.search(cell))
    if cell := next(damaged, ""):
        return InputError(
            f"{file}: no column surely holds municipalities; in '{cell}' letters as æ, ø and å were"
            " lost when the file was saved. Save it again from its source as 'CSV UTF-8', or say"
            " --code COLUMN or --name COLUMN."
        )
    columns = read_columns(grid, file, 0, hints, known)
    for name, cells in columns.cells.items() if not doubtful else ():
        is_headed = plain(columns.heading_of(name)).startswith(("fylke", "county"))
        counties = [
            cell
            for cell in cells
            if other_body(cell) == "a county" and (is_headed or re.search(r"[^\W\d]", cell))
        ]
        if len(counties) * 2 > len(cells):
            return InputError(
                f"{file}: the rows are about counties ('{name}'), not about municipalities."
            )
    headed = (n for n in columns.names if is_code_heading(columns.heading_of(n)))
    near = ((n, cell) for n in headed for cell in columns.cells[n] if NEAR_CODE.fullmatch(cell))
    if not doubtful and (odd := next(near, None)):
        return InputError(
            f"{file}: '{odd[1]}' in column '{odd[0]}' is no municipality's code; write four digits,"
            f" as 0301; {columns.listed}."
        )
    if not doubtful:
        return InputError(
            f"{file}: no column holds municipality codes or names; say --code COLUMN or"
            f" --name COLUMN; {columns.listed}."
        )
    names = tuple(name for name, _ in doubtful)
    return Question(
        f"{file}: no column surely holds municipalities; '{names[0]}' might hold codes, but"
        f" {doubtful[0][1]}. Say --code COLUMN or --name COLUMN; {columns.listed}.",
        "code",
        names,
    )


def file_years(columns: Columns, hints: Hints) -> list[int]:
    """The years a file says its figures are of, in order: in headings, cells or an option."""
    years = [found[0] for heading in columns.headings if (found := in_heading(heading))]
    for name in columns.cells:
        if is_period_heading(columns.heading_of(name)):
            years += [period for cell in set(columns.cells[name]) if (period := period_of(cell))]
    if hints.period and (all_of := period_of(hints.period)):
        years.append(all_of)
    return sorted({int(period[:4]) for period in years})
