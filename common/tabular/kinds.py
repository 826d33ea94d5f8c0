"""What a file is, by its first bytes and never by its name."""

import io
import re
import zipfile
from contextlib import suppress

ZIP = b"PK\x03\x04"
OLD_OFFICE = b"\xd0\xcf\x11\xe0"
PARQUET = b"PAR1"
WORKBOOK_PARTS = {"xl/workbook.xml", "xl/workbook.bin"}
OPEN_DOCUMENT = b"application/vnd.oasis.opendocument"
OPEN_SPREADSHEET = OPEN_DOCUMENT + b".spreadsheet"

_OTHERS = {
    b"%PDF": "a PDF; copy its table into a spreadsheet and save that",
    b"\x89PNG": "a picture; type its table into a spreadsheet and save that",
    b"\xff\xd8\xff": "a picture; type its table into a spreadsheet and save that",
    b"{\\rtf": "a text document; copy its table into a spreadsheet and save that",
    b"\x1f\x8b": "packed with gzip; unpack it first",
    b"SQLite format 3": "an SQLite database; save the table as CSV",
}
_WEB_PAGE = re.compile(rb"<(!doctype html|html|head|body)\b", re.IGNORECASE)
_XML = re.compile(rb"\s*<\?xml|\s*<[a-z]", re.IGNORECASE)
_SEEN = 2000  # bytes in which a web page has said what it is


def is_workbook(content: bytes) -> bool:
    """Whether these are the bytes of a workbook or of Parquet, which a CSV never begins with."""
    return content.startswith((ZIP, OLD_OFFICE, PARQUET))


def ending(content: bytes) -> str:
    """The ending that the name of such a file has: .xlsx, .xlsb, .ods, .xls, .parquet, .json
    or .csv."""
    if content.startswith(ZIP):
        with suppress(zipfile.BadZipFile), zipfile.ZipFile(io.BytesIO(content)) as packed:
            names = packed.namelist()
            if "xl/workbook.bin" in names:
                return ".xlsb"
            if "mimetype" in names and "xl/workbook.xml" not in names:
                return ".ods"
        return ".xlsx"
    if content.startswith(OLD_OFFICE):
        return ".xls"
    if content.startswith(PARQUET):
        return ".parquet"
    return ".json" if is_json(content) else ".csv"


def is_json(content: bytes) -> bool:
    """Whether a file begins as JSON does, and as no table of text would."""
    return _first(content).startswith((b"{", b"[{", b"[["))


def other_kind(content: bytes) -> str | None:
    """What a file is that holds no table we read, and what to do; None where it may be one."""
    for signature, words in _OTHERS.items():
        if content.startswith(signature):
            return words
    first = _first(content)
    if _WEB_PAGE.match(first) or (first.startswith(b"<") and _WEB_PAGE.search(first)):
        return "a web page; download the file that the page offers"
    if _XML.match(first):
        return "XML; save the table as CSV or as a workbook (.xlsx)"
    return None


def _first(content: bytes) -> bytes:
    """The first signs of a text, without marks, spaces and the empty bytes of UTF-16."""
    return content[:_SEEN].lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n").replace(b"\0", b"")
