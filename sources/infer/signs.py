"""How the figures of a file are written: signs for missing, for decimals and between thousands."""

import re
from collections.abc import Iterable, Sequence
from functools import cache

from common.errors import InputError
from common.tabular.numerals import Number, is_number, signs, without_mark
from sources.infer.columns import Columns
from sources.infer.hints import Hints, Question

MISSING = {
    "", ".", "..", "...", ":", "-", "\u2013", "*", "**", "x", "X", "NA", "N/A", "n/a", "na", "NaN",
    "nan", "null", "NULL", "None", "#N/A", "#I/T", "#DIV/0!", "#REF!", "#VALUE!", "i.t.", "i/t",
}  # fmt: skip


# What programs of statistics write for no answer: -99, 999 or 9999.
_NO_ANSWER = re.compile(r"[-\u2212]?99+([.,]0+)?")


def require_no_signs_in_digits(
    columns: Columns, values: Iterable[str], hints: Hints, placed: Sequence[int]
) -> None:
    """Raises a Question for `-99` or `9999` where no other figure of its sign has as many digits.

    A sign for missing that is read as a figure is in every sum and mean. Who names the column says
    that it holds figures.
    """
    for name in () if hints.values else values:
        cells = {columns.cells[name][row] for row in placed} - columns.missing
        numbers = {cell for cell in cells if is_number(cell)}
        for alike in (
            {cell for cell in numbers if cell[:1] in "-\u2212"},
            {cell for cell in numbers if cell[:1] not in "-\u2212"},
        ):
            odd = {cell for cell in alike if _NO_ANSWER.fullmatch(cell)}
            others = map(_whole_digits, alike - odd)
            if odd and max(others, default=0) < min(map(_whole_digits, odd)):
                sign = min(odd)
                raise Question(
                    f"{columns.file}: '{sign}' in column '{name}' may be a sign for missing; say"
                    f" --missing={sign}, or --value '{name}' if it is a figure.",
                    "missing",
                    (sign,),
                )


def _whole_digits(cell: str) -> int:
    """How many digits a number has before its last sign, whatever that sign is."""
    return len(re.sub(r"\D", "", re.split(r"[.,](?=\d*$)", cell)[0]))


def missing_signs(columns: Columns, values: Iterable[str], hints: Hints) -> tuple[str, ...]:
    """The signs for missing that stand among the figures, and those that were said."""
    known = MISSING | set(hints.missing)
    seen = {cell for name in values for cell in columns.cells[name] if cell in known}
    return tuple(sorted({"", *seen, *hints.missing}))


def number_signs(
    columns: Columns, values: Iterable[str], hints: Hints, placed: Sequence[int]
) -> tuple[str, str]:
    """The decimal sign and the thousands sign of all figures.

    A column in which each number with a sign has just three digits behind it is asked about.
    Raises InputError where two signs are both used for decimals.
    """
    decimals: dict[str, str] = {}
    thousands: dict[str, str] = {}
    doubtful: list[tuple[str, str, str]] = []
    for name in values:
        _require_percent_in_all(columns, name, placed)
        cells = (columns.cells[name][row] for row in placed)
        texts = dict.fromkeys(cell for cell in cells if not isinstance(cell, Number))
        found = [without_mark(cell)[0] for cell in texts]
        either = None
        is_settled = False
        for cell in filter(is_number, found):
            decimal, apart, open_sign = signs(cell)
            where = f"'{cell}' in column '{name}'"
            decimals |= {decimal: where} if decimal else {}
            thousands |= {apart: where} if apart else {}
            is_settled |= bool(decimal or apart)
            either = either or ((name, open_sign, cell) if open_sign else None)
        if either and not is_settled:
            doubtful.append(either)
    _require_one_sign(columns.file, decimals, thousands)
    decimal = hints.decimal or next(iter(decimals), None)
    if hints.decimal is None and doubtful:
        name, _, cell = doubtful[0]
        raise Question(
            f"{columns.file}: '{cell}' in column '{name}' may be a number with three decimals or"
            " one over a thousand; say which sign stands before the decimals: --decimal , or"
            " --decimal .",
            "decimal",
            (",", "."),
        )
    if decimal is None:
        decimal = {",": ".", ".": ","}[next(iter(thousands))] if thousands else "."
    other = "," if decimal == "." else "."
    return decimal, other if other in {sign for _, sign, _ in doubtful} | set(thousands) else ""


def _require_percent_in_all(columns: Columns, name: str, placed: Sequence[int]) -> None:
    """Refuses a column with 45 % in one row and 0,45 in another: which of them is a share?"""
    texts = {cell for row in placed if (cell := columns.cells[name][row]) not in MISSING}
    marked = {cell for cell in texts if cell.endswith("%")}
    bare = {cell for cell in texts - marked if is_number(cell) and cell.strip("0,.")}
    if marked and bare:
        raise InputError(
            f"{columns.file}: column '{name}' has '{min(marked)}' in one row and '{min(bare)}' in"
            " another; write all with % or none."
        )


def _require_one_sign(file: str, decimals: dict[str, str], thousands: dict[str, str]) -> None:
    if len(decimals) > 1:
        raise InputError(
            f"{file}: {decimals[',']} has a decimal comma and {decimals['.']} a decimal"
            " point; write them alike."
        )
    if both := set(decimals) & set(thousands):
        sign = both.pop()
        raise InputError(
            f"{file}: '{sign}' stands before decimals in {decimals[sign]} and between"
            f" thousands in {thousands[sign]}; write them alike."
        )


@cache
def is_more_than_nothing(cell: str) -> bool:
    """Whether a cell holds a figure other than 0."""
    text, _ = without_mark(cell)
    return is_number(text) and re.search("[1-9]", text) is not None
