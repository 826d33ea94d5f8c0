"""The one way out: every call to a publisher goes through `Upstream.fetch`.

Which upstream it is, is one setting: `live` (the public services), `recorded` (replies shipped
with the package, replayed by a transport adapter of the same session) or the address of a server
that stands in for all services, each under a path that begins with its host.

What is kept everywhere: an identifying User-Agent, time limits for connecting and reading,
retries that obey `Retry-After`, and 30 calls a minute for an address, a budget that all processes
of a user share through one SQLite file.
"""

import email.utils
import gzip
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode, urlsplit

import requests
from pyrate_limiter import SQLiteBucket
from requests.adapters import BaseAdapter
from requests_ratelimiter import LimiterAdapter
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt

from sources.errors import UpstreamError

CALLS_PER_MINUTE = 30
CONNECT_SECONDS = 10
READ_SECONDS = 120
ATTEMPTS = 5
LONGEST_WAIT_SECONDS = 120
RECORDED = Path(__file__).parent / "recorded"
_PASSING_FAULTS = {429, 500, 502, 503, 504}
_BROKEN_OFF = (
    requests.ConnectionError,
    requests.Timeout,
    requests.exceptions.ChunkedEncodingError,
    requests.exceptions.ContentDecodingError,
)


@dataclass(frozen=True)
class Call:
    """A question to a publisher: GET, or POST where there is a JSON body."""

    url: str
    params: Mapping[str, str] = field(default_factory=dict)
    json: Mapping[str, Any] | None = None
    accept: str = "application/json"

    def __hash__(self) -> int:
        return hash((self.address, self.body))

    @property
    def method(self) -> str:
        return "GET" if self.json is None else "POST"

    @property
    def address(self) -> str:
        """The URL with its query, as sent."""
        return f"{self.url}?{urlencode(sorted(self.params.items()))}" if self.params else self.url

    @property
    def body(self) -> str | None:
        """The JSON body in one canonical spelling, or None."""
        if self.json is None:
            return None
        return json.dumps(self.json, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@dataclass(frozen=True)
class Reply:
    """What came back, byte for byte, with what is known of how it came.

    `as_of` is the day the figures were taken from the publisher: today for a live reply, the day
    of the recording for a recorded one. `provenance` says where a recorded reply came from.
    """

    call: Call
    content: bytes
    content_type: str
    fetched_at: datetime
    upstream: str
    as_of: date
    provenance: str | None = None

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @cached_property
    def reply_id(self) -> str:
        """One identity for a question and its answer; the time is not part of it."""
        text = "\n".join([self.call.method, self.call.address, self.call.body or "", self.sha256])
        return hashlib.sha256(text.encode()).hexdigest()[:16]


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
        calls_per_minute: int = CALLS_PER_MINUTE,
        first_wait_seconds: float = 1,
    ) -> None:
        """`budget` is the SQLite file in which processes share the call budget.

        Raises UpstreamError if `name` is none of the three kinds.
        """
        if name not in {"live", "recorded"} and not name.startswith(("http://", "https://")):
            raise UpstreamError(
                f"--upstream is 'live', 'recorded' or the http address of a server, not '{name}'."
            )
        self.name = name.rstrip("/")
        self.calls = 0
        self._answered: dict[str, Reply] = {}
        self._first_wait = first_wait_seconds
        self._session = requests.Session()
        self._session.headers["User-Agent"] = f"digidistrikt/{version('digidistrikt')}"
        self._recorded_on: date | None = None
        adapter = self._adapter(budget, recorded, calls_per_minute)
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
        self._session.close()

    @property
    def today(self) -> date:
        """The day this upstream is at: now, or for the recordings the day they were made."""
        return self._recorded_on or datetime.now(UTC).date()

    @property
    def answered(self) -> list[Reply]:
        """The replies to GET calls of this session: metadata, code lists, limits, pages."""
        return list(self._answered.values())

    def fetch(self, call: Call) -> Reply:
        """Asks, with patience for what passes; returns the reply as it came.

        A GET that was answered in this session is not asked again: tables share their metadata
        and code lists. Raises UpstreamError, naming the address, when the service refuses or
        keeps failing.
        """
        if call.json is None and call.address in self._answered:
            return self._answered[call.address]
        retrying = Retrying(
            retry=retry_if_exception_type(_PassingFaultError),
            stop=stop_after_attempt(ATTEMPTS),
            wait=self._wait,
            reraise=True,
        )
        try:
            reply = retrying(self._send, call)
        except _PassingFaultError as fault:
            raise UpstreamError(
                f"{call.address}: {fault} after {ATTEMPTS} tries. Try again later; "
                "StatBank rests between 05:00 and 08:00 Oslo time."
            ) from fault
        if call.json is None:
            self._answered[call.address] = reply
        return reply

    def _send(self, call: Call) -> Reply:
        self.calls += 1
        try:
            response = self._session.request(
                call.method,
                self._address(call),
                data=call.body.encode() if call.body is not None else None,
                headers=_headers(call),
                timeout=(CONNECT_SECONDS, READ_SECONDS),
            )
        except _BROKEN_OFF as error:
            raise _PassingFaultError(f"no whole answer ({_short(error)})") from error
        except requests.RequestException as error:
            raise UpstreamError(f"{call.address}: {_short(error)}.") from error
        if response.status_code in _PASSING_FAULTS:
            raise _PassingFaultError(
                f"HTTP {response.status_code}", _seconds(response.headers.get("Retry-After"))
            )
        if not response.ok:
            raise UpstreamError(f"{call.address}: HTTP {response.status_code}: {_says(response)}")
        return self._reply(call, response)

    def _reply(self, call: Call, response: requests.Response) -> Reply:
        now = datetime.now(UTC)
        as_of = response.headers.get("X-Recorded-As-Of")
        return Reply(
            call=call,
            content=response.content,
            content_type=response.headers.get("Content-Type", ""),
            fetched_at=now,
            upstream=self.name,
            as_of=date.fromisoformat(as_of) if as_of else now.date(),
            provenance=response.headers.get("X-Recorded-Provenance"),
        )

    def _address(self, call: Call) -> str:
        """The live address, or its place on a stand-in server."""
        if not self.name.startswith("http"):
            return call.address
        parts = urlsplit(call.address)
        query = f"?{parts.query}" if parts.query else ""
        return f"{self.name}/{parts.netloc}{parts.path}{query}"

    def _adapter(self, budget: Path, recorded: Path, calls_per_minute: int) -> BaseAdapter:
        if self.name == "recorded":
            replay = RecordedAdapter(recorded)
            self._recorded_on = replay.recorded_on
            return replay
        budget.parent.mkdir(parents=True, exist_ok=True)
        return LimiterAdapter(
            per_minute=calls_per_minute,
            bucket_class=SQLiteBucket,
            bucket_kwargs={"path": budget, "use_file_lock": True},
            limit_statuses=(),
        )

    def _wait(self, state: RetryCallState) -> float:
        """What the server asks for, else 1, 2, 4, 8 seconds."""
        fault = state.outcome.exception() if state.outcome else None
        asked = getattr(fault, "retry_after", None)
        doubled = self._first_wait * 2 ** (state.attempt_number - 1)
        return float(min(doubled if asked is None else asked, LONGEST_WAIT_SECONDS))


