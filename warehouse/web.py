"""A published folder on a web server, read as a warehouse: what a query needs of it is fetched.

`publish` writes there a file of views over Parquet (`publication.remote`), which finds its tables
below the address in a variable.
"""

import os
import re
from urllib.parse import urlsplit

import duckdb

from common.errors import InputError, WarehouseError
from warehouse import extensions
from warehouse.models import quote

PATH = "warehouse/digidistrikt.duckdb"
VARIABLE = "digidistrikt"
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


def attach(con: duckdb.DuckDBPyConnection, url: str, name: str) -> None:
    """Attaches what is published at an address. Raises WarehouseError if there is no warehouse."""
    extensions.load(con, ["httpfs"], "a warehouse on the web")
    _set_way_out(con, url)
    con.execute(f"set variable {VARIABLE} = {quote(url)}")
    try:
        con.execute(f"attach {quote(f'{url}/{PATH}')} as {name} (read_only)")
        con.execute(f"select count(*) from {name}.mart.refresh_run")
    except duckdb.Error as error:
        cause = str(error).split("\n", 1)[0].rstrip(". ")
        raise WarehouseError(
            f"{url}: no published warehouse can be read there ({cause}). Give the address of a"
            " folder that 'digidistrikt publish' wrote, as a browser opens it."
        ) from error


def _set_way_out(con: duckdb.DuckDBPyConnection, url: str) -> None:
    """Certificates are looked at, by the user's own file if there is one; a proxy is used."""
    import certifi  # noqa: PLC0415 - as the next, of use for what lies on the web alone
    from requests.utils import get_environ_proxies  # noqa: PLC0415

    trusted = os.environ.get("REQUESTS_CA_BUNDLE") or certifi.where()
    con.execute("set enable_server_cert_verification = true")
    con.execute(f"set ca_cert_file = {quote(trusted)}")
    proxy = get_environ_proxies(url).get(urlsplit(url).scheme)
    if proxy:
        parts = urlsplit(proxy)
        con.execute(f"set http_proxy = {quote(f'{parts.hostname}:{parts.port or 80}')}")
        con.execute(f"set http_proxy_username = {quote(parts.username or '')}")
        con.execute(f"set http_proxy_password = {quote(parts.password or '')}")
