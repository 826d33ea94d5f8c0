"""Writes sources/recorded/ from the figures in inputs/, in the publishers' own reply formats.

Two rounds: first what a plan needs (limits, metadata, code lists, Klass, the register), then the
planner itself says which data requests it makes, and each is answered from the figures.
"""

import csv
import gzip
import itertools
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd

from sources import catalogue, klass, recording, statbank, uutilsynet
from sources.http import RECORDED, Request, Upstream
from sources.recording import AS_RECEIVED
from sources.statbank import api

INPUTS = Path(__file__).parents[1] / "recordings" / "inputs"
RECORDED_ON = date(2026, 6, 1)
SUMS_LIST, SUMS_LABEL = "agg_KommSummer", "Kommuner 2024, sammenslåtte tidsserier"
REBUILT = "envelope rebuilt from published figures"
NOTE = (
    "Recording: the envelope is rebuilt from published figures. It holds the codes whose figures"
    " are kept; labels are worded here where the publisher's own are not known."
)

CSDATA = "CRAN csdata 2026.3.30 (MIT)"
AS_REPORTED = "andrenro/project_source_files @ dac3b7c3 (2016); CRAN csdata b2020 (2020-2023)"
SUMS = "oystess/valg_analyser @ 5eb9e544 (SSB 07459 with agg_KommSummer)"
NURSES = (
    "ChristianBHT/Framskrivningsverkt-y @ ccec3043, panel of the 2024 structure;"
    " copied by hand twice, without a difference"
)
ECONOMY = "sondreolsen/kommunedata @ 497bcbb9"
NATIONAL = (
    "an SSB example notebook's reply of 2025-02-25 (1986-2025);"
    " the national figure SSB published for 2026"
)

# Figures the intermediary is known to have made itself: an equal split of 1507, and sums over
# municipalities that were divided in 2020. They are left out, so their cells are null.
HALVED = ({"1508", "1580"}, 2023)
DIVIDED = ({"1806", "1875", "5055", "5056", "5059"}, 2019)

Figures = Mapping[tuple[str, ...], float]


class Recording:
    """The folder of replies and its index."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._entries: list[recording.Entry] = []
        for old in folder.glob("*.json.gz"):
            old.unlink()

    def add(
        self, name: str, request: Request, reply: object, envelope: str, came_from: str
    ) -> None:
        """Keeps a reply; the same input gives the same bytes."""
        content = reply if isinstance(reply, bytes) else _json(reply)
        entry = recording.keep(
            self._folder,
            name,
            request,
            content,
            as_of=RECORDED_ON,
            envelope=envelope,
            came_from=came_from,
        )
        self._entries.append(entry)

    def write_index(self) -> None:
        recording.write_index(self._folder, RECORDED_ON, self._entries)


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


# --- figures -------------------------------------------------------------------------------


def rows(path: str) -> list[dict[str, str]]:
    opened = gzip.open if path.endswith(".gz") else open
    with opened(INPUTS / path, "rt", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def population_as_reported() -> dict[tuple[str, str], float]:
    """(code, year) -> persons, in the codes of the year; from 2024 those of today's division."""
    reported = {
        (row["kommunenummer"], row["year"]): float(row["population_1jan"])
        for row in rows("population/ssb_population_1jan_as_reported_2016_2020_2023.csv")
    }
    return reported | {key: n for key, n in population_sums().items() if key[1] >= "2024"}


def population_sums() -> dict[tuple[str, str], float]:
    """(code today, year) -> persons, zeros as the publisher gives them."""
    return {
        (row["kom2024"], row["aar"]): float(row["befolkning"])
        for row in rows("population/ssb_07459_total_1986_2026.csv")
    }


def national() -> dict[str, float]:
    """Year -> persons in Norway."""
    cube = json.loads((INPUTS / "statbank/notebook_07459_v1_data.json").read_text(encoding="utf-8"))
    years = cube["dimension"]["Tid"]["category"]["index"]
    return {year: float(cube["value"][place]) for year, place in years.items()} | {
        "2026": 5627400.0
    }


