"""Workbooks that no library of ours writes: OpenDocument (.ods) and Excel's binary form (.xlsb).

Only the parts that hold cells are there, after OpenDocument 1.3 part 3 and [MS-XLSB] 2.1.4.
"""

import io
import struct
import zipfile
from collections.abc import Mapping, Sequence

Cell = str | float | None
Rows = Mapping[int, Mapping[int, Cell]]
"""Cells by the numbers of row and column, counted from 0."""

_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:{}:1.0"
_SPACES = " ".join(f'xmlns:{name}="{_OFFICE.format(name)}"' for name in ("office", "table", "text"))
_RELATIONS = "http://schemas.openxmlformats.org/{}/2006/relationships"


def packed(parts: Mapping[str, str | bytes]) -> bytes:
    with zipfile.ZipFile(archive := io.BytesIO(), "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return archive.getvalue()


def ods(rows: Sequence[Sequence[Cell]], repeated: int = 1) -> bytes:
    """A sheet of OpenDocument; its last cell is repeated, as programs write equal cells."""
    body = "".join(
        f"<table:table-row>{''.join(_ods_cell(cell) for cell in row)}</table:table-row>"
        for row in rows[:-1]
    )
    *others, last = rows[-1]
    end = _ods_cell(last).replace("<table:table-cell", _repeated("columns", repeated), 1)
    cells = "".join(_ods_cell(cell) for cell in others) + end
    body += f"{_repeated('rows', repeated, 'row')}>{cells}</table:table-row>"
    content = (
        f'<?xml version="1.0"?><office:document-content {_SPACES}><office:body><office:spreadsheet>'
        f'<table:table table:name="Ark1">{body}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    space = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    manifest = f'<manifest:manifest xmlns:manifest="{space}"/>'
    return packed({"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": manifest})


def _repeated(what: str, times: int, element: str = "cell") -> str:
    said = f' table:number-{what}-repeated="{times}"' if times > 1 else ""
    return f"<table:table-{element}{said}"


def _ods_cell(value: Cell) -> str:
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, str):
        kind = 'office:value-type="string"'
    else:
        kind = f'office:value-type="float" office:value="{value}"'
    return f"<table:table-cell {kind}><text:p>{value}</text:p></table:table-cell>"


def xlsb(rows: Rows) -> bytes:
    """A sheet in Excel's binary form."""
    sheet = _record(156, struct.pack("<II", 0, 1) + _wide("rId1") + _wide("Ark1"))
    book = [_record(131), _record(153, bytes(12)), _record(143), sheet, _record(144)]
    cells = [
        _record(0, struct.pack("<I", row) + bytes(21))
        + b"".join(_xlsb_cell(column, value) for column, value in found.items())
        for row, found in rows.items()
    ]
    part = [_record(129), _record(148, bytes(16)), _record(145), *cells, _record(146), _record(130)]
    space = _RELATIONS.format("package")
    kind = _RELATIONS.format("officeDocument") + "/worksheet"
    relations = (
        f'<Relationships xmlns="{space}"><Relationship Id="rId1" Type="{kind}"'
        ' Target="worksheets/sheet1.bin"/></Relationships>'
    )
    return packed(
        {
            "[Content_Types].xml": "<Types/>",
            "xl/workbook.bin": b"".join([*book, _record(157, bytes(26)), _record(132)]),
            "xl/_rels/workbook.bin.rels": relations,
            "xl/worksheets/sheet1.bin": b"".join(part),
        }
    )


def _xlsb_cell(column: int, value: Cell) -> bytes:
    head = struct.pack("<II", column, 0)
    if isinstance(value, str):
        return _record(6, head + _wide(value))
    return _record(1, head) if value is None else _record(5, head + struct.pack("<d", value))


def _record(number: int, content: bytes = b"") -> bytes:
    return _varied(number) + _varied(len(content)) + content


def _varied(number: int) -> bytes:
    low, rest = number & 0x7F, number >> 7
    return bytes([low | 0x80]) + _varied(rest) if rest else bytes([low])


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")
