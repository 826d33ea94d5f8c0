"""How DuckDB reaches what lies elsewhere: the certificates it trusts, and a proxy.

As `requests` does for publishers, so that a setting holds for both.
"""

import os
from pathlib import Path
from urllib.parse import urlsplit

import duckdb

from common.errors import NAME_CERTIFICATES, InputError
from warehouse.models import quote

_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
# What libcurl says, in DuckDB, of a server's certificate and of the file of those that are trusted.
_UNTRUSTED = "SSL peer certificate or SSH remote key was not OK"
_UNREADABLE = "Problem with the SSL CA cert"


def set_up(con: duckdb.DuckDBPyConnection, url: str) -> None:
    """Lets a connection reach an address. Raises InputError if there are no such certificates."""
    con.execute("set enable_server_cert_verification = true")
    con.execute(f"set ca_cert_file = {quote(_certificates())}")
    con.execute("set http_proxy = ''")  # else DuckDB takes HTTP_PROXY, whatever the address
    if proxy := _proxy(url):
        from requests.utils import get_auth_from_url  # noqa: PLC0415 - as below

        user, password = get_auth_from_url(proxy)
        # In a secret: a setting can be asked for.
        con.execute(
            f"create secret proxy (type http, http_proxy {quote(_place(proxy))},"
            f" http_proxy_username {quote(user)}, http_proxy_password {quote(password)})"
        )


def told(error: duckdb.Error, url: str, advice: str = "") -> str:
    """Why an address could not be read, and what to do: `advice`, unless it is its certificate."""
    said = " ".join(str(error).split("\n\nLINE ")[0].split()).rstrip(".")
    if _UNTRUSTED in said:
        return f"its certificate is not trusted. {NAME_CERTIFICATES}"
    if _UNREADABLE in said:
        return f"there are no certificates in {_certificates()}. {NAME_CERTIFICATES}"
    proxy = _proxy(url) if "HTTP" in said else None
    return f"{said}{f', by the proxy {_place(proxy)}' if proxy else ''}. {advice}".rstrip()


def _certificates() -> str:
    """The file of those that are trusted. Raises InputError if it is not there."""
    import certifi  # noqa: PLC0415 - as the next, of use for what lies elsewhere alone

    named = next((name for name in _VARIABLES if os.environ.get(name)), None)
    if named is None:
        return certifi.where()
    if not Path(os.environ[named]).is_file():
        raise InputError(
            f"{os.environ[named]}: there is no such file of certificates, and {named} names it."
            f" {NAME_CERTIFICATES}"
        )
    return os.environ[named]


def _proxy(url: str) -> str | None:
    """The address of the proxy by which one is reached, if any."""
    from requests.utils import get_environ_proxies, select_proxy  # noqa: PLC0415

    found = select_proxy(url, get_environ_proxies(url))
    return f"http://{found}" if found and "://" not in found else found


def _place(proxy: str) -> str:
    parts = urlsplit(proxy)
    return f"{parts.hostname}:{parts.port or 80}"
