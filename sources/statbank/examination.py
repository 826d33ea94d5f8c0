"""Whether StatBank has what each entry of the catalogue asks for, and what is nearest if not."""

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from common import yamlfile
from common.errors import InputError, SourceError
from common.text import nearest
from sources.catalogue import Catalogue, Indicator, Origin, Table
from sources.http import Upstream
from sources.jsonstat import Cube, Dimension
from sources.statbank import api
from sources.statbank.proposal import addition
from sources.statbank.selection import CONTENTS, LABEL, in_codes, select


@dataclass(frozen=True)
class Mismatch:
    """What an entry asks for and its table has not; `instead` is the nearest there is, if any."""

    entry: str
    table: str
    what: str
    asked: str
    instead: str | None

    @property
    def message(self) -> str:
        """In a sentence."""
        near = f"; the nearest is {self.instead}" if self.instead else ""
        return f"table {self.table}: {self.what} {self.asked} is not there{near}"


def mismatches(entries: Catalogue, upstream: Upstream) -> Iterator[Mismatch]:
    """Of every StatBank table that answers, what entries ask for in vain.

    A session asks for metadata once, so that after a plan nothing is asked. A table that does not
    answer has been told of by then.
    """
    for table in entries.tables:
        if table.kind != "statbank" or (upstream.name == "recorded" and not table.recorded):
            continue
        try:
            cube = api.described(entries, table, upstream)
        except SourceError:
            continue
        yield from of_table(entries, table, cube)


def of_table(entries: Catalogue, table: Table, cube: Cube) -> Iterator[Mismatch]:
    """What a table's own entry asks for in vain, and those of its indicators."""
    dimensions = {dimension.code: dimension for dimension in cube.dimensions}
    number = table.table or ""
    if table.holds != "context_observation":
        if table.region_dimension not in dimensions:
            near = _nearest(table.region_dimension, dimensions)
            yield Mismatch(table.id, number, "dimension", table.region_dimension, near)
        else:
            yield from _of_lists(table, dimensions[table.region_dimension])
    for indicator, origin in entries.indicators_of(table.id):
        yield from _of_origin(indicator, origin, number, dimensions)


def _of_lists(table: Table, dimension: Dimension) -> Iterator[Mismatch]:
    """Code lists by id, and by a part of their label."""
    ids = [offered.id for offered in dimension.codelists]
    labels = [offered.label for offered in dimension.codelists]
    for regions in table.regions:
        if regions.codelist and regions.codelist not in ids:
            near = _nearest(regions.codelist, ids)
            yield Mismatch(table.id, table.table or "", "code list", regions.codelist, near)
        asked = regions.codelist_label
        if asked and not any(asked.casefold() in label.casefold() for label in labels):
            near = _nearest(asked, labels)
            yield Mismatch(table.id, table.table or "", "code list", asked, near)


def _of_origin(
    indicator: Indicator, origin: Origin, number: str, dimensions: dict[str, Dimension]
) -> Iterator[Mismatch]:
    for name, expressions in origin.select.items():
        if name not in dimensions:
            near = _nearest(name, dimensions)
            yield Mismatch(indicator.id, number, "dimension", name, near)
            continue
        for expression in expressions:
            yield from _of_code(indicator, number, dimensions[name], expression)
    contents = dimensions[CONTENTS]
    faults = list(_of_code(indicator, number, contents, origin.contents or ""))
    yield from faults
    if not faults:
        yield from _of_unit(indicator, number, contents, origin.contents or "")


def _of_code(
    indicator: Indicator, number: str, dimension: Dimension, expression: str
) -> Iterator[Mismatch]:
    try:
        select(in_codes([expression], dimension), dimension.codes)
    except InputError:
        by_label = expression.startswith(LABEL)
        near = _nearest(
            expression.removeprefix(LABEL), dimension.labels if by_label else dimension.codes
        )
        what = "contents" if dimension.code == CONTENTS else f"code of {dimension.code},"
        instead = f"{LABEL}{near}" if near and by_label else near
        yield Mismatch(indicator.id, number, what, expression, instead)


def _of_unit(
    indicator: Indicator, number: str, contents: Dimension, expression: str
) -> Iterator[Mismatch]:
    """A sum of what its unit or wording says is a rate, mean or share."""
    [code] = select(in_codes([expression], contents), contents.codes)
    adds = addition.of_contents(contents, code)
    if indicator.aggregate == "sum" and adds.aggregate in {"none", "per inhabitant"}:
        yield Mismatch(indicator.id, number, "a unit that adds up,", f"{code} ({adds.why}),", None)


def _nearest(word: str, known: Sequence[str] | dict[str, Dimension]) -> str | None:
    return next(iter(nearest(word, [*known])), None)


# --- mended --------------------------------------------------------------------------------


def mended(found: Sequence[Mismatch], folders: Sequence[Path]) -> dict[Path, tuple[str, str]]:
    """Each file of the catalogue that would be another: its text before, and with the nearest.

    Within the lines of the entry that asks for it, what is asked for is replaced where it stands,
    and nothing else.
    """
    changed: dict[Path, tuple[str, str]] = {}
    for path in (path for folder in folders for path in sorted(folder.glob("*.yaml"))):
        before = path.read_text(encoding="utf-8")
        lines = before.splitlines(keepends=True)
        places = _places(path, len(lines))
        for item in found:
            if item.instead and item.entry in places:
                for n in places[item.entry]:
                    lines[n] = lines[n].replace(item.asked, item.instead)
        if (after := "".join(lines)) != before:
            changed[path] = before, after
    return changed


def _places(path: Path, count: int) -> dict[str, range]:
    """The lines of each table and indicator of a file."""
    document = yamlfile.load(path)
    content = document.content
    firsts = {document.line([key]) - 1 for key in content}
    begun: dict[str, int] = {}
    for kind in ("tables", "indicators"):
        for place, entry in enumerate(content.get(kind) or ()):
            begun[str(entry["id"])] = document.line([kind, place]) - 1
    ends = sorted({*firsts, *begun.values(), count})
    return {
        name: range(start, next((end for end in ends if end > start), count))
        for name, start in begun.items()
    }


def patch(path: Path, before: str, after: str) -> str:
    """The change as a patch."""
    return "".join(
        difflib.unified_diff(
            before.splitlines(keepends=True),
            after.splitlines(keepends=True),
            str(path),
            str(path),
            n=1,
        )
    )
