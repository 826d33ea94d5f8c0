"""What the catalogue declares, as raw tables: an attribute of an entry is a column."""

from typing import Any

import pyarrow as pa

from sources import typed
from sources.catalogue import Catalogue, Indicator, Table
from sources.catalogue.composite import Composite
from sources.catalogue.district import DistrictRule
from sources.catalogue.entry import WarningKind
from sources.catalogue.trait import Trait
from sources.frames import Frames, shape

_TEXT, _NUMBER, _WHOLE = pa.string(), pa.float64(), pa.int32()

SHAPES: dict[str, pa.Schema] = {
    "source_table": typed.schema(
        Table, one_row="a table, register or file of a publisher", key=("table_id",)
    ).append(pa.field("is_kostra", pa.bool_(), nullable=False)),
    "indicator": typed.schema(
        Indicator,
        one_row="an indicator of the catalogue, or a composite of several",
        key=("indicator_id",),
    ).append(pa.field("recipe", _TEXT)),
    "indicator_origin": shape(
        "a table that feeds an indicator; where two have a figure the lower rank is taken",
        key=("indicator_id", "table_id"),
        may_be_null=("measure",),
        indicator_id=_TEXT,
        table_id=_TEXT,
        rank=_WHOLE,
        measure=_TEXT,
    ),
    "trait": typed.schema(
        Trait,
        one_row="a fact of a municipality that is a word and not a number",
        key=("trait_id",),
        fields=("id", "title", "synonyms", "theme", "table", "indicator", "note"),
    ),
    "warning": shape(
        "what to know of the figures of a table or an indicator; NULL period means all",
        may_be_null=("period",),
        subject_id=_TEXT,
        warning=_TEXT,
        period=_TEXT,
    ),
    "composite": shape(
        "an index that the researcher declares",
        key=("composite_id",),
        may_be_null=("truncate_at", "lowest", "highest"),
        composite_id=_TEXT,
        transformation=_TEXT,
        minimum_coverage=_NUMBER,
        truncate_at=_NUMBER,
        lowest=_NUMBER,
        highest=_NUMBER,
    ),
    "composite_part": shape(
        "an indicator in a composite of a period; with base_period its growth since then is meant",
        key=("composite_id", "period", "part"),
        may_be_null=("base_period",),
        composite_id=_TEXT,
        period=_TEXT,
        part=_WHOLE,
        indicator_id=_TEXT,
        part_period=_TEXT,
        base_period=_TEXT,
        direction=_TEXT,
        weight=_NUMBER,
    ),
    "district_rule": typed.schema(
        DistrictRule,
        one_row="a rule that says of every municipality whether it is a district municipality",
        key=("definition_id",),
    ).append(pa.field("rule", _TEXT, nullable=False)),
}


def frames(entries: Catalogue) -> Frames:
    """Every entry of the catalogue in the raw table it belongs to."""
    rows = {
        "source_table": [_table(entries, table) for table in entries.tables],
        "indicator": [
            *(typed.row(indicator) for indicator in entries.indicators),
            *(_as_indicator(composite) for composite in entries.composites),
        ],
        "indicator_origin": _origins(entries),
        "trait": [typed.row(trait) for trait in entries.traits],
        "warning": _warnings(entries),
        "composite": [_composite(composite) for composite in entries.composites],
        "composite_part": [part for composite in entries.composites for part in _parts(composite)],
        "district_rule": [
            typed.row(rule) | {"rule": rule.rule} for rule in entries.district_definitions
        ],
    }
    return {name: pa.Table.from_pylist(found, schema=SHAPES[name]) for name, found in rows.items()}


def _table(entries: Catalogue, table: Table) -> dict[str, Any]:
    known = {"replaced_by": entries.successor_of(table), "is_kostra": table.is_kostra}
    return typed.row(table) | known


def _as_indicator(composite: Composite) -> dict[str, Any]:
    """A composite as the indicator it also is; its figures are never summed or pointed out."""
    found = typed.row(composite)
    kept = {
        name: found[name] for name in ("title_nb", "title_en", "synonyms", "theme", "unit", "note")
    }
    return kept | {
        "indicator_id": composite.id,
        "aggregate": "composite",
        "factor": 1.0,
        "zero_is_missing": False,
        "wide": True,
        "recipe": composite.recipe,
    }


def _origins(entries: Catalogue) -> list[dict[str, Any]]:
    found = {
        (indicator.id, origin.table): {
            "indicator_id": indicator.id,
            "table_id": origin.table,
            "rank": rank,
            "measure": origin.measure,
        }
        for indicator in entries.indicators
        for rank, origin in enumerate(indicator.origins)
    }
    return list(found.values())


def _warnings(entries: Catalogue) -> list[dict[str, Any]]:
    subjects: tuple[Table | Indicator, ...] = (*entries.tables, *entries.indicators)
    made = [(composite.id, WarningKind.COMPOSITE, None) for composite in entries.composites]
    declared = [
        (subject.id, warning, period)
        for subject in subjects
        for warning, periods in subject.warnings.items()
        for period in periods or (None,)
    ]
    return [
        {"subject_id": subject, "warning": str(warning), "period": period}
        for subject, warning, period in dict.fromkeys([*made, *declared])
    ]


def _composite(composite: Composite) -> dict[str, Any]:
    lowest, highest = composite.rescale or (None, None)
    return {
        "composite_id": composite.id,
        "transformation": str(composite.transformation),
        "minimum_coverage": composite.minimum_coverage,
        "truncate_at": composite.truncate,
        "lowest": lowest,
        "highest": highest,
    }


def _parts(composite: Composite) -> list[dict[str, Any]]:
    return [
        {
            "composite_id": composite.id,
            "period": period,
            "part": number,
            "indicator_id": part.indicator,
            "part_period": part.period or period,
            "base_period": part.base_period(period),
            "direction": str(part.direction),
            "weight": part.weight,
        }
        for period in composite.periods
        for number, part in enumerate(composite.parts, 1)
    ]
