"""For how many municipalities each indicator is known, year by year."""

from typing import Any

from publication.bundle import Bundle, rows
from publication.site.pages import Pages

PATH = "coverage"
# Of several periods of a year, the one that most municipalities have.
_KNOWN = """
    with period as (
        select indicator_id, year, period, count(value)::int as known
        from mart.observation group by all having known > 0
    )
    select indicator_id, year, max(known) as known from period group by all
"""
_MOST = 0.9  # of the municipalities


def write(bundle: Bundle, pages: list[Pages]) -> None:
    """Writes the page in each language, the newest year first; years to come are left out."""
    [everybody] = [table.rows for table in bundle.tables if table.name == "municipality"]
    known = {(row["indicator_id"], row["year"]): row["known"] for row in rows(bundle.con, _KNOWN)}
    years = sorted({year for _, year in known if year <= bundle.day.year}, reverse=True)
    for each in pages:
        ordered = sorted(bundle.figures, key=lambda one: each.titles[one.id])
        themes = {
            name: [
                (one.id, [_cell(known.get((one.id, year), 0), everybody) for year in years])
                for one in ordered
                if one.indicator["theme"] == theme and len(one.table)
            ]
            for theme, name in each.themes().items()
        }
        each.write(
            "coverage.html", PATH, each.words("site_coverage_page"),
            each.words("site_coverage_page_about", municipalities=everybody),
            years=years, themes={name: those for name, those in themes.items() if those},
        )  # fmt: skip


def _cell(known: int, everybody: int) -> tuple[Any, str]:
    """A number of municipalities, and how it is set off."""
    if not known:
        return "", "empty"
    return known, "all" if known == everybody else "most" if known >= _MOST * everybody else "some"
