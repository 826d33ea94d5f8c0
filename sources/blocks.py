"""Rows in blocks, whose place or year is written once, in the first row of each block."""

from collections.abc import Sequence


def is_figures_row(others: Sequence[str]) -> bool:
    """Whether a row is no note, by its cells beside those that may be empty: a note is alone."""
    return sum(1 for cell in others if cell) > 1


def filled(columns: Sequence[Sequence[str]], is_figure_row: Sequence[bool]) -> list[list[str]]:
    """Columns, outermost first, with the empty cells of rows of figures as the ones above them.

    A new word in one column ends what was said in those after it.
    """
    found = [list(cells) for cells in columns]
    above = [""] * len(found)
    for row, has_figures in enumerate(is_figure_row):
        for place, cells in enumerate(found):
            if cells[row] and cells[row] != above[place]:
                above[place:] = [cells[row], *[""] * (len(found) - place - 1)]
            elif has_figures and not cells[row]:
                cells[row] = above[place]
    return found
