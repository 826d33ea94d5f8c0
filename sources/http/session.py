"""The one way out: every request to a publisher goes through `Upstream.fetch`.

Which upstream it is, is one setting: `live` (the public services), `recorded` (replies shipped
with the package, replayed by a transport adapter of the same session) or the address of a server
that stands in for all services, each under a path that begins with its host.

What is kept everywhere: an identifying User-Agent and the `RequestLimits`: limits for connecting
and reading, retries that obey `Retry-After`, and 30 requests a minute for an address, a budget that
all processes of a user share through one SQLite file.
"""

import email.utils
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from http import HTTPStatus
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import requests
import urllib3
from pyrate_limiter import Limiter, Rate, SQLiteBucket
from requests.adapters import BaseAdapter
from requests_ratelimiter import LimiterAdapter
from requests_ratelimiter.buckets import HostBucketFactory
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from common.errors import InputError, UpstreamError
from sources.http.recorded import RECORDED, RecordedAdapter
from sources.http.reply import QUOTED, Extract, Reply, Request

_PASSING_FAULTS = {429, 500, 502, 503, 504}
_BROKEN_OFF = (
    requests.ConnectionError,
    requests.Timeout,
    requests.exceptions.ChunkedEncodingError,
    urllib3.exceptions.HTTPError,
)
_LAYER = re.compile(r"^HTTPS?Connection(Pool)?\([^)]*\): ")
_PIECE = 65_536
STATBANK = "data.ssb.no"


@dataclass(frozen=True)
class RequestLimits:
    """How patiently and how often an address is asked: `requests` in any `per_seconds`.

    The wait before another attempt doubles from `first_wait_seconds`; a service that asks for
    more than `longest_wait_seconds` is left alone. `read_seconds` is the longest silence, and
    `whole_seconds` the longest an answer may take; StatBank's largest is some 30 million bytes.
    """

    requests: int = 30
    per_seconds: float = 60
    connect_seconds: float = 10
    read_seconds: float = 120
    whole_seconds: float = 600
    largest_bytes: int = 500_000_000
    attempts: int = 5
    first_wait_seconds: float = 1
    longest_wait_seconds: float = 120


class UnreachableError(UpstreamError):
    """Nobody could be reached at a host: no name, no network, nobody who answers the door."""

    def __init__(self, host: str, told: str) -> None:
        super().__init__(told)
        self.host = host


