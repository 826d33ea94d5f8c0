"""Replies of StatBank over the figures, in JSON-stat 2 as the publisher writes it."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sources.http import Request
from tools.recordings.figures import (
    AS_REPORTED,
    CSDATA,
    ECONOMY,
    NATIONAL,
    NURSES,
    SUMS,
    age_code,
    ages_as_reported,
    ages_of_today,
    municipality_names,
    national,
    population_as_reported,
    population_sums,
    rows,
)

SUMS_LIST, SUMS_LABEL = "agg_KommSummer", "Kommuner 2024, sammenslåtte tidsserier"
NOTE = (
    "Recording: the envelope is rebuilt from published figures. It holds the codes whose figures"
    " are kept; labels are worded here where the publisher's own are not known."
)

Figures = Mapping[tuple[str, ...], float]


@dataclass(frozen=True)
class StatBankTable:
    """What is known of a table: its dimensions with codes and labels, and figures by code."""

    number: str
    label: str
    updated: str | None
    units: dict[str, dict[str, object]]
    dimensions: dict[str, dict[str, str]]
    may_be_left_out: frozenset[str]
    came_from: str


def population_table() -> StatBankTable:
    ages = {age_code(age): f"{age} år" for age in range(105)} | {"105+": "105 år eller eldre"}
    return StatBankTable(
        number="07459",
        label="07459: Befolkning, etter region, kjønn, alder, statistikkvariabel og år",
        updated=None,
        units={"Personer1": {"base": "antall", "decimals": 0}},
        dimensions={
            "Region": municipality_names(),
            "Kjonn": {"2": "Kvinner", "1": "Menn"},
            "Alder": ages,
            "ContentsCode": {"Personer1": "Personer"},
            "Tid": {str(year): str(year) for year in range(1986, 2027)},
        },
        may_be_left_out=frozenset({"Region", "Kjonn", "Alder"}),
        came_from=f"{AS_REPORTED}; {SUMS}; {CSDATA}",
    )


def nurses_table() -> StatBankTable:
    figures = rows("statbank/ssb_14534_nurses_fte_2024_2025.csv")
    names = municipality_names()
    return StatBankTable(
        number="14534",
        label="14534: Avtalte årsverk i de kommunale helse- og omsorgstjenestene",
        updated=None,
        units={"KOSARBAARSVERKST0000": {"base": "avtalte årsverk"}},
        dimensions={
            "KOKkommuneregion0000": {
                code: names[code] for code in sorted({row["kommunenummer"] for row in figures})
            },
            "KOKstillingkode0000": {"TOT": "Alle stillinger"},
            "KOKutdanningoms0000": {"01": "Sykepleiere"},
            "ContentsCode": {"KOSARBAARSVERKST0000": "Avtalte årsverk"},
            "Tid": {"2024": "2024", "2025": "2025"},
        },
        may_be_left_out=frozenset(),
        came_from=NURSES,
    )


def economy_table() -> StatBankTable:
    figures = rows("statbank/ssb_12134_net_operating_result_2025_43_vestland.csv")
    return StatBankTable(
        number="12134",
        label="12134: Utvalgte nøkkeltall for kommuneregnskap, kommunekonsern, etter region og år",
        updated="2026-03-16T07:00:00Z",
        units={"KOSAGD230000": {"base": "prosent"}},
        dimensions={
            "KOKkommuneregion0000": {row["kommunenummer"]: row["name"] for row in figures},
            "ContentsCode": {
                "KOSAGD230000": "Netto driftsresultat i prosent av brutto driftsinntekter"
            },
            "Tid": {"2025": "2025"},
        },
        may_be_left_out=frozenset(),
        came_from=ECONOMY,
    )


def data_set(
    table: StatBankTable, chosen: Mapping[str, Mapping[str, str]], values: Sequence[float | None]
) -> dict[str, Any]:
    """A JSON-stat 2 data set over the chosen codes and labels of each dimension."""
    return {
        "version": "2.0",
        "class": "dataset",
        "label": table.label,
        "source": "Statistisk sentralbyrå",
        **({"updated": table.updated} if table.updated else {}),
        "note": [NOTE],
        "role": {
            "time": ["Tid"],
            "metric": ["ContentsCode"],
            **({"geo": [name]} if (name := _region(chosen)) else {}),
        },
        "id": list(chosen),
        "size": [len(codes) for codes in chosen.values()],
        "dimension": {
            name: {
                "label": name,
                "category": {
                    "index": {code: place for place, code in enumerate(codes)},
                    "label": dict(codes),
                    **({"unit": table.units} if name == "ContentsCode" else {}),
                },
                "extension": {
                    "elimination": name in table.may_be_left_out,
                    "codelists": _codelists(name),
                },
            }
            for name, codes in chosen.items()
        },
        "extension": {"px": {"tableid": table.number, "language": "no"}},
        "value": values,
    }


def _region(chosen: Mapping[str, object]) -> str | None:
    return next((name for name in chosen if name in {"Region", "KOKkommuneregion0000"}), None)


def _codelists(dimension: str) -> list[dict[str, str]]:
    if dimension != "Region":
        return []
    return [{"id": SUMS_LIST, "label": SUMS_LABEL, "type": "Aggregation"}]


def codelist() -> dict[str, Any]:
    """The publisher's sums on today's division. Which codes each adds is not known here."""
    today = {
        row["kom2024"]: row["navn"] for row in rows("population/ssb_07459_total_1986_2026.csv")
    }
    return {
        "id": SUMS_LIST,
        "label": SUMS_LABEL,
        "language": "no",
        "type": "Aggregation",
        "values": [{"code": f"K-{code}", "label": name} for code, name in today.items()],
    }


def answer(table: StatBankTable, request: Request, figures: Figures) -> dict[str, Any]:
    """The reply to a data request: the selected cells, each with its figure or null."""
    selection = {item["variableCode"]: item for item in (request.json or {})["selection"]}
    labels = {name: dict(codes) for name, codes in table.dimensions.items()}
    labels["Region"] = labels.get("Region", {}) | {
        f"K-{code}": name for code, name in labels.get("Region", {}).items()
    }
    chosen = {
        name: {code: labels[name][code] for code in item["valueCodes"]}
        for name, item in selection.items()
    }
    found = (figures.get(cell) for cell in itertools.product(*chosen.values()))
    return data_set(table, chosen, [_written(value) for value in found])


def _written(value: float | None) -> float | int | None:
    """A whole number without a decimal point, as the publisher writes it."""
    return int(value) if value is not None and value.is_integer() else value


def figure_sets() -> Iterator[tuple[str, StatBankTable, Figures, dict[str, str]]]:
    """Catalogue table, its shape, its figures by cell, and where each kind came from."""
    own: Figures = {
        (code, "Personer1", year): n for (code, year), n in population_as_reported().items()
    }
    sums: Figures = {(f"K-{c}", "Personer1", year): n for (c, year), n in population_sums().items()}
    country: Figures = {("Personer1", year): n for year, n in national().items()}
    came_from = {"own": f"{AS_REPORTED}; {SUMS} (2024-2026)", "sums": SUMS, "country": NATIONAL}
    yield "ssb_07459", population_table(), {**own, **sums, **country}, came_from
    aged: Figures = {(c, age, "Personer1", y): n for (c, age, y), n in ages_as_reported().items()}
    aged_sums: Figures = {
        (f"K-{c}", age, "Personer1", y): n for (c, age, y), n in ages_of_today().items()
    }
    came_from = {"own": f"CRAN csdata b2020 (2020-2023); {CSDATA}", "sums": CSDATA}
    yield "ssb_07459_age", population_table(), {**aged, **aged_sums}, came_from
    nurses: Figures = {
        (r["kommunenummer"], "TOT", "01", r["contents_code"], r["year"]): float(r["value"])
        for r in rows("statbank/ssb_14534_nurses_fte_2024_2025.csv")
    }
    yield (
        "ssb_14534",
        nurses_table(),
        nurses,
        {"own": NURSES},
    )
    results: Figures = {
        (r["kommunenummer"], r["contents_code"], r["year"]): float(r["value"])
        for r in rows("statbank/ssb_12134_net_operating_result_2025_43_vestland.csv")
        if r["value"]
    }
    yield "ssb_12134", economy_table(), results, {"own": ECONOMY}
