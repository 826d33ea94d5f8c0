"""The headings of a file's columns, from one or several rows above its figures."""

from collections.abc import Sequence


def headings(rows: Sequence[Sequence[str]]) -> list[str]:
    """One heading a column, of several rows from the top down; empty where none has one.

    A group's name stands in the first of its columns and holds for the empty cells to its right.
    What stands over the first column is a title or its own heading, and no group's name.
    """
    width = max((len(cells) for cells in rows), default=0)
    parts: list[list[str]] = [[] for _ in range(width)]
    for number, cells in enumerate(rows):
        said = [" ".join(cell.split()) for cell in cells] + [""] * (width - len(cells))
        group = ""
        for place, cell in enumerate(said):
            if place == 0:
                parts[0] = [cell] if cell else parts[0]
                continue
            group = cell or group
            part = cell if number == len(rows) - 1 else group
            if part and part not in parts[place]:
                parts[place].append(part)
    return [" ".join(part) for part in parts]


def column_names(found: Sequence[str]) -> list[str]:
    """Headings as names of columns: one without a heading is called by its place, c1, c2, ..."""
    return [heading or f"c{place}" for place, heading in enumerate(found, 1)]
