"""The page on which a folder opens: what there is, and where."""

from itertools import groupby

from publication.bundle import Bundle, rows
from publication.site.pages import Pages

PATH = "index"
_PLACES = """
    select municipality_code, municipality_name, county_name from mart.municipality
    order by county_code, municipality_name collate nocase
"""
_NETWORKS = "from mart.network_profile order by network_name"


def write(bundle: Bundle, pages: list[Pages]) -> None:
    """Writes the page in each language."""
    counties = [
        (county, list(places))
        for county, places in groupby(rows(bundle.con, _PLACES), key=lambda one: one["county_name"])
    ]
    networks = rows(bundle.con, _NETWORKS)
    for each in pages:
        ordered = sorted(bundle.figures, key=lambda one: each.titles[one.id])
        themes = {
            name: [one for one in ordered if one.indicator["theme"] == theme and len(one.table)]
            for theme, name in each.themes().items()
        }
        each.write(
            "front.html", PATH, each.words("bundle_title"), each.words("bundle_about"),
            themes={name: those for name, those in themes.items() if those}, counties=counties,
            networks=networks, changes=bundle.changed(each.language),
        )  # fmt: skip
