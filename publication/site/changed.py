"""What the newest vintage changed: in sentences, and each figure that was revised or withdrawn."""

from publication.bundle import Bundle, rows
from publication.site.pages import Pages

PATH = "changes"
_SHOWN = 500  # figures; changes.json has them all


def write(bundle: Bundle, pages: list[Pages]) -> None:
    """Writes the page in each language."""
    names = {
        row["municipality_code"]: row["municipality_name"]
        for row in rows(bundle.con, "from mart.municipality")
    }
    for each in pages:
        figures = [
            (
                figure["indicator_id"], figure["municipality_code"],
                names.get(figure["municipality_code"], figure["municipality_code"]),
                each.numbers.period(figure["period"]),
                each.shown(figure["indicator_id"], figure["value_before"]),
                each.shown(figure["indicator_id"], figure["value_after"]),
            )
            for figure in bundle.changes.figures[:_SHOWN]
        ]  # fmt: skip
        earlier = bundle.changes.earlier
        each.write(
            "changes.html", PATH, each.words("site_changes"),
            each.words("site_changes_about", earlier=earlier, later=bundle.vintage)
            if earlier else each.words("changes_first"),
            sentences=bundle.changed(each.language) if earlier else [], figures=figures,
            names=names, left_out=max(len(bundle.changes.figures) - _SHOWN, 0),
        )  # fmt: skip
