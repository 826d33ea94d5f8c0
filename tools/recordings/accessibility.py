"""Accessibility statements by municipality on the days before that of the recorded register."""

from collections.abc import Iterator
from datetime import date

from tools.recordings.figures import rows

SOURCE = "digital/uutilsynet_by_municipality_2026-03-04_to_2026-06-01.csv"


def by_day(before: date) -> Iterator[dict[str, object]]:
    """A municipality on a day, with the measures that are counted of the register itself.

    Raises ValueError where a statement does not say its breaches: then a sum is not known.
    """
    for row in rows(SOURCE):
        day = date.fromisoformat(row["snapshot"])
        if day >= before:
            continue
        statements, with_count = int(row["statements"]), int(row["with_breach_count"])
        if statements != with_count:
            raise ValueError(f"{SOURCE}: {row['municipality_code']} has an unsaid breach")
        yield {
            "municipality_code": row["municipality_code"],
            "day": row["snapshot"],
            "statements": statements,
            "breaches": row["breaches_total"],
            "in_breach": statements - int(row["without_breaches"]),
            "updated": statements - int(row["older_than_365_days"]),
            "newest_update_age": (day - date.fromisoformat(row["last_update_newest"])).days,
        }
