"""A question as it came over the wire, and an answer before it goes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

import orjson

JSON = "application/json; charset=utf-8"
HTML = "text/html; charset=utf-8"


@dataclass(frozen=True)
class Question:
    """A request: its path (below the service that answers), its query, and all as it was sent."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    target: str

    @property
    def address(self) -> str:
        """The address at the real service."""
        return f"https:/{self.target}"

    @property
    def steps(self) -> list[str]:
        """The path, step by step."""
        return [step for step in self.path.split("/") if step]

    def parameter(self, name: str) -> str | None:
        """A parameter of the query; the services do not mind the case of its name."""
        return next((v for k, v in self.query.items() if k.lower() == name.lower()), None)

    def number(self, name: str, otherwise: int) -> int:
        """A parameter that is a whole number."""
        found = self.parameter(name)
        return int(found) if found and found.isdigit() else otherwise


Deliver = Callable[[BaseHTTPRequestHandler, "Answer"], None]


def whole(handler: BaseHTTPRequestHandler, answer: "Answer") -> None:
    """The head and the whole body."""
    head(handler, answer)
    handler.wfile.write(answer.body)


def head(handler: BaseHTTPRequestHandler, answer: "Answer") -> None:
    """The status line and the headers, with the length the body should have."""
    handler.send_response(answer.status)
    for name, value in answer.headers.items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(answer.body)))
    handler.end_headers()


@dataclass(frozen=True)
class Answer:
    """A reply, and how it is delivered."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    deliver: Deliver = whole


def as_json(
    found: Any, status: int = 200, headers: Mapping[str, str] | None = None, media: str = JSON
) -> Answer:
    """An answer in JSON."""
    return Answer(status, orjson.dumps(found), {"Content-Type": media, **(headers or {})})


def as_page(title: str, status: int) -> Answer:
    """An HTML page, as the web server in front of a service answers."""
    text = (
        '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN"'
        ' "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">\r\n'
        f"<html><head><title>{title}</title></head><body><h2>{title}</h2></body></html>\r\n"
    )
    return Answer(status, text.encode(), {"Content-Type": HTML})
