"""Columns in which a cell is left empty because it is as the one above: found out by evidence.

StatBank's workbooks write a region once, in the first row of its block. Where a cell is empty for
another reason, the block it would join has two rows alike, or rows that no other block has.
"""

from collections import Counter
from collections.abc import Sequence

from sources.blocks import filled, is_figures_row
from sources.infer.columns import Columns
from sources.infer.figures import is_figures
from sources.infer.periods import is_periods
from sources.infer.places import CODE, COUNTY, NAME
from sources.infer.signs import MISSING


def fill_blocks(columns: Columns) -> tuple[str, ...]:
    """Fills the empty cells of columns in blocks, and says which these are, outermost first."""
    rows = range(len(columns.rows))
    names = list(columns.cells)
    outer = [name for name in names if _may_be_outer(columns, name)]
    for size in range(len(outer), 0, -1):
        chosen = outer[:size]
        after = names[names.index(chosen[-1]) + 1 :]
        inner = next((name for name in after if _says_what_a_row_is(columns, name)), None)
        if inner is None:
            continue
        others = [columns.cells[name] for name in names if name not in chosen]
        is_figure_row = [is_figures_row([cells[row] for cells in others]) for row in rows]
        found = filled([columns.cells[name] for name in chosen], is_figure_row)
        inner_cells = columns.cells[inner]
        is_in_blocks = all(
            any(i and not cell for i, cell in zip(inner_cells, columns.cells[name], strict=True))
            for name in chosen
        )
        if is_in_blocks and _are_alike(columns, [*chosen, inner], [*found, columns.cells[inner]]):
            columns.cells.update(zip(chosen, found, strict=True))
            return tuple(chosen)
    return ()


def _may_be_outer(columns: Columns, name: str) -> bool:
    """Whether a column has empty cells below others, and is no column of figures."""
    cells = columns.cells[name]
    first = next((row for row, cell in enumerate(cells) if cell), len(cells))
    return "" in cells[first:] and _says_what_a_row_is(columns, name)


def _says_what_a_row_is(columns: Columns, name: str) -> bool:
    if columns.taken_for.get(name) in (CODE, NAME, COUNTY):
        return True
    filled = [row for row, cell in enumerate(columns.cells[name]) if cell not in MISSING]
    if not filled:
        return False
    return is_periods(columns, name, filled) or not is_figures(columns, name, filled)


def _are_alike(columns: Columns, names: Sequence[str], cells: Sequence[Sequence[str]]) -> bool:
    """Whether no two rows say the same, and each thing said is said in most of the blocks.

    Rows without a word in the innermost column are notes.
    """
    kept = [
        found
        for name, found in zip(names, cells, strict=True)
        if name == names[0] or not _goes_with(columns, name, names[0])
    ]
    keys = [key for key in zip(*kept, strict=True) if key[-1]]
    blocks = {first for first, *_ in keys}
    times = Counter(key[1:] for key in keys)
    return (
        len(kept) > 1
        and 1 < len(blocks) < len(keys)
        and len(set(keys)) == len(keys)
        and all(count * 2 > len(blocks) for count in times.values())
    )


def _goes_with(columns: Columns, name: str, first: str) -> bool:
    """Whether two columns are the code and the name of one municipality."""
    places = (CODE, NAME, COUNTY)
    return columns.taken_for.get(name) in places and columns.taken_for.get(first) in places
