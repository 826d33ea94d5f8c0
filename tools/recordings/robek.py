"""Who was in ROBEK from 2001 to 2016, in the codes of 2016: each stay, and the end of each year."""

from collections.abc import Iterator
from datetime import date

from tools.recordings.figures import rows

LAST_SEEN = date(2016, 9, 16)
YEARS = range(2001, 2017)


def stays() -> Iterator[dict[str, str]]:
    """A stay of a municipality in the register; `left_on` is empty where it was in on the last day.

    Rows whose dates contradict each other are left out, and municipalities gone before 2016.
    """
    for row in _usable():
        entered, left = row["entered"].split(";"), row["left"].split(";")
        for number, day in enumerate(entered if row["entered"] else []):
            yield {
                "municipality_code": row["code_2016_division"],
                "name": row["name"],
                "entered_on": day,
                "left_on": left[number] if number < len(left) else "",
            }


def by_year() -> Iterator[dict[str, object]]:
    """Each municipality on the last day of each year, or the last day the register was seen."""
    found: dict[str, list[dict[str, str]]] = {row["code_2016_division"]: [] for row in _usable()}
    for stay in stays():
        found[stay["municipality_code"]].append(stay)
    for year in YEARS:
        day = min(date(year, 12, 31), LAST_SEEN).isoformat()
        for code, own in found.items():
            listed = any(s["entered_on"] <= day < (s["left_on"] or "9999") for s in own)
            yield {"municipality_code": code, "year": year, "listed": int(listed)}


def _usable() -> Iterator[dict[str, str]]:
    in_2016 = {row["code_2016"] for row in rows("classification/district_index_inputs_2016.csv")}
    for row in rows("register/kdd_robek_history_2001_2016.csv"):
        if row["dates_inconsistent"] == "False" and row["code_2016_division"] in in_2016:
            yield row
