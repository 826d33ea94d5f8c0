"""The one way out: every request to a publisher goes through `Upstream.fetch`.

Which upstream it is, is one setting: `live` (the public services), `recorded` (replies shipped
with the package, replayed by a transport adapter of the same session) or the address of a server
that stands in for all services, each under a path that begins with its host.

What is kept everywhere: an identifying User-Agent and the `RequestLimits`: limits for connecting
and reading, retries that obey `Retry-After`, and 30 requests a minute for an address, a budget that
all processes of a user share through one SQLite file, and several machines through a PostgreSQL.
"""

import logging
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from http import HTTPStatus
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urljoin, urlsplit

import requests
import urllib3
from pyrate_limiter import Limiter
from requests import Response, Session
from requests.adapters import BaseAdapter
from requests_ratelimiter import LimiterAdapter
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt

from common.errors import NAME_CERTIFICATES, InputError, UpstreamError
from common.postgres import Service
from sources.http.budget import request_budget
from sources.http.faults import (
    LARGEST_REFUSAL,
    UnreachableError,
    is_without_connection,
    line,
    rest,
    says,
    seconds,
    short,
    stopped_by_proxy,
)
from sources.http.limits import RequestLimits
from sources.http.recorded import AS_OF, PROVENANCE, RECORDED, RecordedAdapter
from sources.http.reply import Extract, Reply, Request

_PASSING_FAULTS = {429, 500, 502, 503, 504}
_BROKEN_OFF = (
    requests.ConnectionError,
    requests.Timeout,
    requests.exceptions.ChunkedEncodingError,
    urllib3.exceptions.HTTPError,
)
_PIECE = 65_536
_LOG = logging.getLogger("digidistrikt.refresh")


def utc_day() -> date:
    """The day it is."""
    return datetime.now(UTC).date()


class _PassingFaultError(Exception):
    """A fault that may be gone on the next try."""

    def __init__(self, sentence: str, retry_after: float | None = None) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class _Session(Session):
    """Follows a redirect within its host, and no other: who else answers is not the publisher."""

    def get_redirect_target(self, resp: Response) -> str | None:
        try:
            target = super().get_redirect_target(resp)
            before, after = urlsplit(resp.url), urlsplit(urljoin(resp.url, target or ""))
        except ValueError as error:
            raise requests.exceptions.InvalidURL("redirected to what is no address") from error
        if (after.scheme, after.netloc) != (before.scheme, before.netloc):
            raise requests.exceptions.InvalidURL(
                f"redirected to another host, {line(after.scheme)}://{line(after.netloc)}"
            )
        return target


