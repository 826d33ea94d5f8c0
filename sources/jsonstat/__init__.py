"""JSON-stat 2 -> tidy columns: codes and labels, values and the publisher's status symbols.

`read(body)` checks a reply strictly and gives a `Cube`; `Cube.table()` gives one row a cell.

The expansion is our own. pyjstat builds a Python list for every cell, gives codes or labels but
not both, drops the status symbols and cannot read metadata, so it plays no part in reading. It
is the judge in the tests: on every reply kept there that it can read, its frames (by code and by
label) equal ours; `benchmarks/jsonstat.py` measures both. What pyjstat does not check is
checked here:

- as many values as the product of the sizes, as many codes as the size of the dimension says;
- each dimension and each code once; `category.index` a permutation of 0..n-1, and every value
  placed by it, never by the order in which the keys happen to come;
- a number is a JSON number: `"12"`, `true`, `NaN` and `Infinity` are refused;
- a status belongs to a cell that exists.

The types below say what a reply may hold; msgspec decodes it by them, and refuses the rest.

Of a key written twice in one object the JSON reader keeps the last. Where that loses a code, the
sizes no longer agree and the reply is refused; a status or a sparse value written twice for one
cell can't be told from one written once.
"""

from sources.jsonstat.cells import MAX_CELLS
from sources.jsonstat.cube import Codelist, Cube, Dimension, JsonStatError, Role, Unit
from sources.jsonstat.reading import read, state

__all__ = [
    "MAX_CELLS",
    "Codelist",
    "Cube",
    "Dimension",
    "JsonStatError",
    "Role",
    "Unit",
    "read",
    "state",
]
