"""A published folder on a web server, read as a warehouse: what a query needs of it is fetched.

`publish` writes there a file of views over Parquet (`publication.remote`), which finds its tables
below the address in a variable.
"""

import re
from pathlib import Path
from urllib.parse import urlsplit

import duckdb

from common.errors import InputError, WarehouseError
from warehouse import extensions, network
from warehouse.models import quote

PATH = "warehouse/digidistrikt.duckdb"
VARIABLE = "digidistrikt"
_ADVICE = "Give the address of a folder that 'digidistrikt publish' wrote, as a browser opens it."
_PAGE = re.compile(rf"/({re.escape(PATH)}|index(\.en)?\.html)?$")


def url_of(where: str) -> str:
    """The folder that an address names, or whose front page. Raises InputError for any other."""
    parts = urlsplit(where)
    if not parts.hostname or parts.username or parts.query or parts.fragment:
        raise InputError(
            "a published folder is named by its address, as https://data.example.no/digidistrikt,"
            " without user, password or key, which DuckDB would show."
        )
    return _PAGE.sub("", where)


def attach(con: duckdb.DuckDBPyConnection, url: str, name: str, folder: Path) -> None:
    """Attaches what is published at an address, by a copy of its file of views in a local folder.

    DuckDB attaches a file over the web by the certificates of the system alone. Raises
    WarehouseError if there is no warehouse.
    """
    extensions.load(con, ["httpfs"], "a warehouse on the web")
    network.set_up(con, url)
    con.execute(f"set variable {VARIABLE} = {quote(url)}")
    copy = folder / Path(PATH).name
    try:
        if not copy.exists():
            found = con.execute(f"select content from read_blob({quote(f'{url}/{PATH}')})")
            copy.write_bytes(found.fetchall()[0][0])
        con.execute(f"attach {quote(str(copy))} as {name} (read_only)")
        con.execute(f"select count(*) from {name}.mart.refresh_run")
    except duckdb.Error as error:
        told = network.told(error, url, _ADVICE)
        raise WarehouseError(f"{url}: no published warehouse can be read there: {told}") from error
