"""A request to a publisher, and the reply to it."""

import hashlib
import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, Protocol, TypeVar
from urllib.parse import urlencode

import orjson

from common.errors import UpstreamError
from common.text import shown

_Kind = TypeVar("_Kind")
_Row = TypeVar("_Row")

QUOTED = 200
"""How many characters of an answer are quoted in a sentence."""

_UNEXPECTED = (
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    EOFError,
    OSError,
    RecursionError,
    zlib.error,
)


@dataclass(frozen=True)
class Request:
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


class Body(Protocol):
    """Bytes that lie elsewhere and are read when they are asked for."""

    @property
    def sha256(self) -> str: ...

    @property
    def size(self) -> int: ...

    def read(self) -> bytes: ...


@dataclass(frozen=True)
class Reply:
    """What came back, byte for byte or as the extract a `Extract` makes, and how it came.

    The `body` of one that is stored lies on the disk: a run holds no more of them than it reads.

    `as_of` is the day the figures were taken from the publisher: today for a live reply, the day
    of the recording for a recorded one. `provenance` says where a recorded reply came from.
    `updated` is when the publisher last changed what is in it, if the reply says.
    """

    request: Request
    body: bytes | Body
    content_type: str
    fetched_at: datetime
    upstream: str
    as_of: date
    provenance: str | None = None
    updated: datetime | None = None
    is_discontinued: bool = False

    @property
    def content(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else self.body.read()

    @property
    def size(self) -> int:
        return len(self.body) if isinstance(self.body, bytes) else self.body.size

    @cached_property
    def sha256(self) -> str:
        if not isinstance(self.body, bytes):
            return self.body.sha256
        return hashlib.sha256(self.content).hexdigest()

    @cached_property
    def reply_id(self) -> str:
        """One identity for a question and its answer; the time is not part of it."""
        text = "\n".join(
            [self.request.method, self.request.address, self.request.body or "", self.sha256]
        )
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def part(self, kind: type[_Kind], *path: str) -> _Kind:
        """What stands at a path of keys of the JSON reply, and must be of a kind.

        Raises UpstreamError naming the address, what was expected and what came.
        """
        found = self._json
        for key in path:
            found = found.get(key) if isinstance(found, dict) else None
        if not isinstance(found, kind) or isinstance(found, bool):
            where = f" at '{'.'.join(path)}'" if path else ""
            raise UpstreamError(
                f"{self.request.address}: expected {kind.__name__}{where}, came"
                f" {shown(found, QUOTED)}. The service may have changed its replies."
            )
        return found

    def entries(self, read: Callable[[dict[str, Any]], _Row], *path: str) -> list[_Row]:
        """Each entry of a list in the JSON reply, as `read` makes it.

        Raises UpstreamError naming the address and the first entry that is not as expected.
        """
        return [self._entry(read, entry, path) for entry in self.part(list, *path)]

    def _entry(
        self, read: Callable[[dict[str, Any]], _Row], entry: Any, path: Sequence[str]
    ) -> _Row:
        try:
            return read(entry)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise UpstreamError(
                f"{self.request.address}: an entry of '{'.'.join(path)}' is not as expected"
                f" ({type(error).__name__} {error}): {shown(entry, QUOTED)}."
            ) from error

    @cached_property
    def _json(self) -> Any:
        try:
            return orjson.loads(self.content)
        except orjson.JSONDecodeError as error:
            raise UpstreamError(
                f"{self.request.address}: expected JSON, came {shown(self.content[:80])}"
                f" ({error}). Try again later."
            ) from error


@dataclass(frozen=True)
class Extract:
    """What is kept of an answer that holds more than may be kept: `keep` makes the extract.

    It is used before a reply exists, so that nothing else can see, store or log the rest.
    """

    note: str
    keep: Callable[[bytes], bytes]

    def of(self, request: Request, body: bytes) -> tuple[bytes, str]:
        """The extract, and how it came to be. Raises UpstreamError, quoting nothing."""
        try:
            kept = self.keep(body)
        except _UNEXPECTED as error:
            raise UpstreamError(
                f"{request.address}: the answer is not as expected ({type(error).__name__}), so no"
                f" {self.note} could be made of it. The service may have changed its replies."
            ) from None
        came = f"{len(body)} bytes with SHA-256 {hashlib.sha256(body).hexdigest()}"
        return kept, f"{self.note}, made on arrival of {came}"
