"""A CSV file as numbered rows: its encoding, its delimiter and its quotation marks."""

import csv
import io
import re
import unicodedata
from collections.abc import Sequence

from common.errors import InputError

Rows = list[tuple[int, list[str]]]
"""The rows of a file as text, each with its number in the file."""

DELIMITERS = ";\t,|"
_SEPARATOR_LINE = re.compile(r"\ufeff?\"?sep=(.)\"?\r?\n", re.IGNORECASE)
_TEXT_AS_FORMULA = re.compile(r'(?<![^;,\t|\n])="([^"\n]*)"')  # so that Excel keeps a first 0
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
# Soft hyphens, joiners and marks of byte order come along from web pages; nobody sees them.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")


def decode(content: bytes, file: str, encoding: str | None = None) -> tuple[str, str]:
    """The encoding (UTF-8, UTF-16 with or without a mark, else Windows-1252) and the visible text.

    Raises InputError for bytes that are none of these, or not the `encoding` that is declared.
    """
    fault = ""
    for candidate in (encoding,) if encoding else _encodings(content):
        try:
            text = content.decode(candidate)
        except UnicodeDecodeError as error:
            place = error.start
            line = content[:place].count(b"\n") + 1
            fault = f"line {line}: byte 0x{content[place]:02x} is no letter in {called(candidate)}"
            continue
        except LookupError as error:
            raise InputError(
                f"{file}: '{candidate}' is not the name of an encoding; write utf-8 or cp1252."
            ) from error
        control = _CONTROL.search(text)
        if encoding or not control:
            return candidate, visible(text)
        line = text[: control.start()].count("\n") + 1
        fault = f"line {line}: there is a control character, 0x{ord(control[0]):02x}"
    if encoding:
        raise InputError(f"{file}: byte {place} is not {encoding}; declare the encoding.")
    raise InputError(
        f"{file}, {fault}, so this is not text in UTF-8, UTF-16 or Windows-1252. Save it again as"
        " 'CSV UTF-8'."
    )


def called(encoding: str) -> str:
    """An encoding as people call it."""
    known = {"utf-8-sig": "UTF-8", "cp1252": "Windows-1252"}
    return known.get(encoding, encoding.upper()[:6])


def visible(text: str) -> str:
    """A text without signs that nobody sees, and each letter with its accent as one sign."""
    return unicodedata.normalize("NFC", _INVISIBLE.sub("", text))


def _encodings(content: bytes) -> tuple[str, ...]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    if b"\0" in content:  # UTF-16 without a mark: a Latin letter has its zero byte on one side
        return ("utf-16-le",) if content[1:2] == b"\0" else ("utf-16-be",)
    return ("utf-8-sig", "cp1252")


def parse(text: str, file: str, delimiter: str | None = None) -> tuple[str, Rows]:
    """The delimiter, found out unless declared, and the rows with their cells stripped.

    The delimiter is the one that parts most rows into the same number of cells; Excel's own line
    `sep=;` declares it, and `="0301"` is a text. Raises InputError naming the row of a quotation
    mark that is opened and not closed, or that has swallowed whole rows.
    """
    first = 1
    if hint := _SEPARATOR_LINE.match(text):
        text, first, delimiter = text[hint.end() :], 2, delimiter or hint[1]
    lines = list(io.StringIO(_TEXT_AS_FORMULA.sub(r'"\1"', text), newline=""))
    best: tuple[tuple[float, int], str, Rows] | None = None
    fault: InputError | None = None
    there = [sign for sign in DELIMITERS if sign in text]  # another makes one cell of each row
    for candidate in delimiter or there or DELIMITERS[:1]:
        try:
            rows = _parsed(lines, file, candidate, first)
        except InputError as error:
            fault = fault or error
            continue
        rank = _evenness(rows)
        if best is None or rank > best[0]:
            best = rank, candidate, rows
    if best is None or (fault is not None and best[0][1] < 2):
        raise fault or InputError(f"{file}: there are no rows.")
    return best[1], best[2]


def _evenness(rows: Rows) -> tuple[float, int]:
    """The share of rows with the usual number of cells, and that number; one cell is last."""
    widths = [len(cells) for _, cells in rows if any(cells)]
    usual = max(set(widths), key=widths.count, default=1)
    return (widths.count(usual) / len(widths), usual) if usual > 1 else (0, usual)


def _parsed(lines: Sequence[str], file: str, delimiter: str, first: int) -> Rows:
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    rows: Rows = []
    spans: list[tuple[int, int]] = []
    before = 0
    try:
        for number, cells in enumerate(reader, first):
            rows.append((number, [cell.strip() for cell in cells]))
            if reader.line_num > before + 1:
                spans.append((before, reader.line_num))
            before = reader.line_num
    except csv.Error as error:
        raise InputError(
            f"{file}, row {first + len(rows)}: can't be read as CSV ({error}). Look for a quotation"
            " mark that is opened and not closed, or text outside its quotation marks."
        ) from error
    usual = _evenness(rows)[1]
    for start, end in spans:
        whole = [line for line in lines[start:end] if line.count(delimiter) >= usual - 1 > 0]
        if len(whole) > 1:
            raise InputError(
                f"{file}, lines {start + first} to {end + first - 1}: a quotation mark has made one"
                " cell of several rows. Remove it, or close it on its own line."
            )
    return rows