class _PassingFaultError(Exception):
    """A fault that may be gone on the next try."""

    def __init__(self, sentence: str, retry_after: float | None = None) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class Upstream:
    """A session towards `live`, `recorded` or the address of a stand-in server."""

    def __init__(
        self,
        name: str = "recorded",
        *,
        budget: Path,
        recorded: Path = RECORDED,
        limits: RequestLimits | None = None,
    ) -> None:
        """`budget` is the SQLite file in which processes share the request budget.

        Raises InputError if `name` is none of the three kinds.
        """
        if name not in {"live", "recorded"} and not name.startswith(("http://", "https://")):
            raise InputError(
                f"--upstream is 'live', 'recorded' or the http address of a server, not '{name}'."
            )
        self.name = name.rstrip("/")
        self.requests = 0
        self._answered: dict[str, Reply] = {}
        self._unreachable: dict[str, UnreachableError] = {}
        self._limits = limits or RequestLimits()
        self._session = requests.Session()
        self._session.headers["User-Agent"] = f"digidistrikt/{version('digidistrikt')}"
        self._recorded_on: date | None = None
        self._limiter: Limiter | None = None
        adapter = self._adapter(budget, recorded)
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of connections and of the budget."""
        self._session.close()
        if self._limiter:
            self._limiter.bucket_factory.close()

    @property
    def today(self) -> date:
        """The day this upstream is at: now, or for the recordings the day they were made."""
        return self._recorded_on or datetime.now(UTC).date()

    @property
    def answered(self) -> list[Reply]:
        """The replies to GET requests of this session: metadata, code lists, limits, pages."""
        return list(self._answered.values())

    def remember(self, replies: Iterable[Reply]) -> None:
        """Answers of an earlier session to GET requests, which need not be asked again in this."""
        self._answered |= {
            each.request.address: each for each in replies if each.request.json is None
        }

    def fetch(self, request: Request, extract: Extract | None = None) -> Reply:
        """Asks, and retries what passes; returns the reply as it came, or what `extract` keeps.

        A GET that was answered in this session is not asked again: tables share their metadata
        and code lists. Nor is a host that could not be reached, so that a person without a network
        is not kept waiting for each table. Raises UpstreamError, naming the address, when the
        service refuses or keeps failing; UnreachableError if there is none to ask.
        """
        host = urlsplit(self._address(request)).netloc
        if request.json is None and request.address in self._answered:
            return self._answered[request.address]
        if host in self._unreachable:
            raise self._unreachable[host]
        retrying = Retrying(
            retry=retry_if_exception_type(_PassingFaultError),
            stop=stop_after_attempt(self._limits.attempts),
            wait=self._wait,
            reraise=True,
        )
        try:
            reply = retrying(self._send, request, extract)
        except _PassingFaultError as fault:
            told = f"{fault}, tried {self._limits.attempts} times. Try again later{_rest(host)}."
            if _is_without_connection(fault.__cause__):
                self._unreachable[host] = UnreachableError(host, f"{host}: {told}")
                raise self._unreachable[host] from fault
            raise UpstreamError(f"{request.address}: {told}") from fault
        if request.json is None:
            self._answered[request.address] = reply
        return reply

    def _send(self, request: Request, extract: Extract | None) -> Reply:
        self.requests += 1
        try:
            response = self._session.request(
                request.method,
                self._address(request),
                data=request.body.encode() if request.body is not None else None,
                headers=_headers(request),
                timeout=(self._limits.connect_seconds, self._limits.read_seconds),
                stream=True,
            )
            self._read_whole(request, response)
        except requests.exceptions.SSLError as error:
            raise UpstreamError(
                f"{request.address}: its certificate is not trusted ({_short(error)})."
                " Look at what stands between here and the service."
            ) from error
        except _BROKEN_OFF as error:
            missed = "can't be reached" if _is_without_connection(error) else "no whole answer"
            raise _PassingFaultError(f"{missed} ({_short(error)})") from error
        except requests.RequestException as error:
            raise UpstreamError(f"{request.address}: can't be asked ({_short(error)}).") from error
        if response.status_code in _PASSING_FAULTS:
            raise self._passing_fault(request, response)
        if not response.ok:
            raise UpstreamError(
                f"{request.address}: refused with HTTP {response.status_code}: {_says(response)}."
                " The same question would be refused again; look at what is asked for.",
                response.status_code,
            )
        _demand_answer(request, response)
        return self._reply(request, response, extract)

    def _read_whole(self, request: Request, response: requests.Response) -> None:
        """Reads the body, unpacked, as long as it keeps within time and size.

        A time limit on silence has no end where bytes drip, and few bytes can unpack to very many.
        """
        if response.raw is None:
            return
        until = time.monotonic() + self._limits.whole_seconds
        body = bytearray()
        while piece := response.raw.read1(_PIECE, decode_content=True):
            body += piece
            if len(body) > self._limits.largest_bytes:
                response.close()
                raise UpstreamError(
                    f"{request.address}: the answer is larger than {self._limits.largest_bytes}"
                    " bytes once unpacked, more than any we ask for; look at the address."
                )
            if time.monotonic() > until:
                response.close()
                raise _PassingFaultError(
                    f"the answer was not whole after {self._limits.whole_seconds:g} seconds"
                )
        response._content = bytes(body)

    def _passing_fault(self, request: Request, response: requests.Response) -> Exception:
        """The fault to wait for, unless the service asks for more patience than we have.

        A service that is asked too often and does not say for how long is given a whole window.
        """
        asked = _seconds(response.headers.get("Retry-After"))
        if asked is None and response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            asked = self._limits.per_seconds
        if asked is not None and asked > self._limits.longest_wait_seconds:
            return UpstreamError(
                f"{request.address}: HTTP {response.status_code}, and the service asks to be left"
                f" alone for {asked:.0f} seconds. Try again after that.",
                response.status_code,
            )
        return _PassingFaultError(f"HTTP {response.status_code}", asked)

    def _reply(
        self, request: Request, response: requests.Response, extract: Extract | None
    ) -> Reply:
        now = datetime.now(UTC)
        content, provenance = response.content, response.headers.get("X-Recorded-Provenance")
        if extract:
            content, extracted = extract.of(request, content)
            provenance = f"{extracted}; {provenance}" if provenance else extracted
        as_of = response.headers.get("X-Recorded-As-Of")
        return Reply(
            request=request,
            content=content,
            content_type=response.headers.get("Content-Type", ""),
            fetched_at=now,
            upstream=self.name,
            as_of=date.fromisoformat(as_of) if as_of else now.date(),
            provenance=provenance,
        )

    def _address(self, request: Request) -> str:
        """The live address, or its place on a stand-in server."""
        if not self.name.startswith("http"):
            return request.address
        parts = urlsplit(request.address)
        query = f"?{parts.query}" if parts.query else ""
        return f"{self.name}/{parts.netloc}{parts.path}{query}"

    def _adapter(self, budget: Path, recorded: Path) -> BaseAdapter:
        if self.name == "recorded":
            replay = RecordedAdapter(recorded)
            self._recorded_on = replay.recorded_on
            return replay
        budget.parent.mkdir(parents=True, exist_ok=True)
        rate = Rate(self._limits.requests, int(self._limits.per_seconds * 1000))
        shared = {"path": budget, "use_file_lock": True}
        self._limiter = Limiter(HostBucketFactory([rate], SQLiteBucket, shared))
        return LimiterAdapter(limiter=self._limiter, limit_statuses=())

    def _wait(self, state: RetryCallState) -> float:
        """What the service asks for, else 1, 2, 4, 8 seconds."""
        fault = state.outcome.exception() if state.outcome else None
        asked = getattr(fault, "retry_after", None)
        doubled = self._limits.first_wait_seconds * 2 ** (state.attempt_number - 1)
        return float(min(doubled if asked is None else asked, self._limits.longest_wait_seconds))


def _headers(request: Request) -> dict[str, str]:
    headers = {"Accept": request.accept}
    if request.json is not None:
        headers["Content-Type"] = "application/json"
    return headers


def _demand_answer(request: Request, response: requests.Response) -> None:
    """Refuses a page for people, and the answer to a question that lost its body on the way."""
    if "html" in response.headers.get("Content-Type", "").lower():
        raise UpstreamError(
            f"{request.address}: expected JSON, came {_says(response)}. Open the address in a"
            " browser: the service may be closed for maintenance, or the network asks for a log-in."
        )
    if response.request.method != request.method:
        raise UpstreamError(
            f"{request.address}: redirected to {response.url}, where {request.method} became"
            f" {response.request.method} and the selection was lost. The service has moved;"
            " mend its address in the sources."
        )


def _says(response: requests.Response) -> str:
    """The server's own words: an error object's title, a page's title, or the start of a text."""
    if "html" in response.headers.get("Content-Type", "").lower():
        title = re.search(r"<title>(.*?)</title>", response.text, re.IGNORECASE | re.DOTALL)
        return f"an HTML page '{_line(title[1])}'" if title else "an HTML page"
    try:
        said = response.json()
    except ValueError:
        return _line(response.text) or "no explanation"
    if not isinstance(said, dict):
        return _line(str(said))
    words = [str(said[key]) for key in ("title", "detail") if said.get(key)]
    return _line(". ".join(words) or str(said))