def ages_of_today() -> dict[tuple[str, str, str], float]:
    """(code today, age, year) -> persons, without what the intermediary made itself."""
    frame = pd.read_csv(
        INPUTS / "population/ssb_07459_by_age_2005_2026.csv.gz", dtype={"kommunenummer": str}
    )
    for codes, last_year in (HALVED, DIVIDED):
        frame = frame[~(frame["kommunenummer"].isin(codes) & (frame["calyear"] <= last_year))]
    return _by_age(frame)


def ages_as_reported() -> dict[tuple[str, str, str], float]:
    """(code, age, year) -> persons: 2020-2023 in the codes of the year, then today's."""
    frame = pd.read_csv(
        INPUTS / "population/ssb_07459_by_age_2020_2023_as_reported.csv.gz",
        dtype={"kommunenummer": str},
    )
    recent = {key: n for key, n in ages_of_today().items() if key[2] >= "2024"}
    return _by_age(frame) | recent


def _by_age(frame: pd.DataFrame) -> dict[tuple[str, str, str], float]:
    columns = (frame[name] for name in ("kommunenummer", "age", "calyear", "pop_jan1_n"))
    return {
        (code, _age(age), str(year)): float(n) for code, age, year, n in zip(*columns, strict=True)
    }


def _age(years: int) -> str:
    return "105+" if years == 105 else f"{years:03d}"


def municipality_names() -> dict[str, str]:
    """Code -> name, of every code that any figure stands under."""
    reported = rows("population/ssb_population_1jan_as_reported_2016_2020_2023.csv")
    today = rows("population/ssb_07459_total_1986_2026.csv")
    names = {row["kommunenummer"]: row["name"] for row in reported}
    return dict(sorted((names | {row["kom2024"]: row["navn"] for row in today}).items()))


# --- StatBank ------------------------------------------------------------------------------


def population_table() -> StatBankTable:
    ages = {_age(age): f"{age} år" for age in range(105)} | {"105+": "105 år eller eldre"}
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


# --- everything ----------------------------------------------------------------------------


def groundwork(made: Recording) -> None:
    """What is asked before data: limits, dimensions, code lists, Klass and the register."""
    limits = {"apiVersion": "2.0.0", "defaultLanguage": "no", "maxDataCells": 800000}
    made.add("ssb_config", Request(f"{api.BASE}/config"), limits, REBUILT, "SSB's user guide")
    for table in (population_table(), nurses_table(), economy_table()):
        reply = data_set(table, table.dimensions, [])
        name = f"ssb_{table.number}_metadata"
        made.add(name, api.metadata_request(table.number), reply, REBUILT, table.came_from)
    made.add("ssb_sums", api.codelist_request(SUMS_LIST), codelist(), REBUILT, SUMS)
    made.add(
        "klass_131_codes",
        klass.codes_at_request(131, date(2026, 1, 1)),
        (INPUTS / "klass/klass_131_codesAt_2026-01-01.json").read_bytes(),
        AS_RECEIVED,
        "vegard1104/kommunebarometer @ 3aa9c7d2",
    )
    made.add(
        "klass_131_changes",
        klass.changes_request(131, date(1838, 1, 1), date(2027, 1, 2)),
        {"codeChanges": list(klass_changes())},
        REBUILT,
        "statisticsnorway/ssb-klassr, package data",
    )
    for number, page in enumerate(statement_pages()):
        made.add(
            f"uutilsynet_{number}",
            uutilsynet.page_request(number),
            page,
            REBUILT,
            "uutilsynet through Skatteetaten/uu-status @ 416536e3, 2026-06-01;"
            " some fields were trimmed on the way",
        )


