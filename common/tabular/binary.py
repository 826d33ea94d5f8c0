"""How large the sheets of a binary workbook (.xlsb) are, before they are laid out in memory.

Its parts are records: a number and a length of one to four bytes (seven bits each, lowest first),
then the contents. [MS-XLSB] 2.1.4; a row is BrtRowHdr, and each cell begins with its column.
"""

import io
import struct
import zipfile
from collections.abc import Iterator

_ROW = 0
_CELLS = {*range(1, 12), 62}  # BrtCellBlank to BrtFmlaError, BrtCellRString


def most_cells(content: bytes) -> int:
    """Rows times columns of the largest sheet. Raises ValueError for a record that is cut off."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        parts = [name for name in packed.namelist() if name.startswith("xl/worksheets/")]
        return max(
            (_cells(packed.read(name)) for name in parts if name.endswith(".bin")), default=0
        )


def _cells(part: bytes) -> int:
    last_row = last_column = 0
    for number, start in _records(part):
        if number == _ROW:
            last_row = max(last_row, struct.unpack_from("<I", part, start)[0])
        elif number in _CELLS:
            last_column = max(last_column, struct.unpack_from("<I", part, start)[0])
    return (last_row + 1) * (last_column + 1)


def _records(part: bytes) -> Iterator[tuple[int, int]]:
    """The number of each record, and where its contents begin."""
    at = 0
    while at < len(part):
        number, at = _varied(part, at, 2)
        length, at = _varied(part, at, 4)
        yield number, at
        at += length
        if at > len(part):
            raise ValueError("a record is cut off")


def _varied(part: bytes, at: int, most: int) -> tuple[int, int]:
    """A number of at most so many bytes, the last of which is under 128; and what follows it."""
    value = 0
    for place in range(most):
        if at >= len(part):
            raise ValueError("a record is cut off")
        byte = part[at]
        at += 1
        value |= (byte & 0x7F) << (7 * place)
        if byte < 0x80:
            break
    return value, at
