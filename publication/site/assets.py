"""What all pages share: style, script, and the shapes of the municipalities."""

import json
import shutil
from pathlib import Path

from publication.bundle import Bundle, rows
from reports.page import svg
from reports.page.land import Land

_OURS = Path(__file__).parents[1] / "assets"
_MUNICIPALITIES = (
    "select municipality_code, municipality_name from mart.municipality order by municipality_code"
)


def write(bundle: Bundle, folder: Path) -> None:
    """Writes the folder `assets`, and the figures of each indicator as the pages read them."""
    assets = folder / "assets"
    assets.mkdir()
    for path in sorted(_OURS.iterdir()):
        shutil.copyfile(path, assets / path.name)
    names = {row["municipality_code"]: row["municipality_name"]
             for row in rows(bundle.con, _MUNICIPALITIES)}  # fmt: skip
    (assets / "land.js").write_text(_land(bundle.land, names), encoding="utf-8")
    (assets / "figures").mkdir()
    for each in bundle.figures:
        if len(each.table):
            path = assets / "figures" / f"{each.id}.js"
            path.write_text(each.script(), encoding="utf-8")


def _land(land: Land, names: dict[str, str]) -> str:
    shapes = {
        "codes": list(names),
        "names": list(names.values()),
        "paths": [land.paths.get(code, "") for code in names],
        "box": [0, 0, *land.size],
        "colours": [*svg.CLASS_COLOURS],
        "network": svg.NETWORK_COLOURS[0],
    }
    return f"digidistrikt.land({json.dumps(shapes, ensure_ascii=False, separators=(',', ':'))});\n"


def painted(looks: dict[str, str], codes: list[str], rest: str) -> str:
    """A letter for each municipality in the order of their codes: how a map paints it."""
    return "".join(looks.get(code, rest) for code in codes)
