"""Workbooks that are no .xlsx (.xls, .xlsb, .ods), read by calamine: one sheet at a time."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from python_calamine import CalamineError, SheetVisibleEnum, load_workbook


@contextmanager
def _faults_as_errors() -> Iterator[None]:
    """A fault of calamine, even a panic, which is no Exception of Python's, as a ValueError."""
    try:
        yield
    except CalamineError as error:
        raise ValueError(str(error)) from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":
            raise ValueError(str(error)) from error
        raise


class Workbook:
    """A workbook whose sheets are named, those that are hidden last. Raises ValueError."""

    def __init__(self, content: bytes) -> None:
        with _faults_as_errors():
            self._book = load_workbook(io.BytesIO(content))
            ordered = sorted(
                self._book.sheets_metadata,
                key=lambda each: each.visible != SheetVisibleEnum.Visible,
            )
        self.names = tuple(each.name for each in ordered)

    def rows(self, name: str, require_cells: Callable[[int], None]) -> list[list[Any]]:
        """The rows of a sheet, if the number of cells from A1 to the last one is allowed.

        Raises ValueError, and what `require_cells` raises.
        """
        with _faults_as_errors():
            found = self._book.get_sheet_by_name(name)
            last_row, last_column = found.end or (0, 0)
            require_cells((last_row + 1) * (last_column + 1))
            return found.to_python(skip_empty_area=False)
