"""Who opened for NAV's digital application for social assistance, and when, from NAV's own list.

The list stood in the code of the service, so that its history has the day of each change. It had
all who opened until others came in by another way (Fiks) in the spring of 2020: after that, who is
not in it is not known to be outside.
"""

from collections.abc import Iterator
from datetime import date

from tools.recordings.figures import rows

LAST_LIST = date(2020, 10, 27)
WHOLE_UNTIL = 2019
"""The last year at the end of which the list had everybody who had opened."""


def events() -> list[dict[str, str]]:
    """A municipality of the 2020 division that opened, with the day it left the list if it did."""
    return [
        {
            "municipality_code": row["code_2020_2023"],
            "name": row["name"],
            "adopted_on": row["first_listed"],
            "left_on": "" if row["in_list_2020_10_27"] == "True" else _left(row["code_2020_2023"]),
            "listed_under": row["first_listed_under_code"],
            "evidence": f"commit {row['commit']} of navikt/sosialhjelp-soknad-api",
        }
        for row in rows("digital/nav_digisos_municipalities_2018_2020.csv")
    ]


def _left(code: str) -> str:
    """The day a code was taken out of the list for the last time."""
    return max(
        row["commit_time"][:10]
        for row in rows("digital/nav_digisos_list_events.csv")
        if row["code"] == code and row["event"] == "removed"
    )


def by_year() -> Iterator[dict[str, str]]:
    """Each municipality of 2020 at the end of each year: open (1), not (0), or empty: not known."""
    found = {row["municipality_code"]: row for row in events()}
    municipalities = sorted(
        row["kommunenummer"]
        for row in rows("population/ssb_population_1jan_as_reported_2016_2020_2023.csv")
        if row["year"] == "2020"
    )
    for year in (2018, 2019, 2020):
        day = min(date(year, 12, 31), LAST_LIST)
        for code in municipalities:
            event = found.get(code)
            is_open = event is not None and _is_open(event, day)
            opened_on = date.fromisoformat(event["adopted_on"]) if event and is_open else None
            yield {
                "municipality_code": code,
                "year": str(year),
                "adopted": "1" if is_open else "0" if year <= WHOLE_UNTIL else "",
                "years_open": f"{(day - opened_on).days / 365.25:.2f}" if opened_on else "",
            }


def _is_open(event: dict[str, str], day: date) -> bool:
    return event["adopted_on"] <= day.isoformat() and (event["left_on"] or "9999") > day.isoformat()