class RecordedAdapter(BaseAdapter):
    """Answers from the recordings: the file `index.json` says which reply belongs to which call."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        index = json.loads((folder / "index.json").read_text(encoding="utf-8"))
        self.recorded_on = date.fromisoformat(index["recorded_on"])
        self._entries = {(entry["address"], entry["body"]): entry for entry in index["replies"]}

    def send(
        self, request: requests.PreparedRequest, *_args: object, **_kwargs: object
    ) -> requests.Response:
        """Answers 404 to a call that was not recorded."""
        body = request.body.decode() if isinstance(request.body, bytes) else None
        entry = self._entries.get((str(request.url), body))
        response = requests.Response()
        response.request = request
        response.url = str(request.url)
        response.headers["Content-Type"] = "application/json"
        if entry is None:
            response.status_code = 404
            response._content = _NOT_RECORDED.encode()
            return response
        response.status_code = 200
        response.headers["X-Recorded-As-Of"] = entry["as_of"]
        response.headers["X-Recorded-Provenance"] = f"{entry['envelope']}; {entry['came_from']}"
        response._content = gzip.decompress((self._folder / entry["file"]).read_bytes())
        return response

    def close(self) -> None:
        """Nothing is held open."""


_NOT_RECORDED = (
    "this call is not among the recordings. Use --upstream live, or record it with "
    "'digidistrikt record'."
)


def _headers(call: Call) -> dict[str, str]:
    headers = {"Accept": call.accept}
    if call.json is not None:
        headers["Content-Type"] = "application/json"
    return headers


def _says(response: requests.Response) -> str:
    """The server's own words: the title of an error object, or the start of its text."""
    try:
        said = response.json()
    except ValueError:
        text = " ".join(response.text.split())
        return f"{text[:200]}" if text else "no explanation."
    return str(said.get("title", said)) + "." if isinstance(said, dict) else str(said)[:200]


def _short(error: Exception) -> str:
    """A library's error without the nesting of objects it carries."""
    return f"{type(error).__name__}: {error}"[:160].replace("\n", " ")


def _seconds(retry_after: str | None) -> float | None:
    """`Retry-After` in seconds: a number, a date, or None when it is missing or unreadable."""
    if retry_after is None:
        return None
    if retry_after.strip().isdigit():
        return float(retry_after)
    try:
        until = email.utils.parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    return max(0.0, (until - datetime.now(UTC)).total_seconds())
