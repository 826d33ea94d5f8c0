"""Writes sources/recorded/ from the figures in inputs/, in the publishers' own reply formats.

Two rounds: first what a plan needs (limits, metadata, code lists, Klass, the register), then the
planner itself says which data requests it makes, and each is answered from the figures.
"""

import csv
import gzip
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sources import catalogue, klass, recording, statbank, uutilsynet
from sources.http import RECORDED, Request, Upstream
from sources.recording import AS_RECEIVED
from sources.statbank import api
from tools.recordings import accessibility, adoption, robek
from tools.recordings.figures import INPUTS, SUMS, rows
from tools.recordings.statbank import (
    SUMS_LIST,
    answer,
    codelist,
    data_set,
    economy_table,
    figure_sets,
    nurses_table,
    population_table,
)

RECORDED_ON = date(2026, 6, 1)
REBUILT = "envelope rebuilt from published figures"


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
    _write("uutilsynet_2026.csv", list(accessibility.by_day(RECORDED_ON)))
    _write("organisation_number_2026-10-08.csv", list(organisation_numbers()))
    _write("travel_time_region_type_2016.csv", list(travel_time()))
    _write("kdd_free_income_2027.csv", list(free_income()))
    _write("kdd_robek_stays_2001_2016.csv", list(robek.stays()))
    _write("kdd_robek_2001_2016.csv", list(robek.by_year()))
    _write("nav_digisos_adoption.csv", adoption.events())
    _write("nav_digisos_by_year.csv", list(adoption.by_year()))


def organisation_numbers() -> Iterator[dict[str, str]]:
    """The numbers in the register's extract, with the names of an earlier list."""
    names = {
        row["orgnr"]: row["orgnavn"] for row in rows("organisations/organisation_number_2024.csv")
    }
    for row in rows("organisations/brreg_komm_2026-10-08.csv"):
        number = row["organisation_number"]
        yield {
            "orgnr": number,
            "municipality_code": row["municipality_code"],
            "orgnavn": names[number],
        }


def travel_time() -> Iterator[dict[str, str]]:
    """Minutes to Oslo and type of region (NIBR11), in the codes of 2016."""
    for row in rows("classification/district_index_inputs_2016.csv"):
        yield {
            "municipality_code": row["code_2016"],
            "minutes_to_oslo": row["travel_time_oslo_minutes"],
            "nibr11": row["nibr11"],
        }


def free_income() -> Iterator[dict[str, object]]:
    """The ministry's free income, and per inhabitant on 1 July 2026 to the nearest krone."""
    for row in rows("register/kdd_gront_hefte_2027_free_income.csv"):
        people = int(row["population_2026_07_01"])
        yield row | {
            f"per_inhabitant_{year}": round(int(row[f"free_income_{year}_nok"]) / people)
            for year in (2026, 2027)
        }


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
