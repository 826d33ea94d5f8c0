"""How a vintage is cited, and under which licences its figures stand."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from common import yamlfile
from reports import cff

UNCONFIRMED = "unconfirmed"
ADDRESS = {
    "CC BY 4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC0 1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "NLOD 2.0": "https://data.norge.no/nlod/no/2.0",
    "MIT": "https://opensource.org/license/mit",
}

Source = Mapping[str, Any]


def licences(sources: Iterable[Source]) -> list[dict[str, str]]:
    """The licences that are known by name, as a data package lists them."""
    names = sorted({str(source["licence"]) for source in sources} & ADDRESS.keys())
    return [{"name": cff.SPDX[name], "title": name, "path": ADDRESS[name]} for name in names]


def citation(
    title: str,
    authors: Sequence[str],
    vintage: str,
    day: str,
    references: list[dict[str, Any]],
) -> str:
    """CITATION.cff of the bundle, in Citation File Format 1.2.0."""
    return yamlfile.dump(
        {
            "cff-version": "1.2.0",
            "message": "Cite the bundle with its vintage, and the tables that you use of it.",
            "type": "dataset",
            "title": title,
            "authors": [{"name": name} for name in authors],
            "version": vintage,
            "date-released": day,
            "references": references,
        }
    )


def licence_page(sources: Sequence[Source]) -> str:
    """LICENCES.md: each source with its licence, and what is not known of it."""
    lines = [
        "# Licences",
        "",
        "Each figure stands under the licence of its source: the column `table_id` of",
        "`mart.observation` leads to a row below. Name the source when you use a figure.",
        "",
        "| source | publisher | licence | cite as | address |",
        "|---|---|---|---|---|",
    ]
    for source in sources:
        cells = (source[key] for key in ("table_id", "publisher", "licence", "citation", "url"))
        lines.append(
            "| " + " | ".join(str(cell or "").replace("|", "\\|") for cell in cells) + " |"
        )
    if unconfirmed := [str(each["table_id"]) for each in sources if is_unconfirmed(each)]:
        lines += [
            "",
            f"The licence of {', '.join(unconfirmed)} is not confirmed: ask the publisher",
            "before you pass these figures on.",
        ]
    lines += [
        "",
        "Boundaries on the maps: © Kartverket, CC BY 4.0, simplified.",
        "",
    ]
    return "\n".join(lines)


def is_unconfirmed(source: Source) -> bool:
    """Whether nobody has confirmed the licence of a source."""
    return str(source["licence"]) == UNCONFIRMED
