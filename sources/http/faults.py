"""What is told of an answer that was refused or did not come: bounded, linear, on one line."""

import email.utils
import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies

import orjson
import requests
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from common.errors import UpstreamError
from sources.http.reply import QUOTED

LARGEST_REFUSAL = 65_536
"""How many bytes are read of an answer that only tells why there is none."""

_STATBANK = "data.ssb.no"
_LAYER = re.compile(r"^HTTPS?Connection(Pool)?\([^)]*\): ")


class UnreachableError(UpstreamError):
    """The host can't be reached: unknown name, no network or connection refused."""

    def __init__(self, host: str, message: str) -> None:
        super().__init__(message)
        self.host = host

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.host, str(self))


def says(response: requests.Response) -> str:
    """The server's own words: an error object's title, a page's title, or the start of a text."""
    body = response.content[:LARGEST_REFUSAL]
    text = body.decode("utf-8", errors="replace")
    if "html" in response.headers.get("Content-Type", "").lower():
        title = _title(text)
        return f"an HTML page '{title}'" if title else "an HTML page"
    try:
        answer = orjson.loads(body)
    except orjson.JSONDecodeError:
        return line(text) or "no explanation"
    if not isinstance(answer, dict):
        return line(str(answer))
    words = [str(answer[key]) for key in ("title", "detail") if answer.get(key)]
    return line(". ".join(words) or str(answer))


def _title(page: str) -> str:
    start = page.lower().find("<title>")
    end = page.lower().find("</title>", start)
    return line(page[start + len("<title>") : end]) if 0 <= start < end else ""


def is_without_connection(error: BaseException | None) -> bool:
    """Whether nobody was there to hear the question; one cut off or slow to answer was there."""
    within = error.args[0] if isinstance(error, requests.ConnectionError) and error.args else None
    reason = getattr(within, "reason", None)
    return isinstance(reason, (NewConnectionError, ConnectTimeoutError))


def stopped_by_proxy(address: str, error: requests.exceptions.ProxyError) -> tuple[str, str]:
    """The host that a proxy stands before, and in a sentence what the proxy said."""
    host, why = urlsplit(address).netloc, short(error)
    proxy = urlsplit(requests.utils.select_proxy(address, getproxies()) or "")
    if "407" in why:
        advice = "It wants a user and password: http://USER:PASSWORD@HOST:PORT as the"
    elif "403" in why:
        advice = f"Ask who runs it to open for {host}, or name another as"
    else:
        advice = "Is it the right one? It is named by"
    return host, (
        f"{address}: the proxy {proxy.hostname}:{proxy.port} let nothing through ({why})."
        f" {advice} proxy in digidistrikt.toml, or HTTPS_PROXY."
    )


def rest(host: str) -> str:
    """When a host is known to be away."""
    return "; StatBank is closed 05:00-08:00 Oslo time" if host == _STATBANK else ""


def short(error: Exception) -> str:
    """A library's error without the layers it is wrapped in."""
    within = getattr(error, "reason", None) or (error.args[-1] if error.args else None)
    if isinstance(within, Exception):
        return short(within)
    return line(_LAYER.sub("", str(error))) or type(error).__name__


def line(text: str) -> str:
    """A text on one line, at most 200 characters of it, without a full stop at its end.

    Nor with signs that a terminal would obey.
    """
    plain = "".join(sign for sign in " ".join(text.split()) if sign.isprintable())
    return plain[:QUOTED].rstrip(".")


def seconds(retry_after: str | None) -> float | None:
    """`Retry-After` in seconds: a number, a date, or None when it is missing or unreadable."""
    if retry_after is None:
        return None
    if re.fullmatch(r"[0-9]+", number := retry_after.strip()):
        return float(number)
    try:
        until = email.utils.parsedate_to_datetime(retry_after)
    except (ValueError, OverflowError):
        return None
    if until.tzinfo is None:  # "-0000": UTC, from a place that does not say where it is
        until = until.replace(tzinfo=UTC)
    return max(0.0, (until - datetime.now(UTC)).total_seconds())
