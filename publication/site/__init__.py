"""The pages of a folder: what it holds, for a person with a browser, in bokmål and English.

- `pages`         where a page lies, and how it is written
- `front`         what there is
- `indicator`     a page an indicator
- `municipality`  a page a municipality
- `network`       a page a network
- `dictionary`    the tables of `mart`, and a page a table
- `coverage`, `checks`, `changed`  what is known, how fresh and sound it is, what is new
- `query`         SQL in the page
- `search`        an index of them all
- `described`     the same for search engines
- `assets`        style, script and the shapes of the maps
"""

from pathlib import Path

from common.text import Language
from publication.bundle import Bundle, Imprint
from publication.site import (
    assets,
    changed,
    checks,
    coverage,
    dictionary,
    front,
    indicator,
    municipality,
    network,
    query,
    search,
)
from publication.site.pages import Pages
from publication.site.query import Engine

KINDS = (
    front, indicator, municipality, network, dictionary, coverage, checks, changed, search,
)  # fmt: skip


def write(bundle: Bundle, folder: Path, imprint: Imprint, engine: Engine | None) -> None:
    """Writes every page into a folder in which the files of figures are.

    Without an engine there is no page that is asked in SQL.
    """
    assets.write(bundle, folder)
    pages = [Pages(bundle, folder, imprint, language, engine is not None) for language in Language]
    for kind in KINDS:
        kind.write(bundle, pages)
    if engine is not None:
        query.write(bundle, pages, engine)