class Upstream:
    """A session towards `live`, `recorded` or the address of a stand-in server."""

    def __init__(
        self,
        name: str = "recorded",
        *,
        budget: Path | Service,
        recorded: Path = RECORDED,
        limits: RequestLimits | None = None,
    ) -> None:
        """`budget` is where processes share the request budget: a SQLite file or a PostgreSQL.

        Raises InputError if `name` is none of the three kinds.
        """
        if name not in {"live", "recorded"} and not name.startswith(("http://", "https://")):
            raise InputError(
                f"--upstream is 'live', 'recorded' or the http address of a server, not '{name}'."
            )
        self.name = name.rstrip("/")
        self._opened_with = (budget, recorded)
        self._is_elsewhere = False
        self._sent: list[Request] = []
        self._answered: dict[str, Reply] = {}
        self._unreachable: dict[str, UnreachableError] = {}
        self._limits = limits or RequestLimits()
        self._session = _Session()
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

    def __reduce__(self) -> tuple[Any, ...]:
        """Carried to another process it is a session of its own, with the same budget."""
        return _opened_elsewhere, (self.name, *self._opened_with, self._limits, self.answered)

    def close(self) -> None:
        """Lets go of connections and of the budget."""
        self._session.close()
        if self._limiter:
            self._limiter.bucket_factory.close()

    @property
    def requests(self) -> int:
        """How many requests were sent in this session."""
        return len(self._sent)

    @property
    def sent_elsewhere(self) -> tuple[Request, ...]:
        """Those that were sent in this session, if it was carried here from another process."""
        return tuple(self._sent) if self._is_elsewhere else ()

    def count(self, sent: Iterable[Request]) -> None:
        """Counts requests that were sent elsewhere."""
        self._sent += sent

    @property
    def retried(self) -> int:
        """How many of them had been sent before."""
        return len(self._sent) - len(set(self._sent))

    @property
    def today(self) -> date:
        """The day this upstream is at: now, or for the recordings the day they were made."""
        return self._recorded_on or utc_day()

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
        except UnreachableError as fault:
            self._unreachable[host] = fault
            raise
        except _PassingFaultError as fault:
            sentence = f"{fault}, tried {self._limits.attempts} times. Try again later{rest(host)}."
            if is_without_connection(fault.__cause__):
                self._unreachable[host] = UnreachableError(host, f"{host}: {sentence}")
                raise self._unreachable[host] from fault
            raise UpstreamError(f"{request.address}: {sentence}") from fault
        if request.json is None:
            self._answered[request.address] = reply
        return reply

    def _send(self, request: Request, extract: Extract | None) -> Reply:
        self._sent.append(request)
        try:
            with self._patience(request):
                response = self._session.request(
                    request.method,
                    self._address(request),
                    data=request.body.encode() if request.body is not None else None,
                    headers=_headers(request),
                    timeout=(self._limits.connect_seconds, self._limits.read_seconds),
                    stream=True,
                )
            self._read_whole(request, response)
        except requests.exceptions.ProxyError as error:
            raise UnreachableError(*stopped_by_proxy(request.address, error)) from error
        except requests.exceptions.SSLError as error:
            raise UpstreamError(
                f"{request.address}: its certificate is not trusted ({short(error)})."
                f" {NAME_CERTIFICATES}"
            ) from error
        except _BROKEN_OFF as error:
            missed = "can't be reached" if is_without_connection(error) else "no whole answer"
            raise _PassingFaultError(f"{missed} ({short(error)})") from error
        except requests.RequestException as error:
            raise UpstreamError(f"{request.address}: can't be asked ({short(error)}).") from error
        except OSError as error:  # of the file of certificates
            raise InputError(f"{request.address}: can't be asked ({short(error)}).") from error
        if response.status_code in _PASSING_FAULTS:
            raise self._passing_fault(request, response)
        if not response.ok:
            raise UpstreamError(
                f"{request.address}: refused with HTTP {response.status_code}: {says(response)}."
                " The same question would be refused again; look at what is asked for.",
                response.status_code,
            )
        _require_answer(request, response)
        return self._reply(request, response, extract)

    @contextmanager
    def _patience(self, request: Request) -> Iterator[None]:
        """Says so if the budget or the service lets a request wait for longer than is usual."""
        timer = threading.Timer(
            self._limits.logged_after_seconds,
            _LOG.warning,
            [
                "%s: waiting for more than %g seconds, for its answer or for our limit of %d"
                " requests in %g seconds",
                request.address,
                self._limits.logged_after_seconds,
                self._limits.requests,
                self._limits.per_seconds,
            ],
        )
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _read_whole(self, request: Request, response: Response) -> None:
        """Reads the body, unpacked, as long as it keeps within time and size.

        A time limit on silence has no end where bytes drip, and few bytes can unpack to very many.
        """
        if response.raw is None:
            return
        until = time.monotonic() + self._limits.whole_seconds
        body = BytesIO()
        while piece := response.raw.read1(_PIECE, decode_content=True):
            body.write(piece)
            if not response.ok and body.tell() > LARGEST_REFUSAL:
                response.close()
                break
            if body.tell() > self._limits.largest_bytes:
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
        response._content = body.getvalue()  # the same bytes, not a second copy

    def _passing_fault(self, request: Request, response: Response) -> Exception:
        """The fault to wait for, unless the service asks for more patience than we have.

        A service that is asked too often and does not say for how long is given a whole window.
        """
        asked = seconds(response.headers.get("Retry-After"))
        if asked is None and response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            asked = self._limits.per_seconds
        if asked is not None and asked > self._limits.longest_wait_seconds:
            return UpstreamError(
                f"{request.address}: HTTP {response.status_code}, and the service asks to be left"
                f" alone for {asked:.0f} seconds. Try again after that.",
                response.status_code,
            )
        return _PassingFaultError(f"HTTP {response.status_code}", asked)

    def _reply(self, request: Request, response: Response, extract: Extract | None) -> Reply:
        now = datetime.now(UTC)
        content, recorded = response.content, self._recorded_on is not None
        provenance = response.headers.get(PROVENANCE) if recorded else None
        if extract:
            content, extracted = extract.of(request, content)
            provenance = f"{extracted}; {provenance}" if provenance else extracted
        as_of = response.headers.get(AS_OF) if recorded else None
        return Reply(
            request=request,
            body=content,
            content_type=response.headers.get("Content-Type", ""),
            fetched_at=now,
            upstream=self.name,
            as_of=date.fromisoformat(as_of) if as_of else utc_day(),
            provenance=provenance,
        )

    def _address(self, request: Request) -> str:
        """The live address, or its place on a stand-in server."""
        if not self.name.startswith("http"):
            return request.address
        parts = urlsplit(request.address)
        query = f"?{parts.query}" if parts.query else ""
        return f"{self.name}/{parts.netloc}{parts.path}{query}"

    def _adapter(self, budget: Path | Service, recorded: Path) -> BaseAdapter:
        if self.name == "recorded":
            replay = RecordedAdapter(recorded)
            self._recorded_on = replay.recorded_on
            return replay
        self._limiter = Limiter(request_budget(budget, self._limits))
        return LimiterAdapter(limiter=self._limiter, limit_statuses=())

    def _wait(self, state: RetryCallState) -> float:
        """What the service asks for, else 1, 2, 4, 8 seconds."""
        fault = state.outcome.exception() if state.outcome else None
        asked = getattr(fault, "retry_after", None)
        doubled = self._limits.first_wait_seconds * 2 ** (state.attempt_number - 1)
        return float(min(doubled if asked is None else asked, self._limits.longest_wait_seconds))


def _opened_elsewhere(
    name: str,
    budget: Path | Service,
    recorded: Path,
    limits: RequestLimits,
    answered: Sequence[Reply],
) -> Upstream:
    upstream = Upstream(name, budget=budget, recorded=recorded, limits=limits)
    upstream.remember(answered)
    upstream._is_elsewhere = True
    return upstream


def _headers(request: Request) -> dict[str, str]:
    headers = {"Accept": request.accept}
    if request.json is not None:
        headers["Content-Type"] = "application/json"
    return headers


def _require_answer(request: Request, response: Response) -> None:
    """Refuses a page for people, and the answer to a question that lost its body on the way."""
    if "html" in response.headers.get("Content-Type", "").lower():
        raise UpstreamError(
            f"{request.address}: expected JSON, came {says(response)}. Open the address in a"
            " browser: the service may be closed for maintenance, or the network asks for a log-in."
        )
    if response.request.method != request.method:
        raise UpstreamError(
            f"{request.address}: redirected to {response.url}, where {request.method} became"
            f" {response.request.method} and the selection was lost. The service has moved;"
            " mend its address in the sources."
        )