def _is_without_connection(error: BaseException | None) -> bool:
    """Whether nobody was there to hear the question; one cut off or slow to answer was there."""
    within = error.args[0] if isinstance(error, requests.ConnectionError) and error.args else None
    reason = getattr(within, "reason", None)
    return isinstance(reason, (NewConnectionError, ConnectTimeoutError))


def _rest(host: str) -> str:
    """When a host is known to be away."""
    return "; StatBank rests between 05:00 and 08:00 Oslo time" if host == STATBANK else ""


def _short(error: Exception) -> str:
    """A library's error without the layers it is wrapped in."""
    within = getattr(error, "reason", None) or (error.args[-1] if error.args else None)
    if isinstance(within, Exception):
        return _short(within)
    return _line(_LAYER.sub("", str(error))) or type(error).__name__


def _line(text: str) -> str:
    """A text on one line, at most 200 characters of it, without a full stop at its end.

    Nor with signs that a terminal would obey.
    """
    plain = "".join(sign for sign in " ".join(text.split()) if sign.isprintable())
    return plain[:QUOTED].rstrip(".")


def _seconds(retry_after: str | None) -> float | None:
    """`Retry-After` in seconds: a number, a date, or None when it is missing or unreadable."""
    if retry_after is None:
        return None
    if re.fullmatch(r"[0-9]+", number := retry_after.strip()):
        return float(number)
    try:
        until = email.utils.parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    if until.tzinfo is None:  # "-0000": UTC, from a place that does not say where it is
        until = until.replace(tzinfo=UTC)
    return max(0.0, (until - datetime.now(UTC)).total_seconds())