def klass_changes() -> Iterator[dict[str, str | None]]:
    """The graph's edges as Klass lists changes."""
    for row in rows("klass/klass_131_changes_full.csv"):
        yield {
            "oldCode": row["from_code"] or None,
            "oldName": row["from_label"] or None,
            "newCode": row["to_code"] or None,
            "newName": row["to_label"] or None,
            "changeOccurred": row["changeOccurred"],
        }


def statement_pages() -> Iterator[dict[str, Any]]:
    path = INPUTS / "register/uutilsynet_statements_municipalities_2026-06-01.json.gz"
    statements = json.loads(gzip.decompress(path.read_bytes()))["records"]
    pages = math.ceil(len(statements) / uutilsynet.PAGE_SIZE)
    for number in range(pages):
        start = number * uutilsynet.PAGE_SIZE
        yield {
            "_embedded": {"dataElements": statements[start : start + uutilsynet.PAGE_SIZE]},
            "page": {
                "size": uutilsynet.PAGE_SIZE,
                "totalElements": len(statements),
                "totalPages": pages,
                "number": number,
            },
        }


def data(made: Recording, upstream: Upstream) -> None:
    """Every data request that the planner makes, answered from the figures."""
    entries = catalogue.load()
    for table_id, table, figures, came_from in figure_sets():
        everything = statbank.plan(entries, entries.table_by_id[table_id], upstream)
        planned = [piece for piece in everything if piece.request.method == "POST"]
        for number, piece in enumerate(planned):
            origin = came_from[_kind(piece.request)]
            reply = answer(table, piece.request, figures)
            made.add(f"{table_id}_{number}", piece.request, reply, REBUILT, origin)


def _kind(request: Request) -> str:
    """Which of a table's figure sets a request asks for."""
    regions = [
        s for s in (request.json or {})["selection"] if "region" in s["variableCode"].lower()
    ]
    if not regions:
        return "country"
    return "sums" if regions[0].get("codelist") == SUMS_LIST else "own"


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


def files() -> None:
    """Files that are put together here: the register of ROBEK, county with region, ICT survey."""
    register = json.loads((INPUTS / "register/kdd_robek_2026-04-20.json").read_text("utf-8"))
    listed = [
        {
            "kommunenummer": m["kommunenummer"],
            "kommune": m["kommune"],
            "hjemmel": m["hjemmel"],
            "listed": 1,
        }
        for m in register["kommuner"]
    ]
    _write("kdd_robek_2026-04-20.csv", listed)
    names = {row["code"]: row["name"] for row in rows("klass/county_economic_region_2024.csv")}
    placed = [
        {
            "municipality_code": row["code"],
            "county_code": row["fylke"],
            "county_name": names[row["fylke"]],
            "economic_region_code": row["okonomisk"],
            "economic_region_name": names[row["okonomisk"]],
        }
        for row in rows("klass/municipality_county_economic_region_2024.csv")
        if row["code"] != klass.UNSPECIFIED
    ]
    _write("county_economic_region_2024.csv", placed)
    sectors = ("central_government", "municipalities", "county_municipalities")
    survey = [
        {
            "subject": row["indicator"],
            "sector": sector.replace("_", " "),
            "year": row["year"],
            "value": row[sector],
            "unit": "percent",
        }
        for row in rows("digital/ssb_ict_public_sector_2023_2024.csv")
        for sector in sectors
    ]
    _write("ssb_ict_public_sector_2023_2024.csv", survey)


def _write(name: str, written: Sequence[Mapping[str, object]]) -> None:
    with (RECORDED / "files" / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(written[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(written)


def _json(reply: object) -> bytes:
    return json.dumps(reply, ensure_ascii=False, separators=(",", ":")).encode()


def main() -> None:
    """Writes every recording anew."""
    files()
    made = Recording(RECORDED)
    groundwork(made)
    made.write_index()
    with TemporaryDirectory() as folder:
        data(made, Upstream("recorded", budget=Path(folder) / "budget.sqlite"))
    made.write_index()


if __name__ == "__main__":
    main()
