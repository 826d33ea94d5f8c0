"""How a service can be told to misbehave.

A fault takes the question and the answer that would have come, and gives what comes instead. Those
without arguments can be named on the command line. What publishers do to a table (a dimension
renamed, new codes, a table discontinued) is done to the table itself, see `tables.py`.
"""

import gzip
import json
import socket
import struct
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler
from typing import Any

import orjson

from tests.upstream.exchange import Answer, Question, as_page, head

Misbehave = Callable[[Question, Answer], Answer]


@dataclass
class Fault:
    """What goes wrong at the addresses that hold a text, and how many times; None is for good."""

    misbehave: Misbehave
    where: str = ""
    left: int | None = 1

    def meets(self, question: Question) -> bool:
        """Whether the fault happens to this question; if so it is counted."""
        if self.where not in question.address or self.left == 0:
            return False
        if self.left is not None:
            self.left -= 1
        return True


# --- refusals ------------------------------------------------------------------------------


def too_many_requests(retry_after: str | None = None) -> Misbehave:
    """429 without a body; `Retry-After` is missing, seconds, or a date."""
    headers = {"Retry-After": retry_after} if retry_after else {}
    return lambda _question, _answer: Answer(429, headers=headers)


def unavailable(_question: Question, _answer: Answer) -> Answer:
    """503 with an HTML page, as in the morning."""
    return as_page("Service Unavailable", 503)


def back_at_once(_question: Question, _answer: Answer) -> Answer:
    """503 that may be tried again without a pause: what tests use to be quick."""
    return Answer(503, headers={"Retry-After": "0"})


def vanished(_question: Question, _answer: Answer) -> Answer:
    """404 on metadata that is there: how any inner fault of StatBank may show."""
    body = {"type": "Parameter error", "title": "Non-existent table", "status": 404}
    return Answer(404, orjson.dumps(body), {"Content-Type": "application/json"})


def page_instead(_question: Question, _answer: Answer) -> Answer:
    """An HTML page with 200."""
    return as_page("Vi har det travelt", 200)


def redirect_loop(question: Question, _answer: Answer) -> Answer:
    """A redirect to the same address."""
    return Answer(302, headers={"Location": question.target})


def figure_instead(figure: float, place: int = 0) -> Misbehave:
    """A reply of StatBank in which one figure is another: the first, or the last with -1."""

    def misbehave(_question: Question, answer: Answer) -> Answer:
        reply = orjson.loads(answer.body)
        values = reply.get("value") or []
        if figures := [each for each, value in enumerate(values) if value]:
            values[figures[place]] = figure
        return replace(answer, body=orjson.dumps(reply))

    return misbehave


# --- broken delivery -----------------------------------------------------------------------


def half_a_body(_question: Question, answer: Answer) -> Answer:
    """The head promises the whole body; the connection ends after half of it."""

    def deliver(handler: BaseHTTPRequestHandler, answer: Answer) -> None:
        head(handler, answer)
        handler.wfile.write(answer.body[: len(answer.body) // 2])
        handler.close_connection = True

    return replace(answer, deliver=deliver)


def half_in_chunks(_question: Question, answer: Answer) -> Answer:
    """The body comes in chunks; the connection ends before the last of them."""

    def deliver(handler: BaseHTTPRequestHandler, answer: Answer) -> None:
        half = answer.body[: len(answer.body) // 2]
        _head_without_length(handler, {**answer.headers, "Transfer-Encoding": "chunked"})
        handler.wfile.write(b"%x\r\n%b\r\n" % (len(half), half))

    return replace(answer, deliver=deliver)


def half_without_length(_question: Question, answer: Answer) -> Answer:
    """The body is to end with the connection, which ends after half of it."""

    def deliver(handler: BaseHTTPRequestHandler, answer: Answer) -> None:
        _head_without_length(handler, answer.headers)
        handler.wfile.write(answer.body[: len(answer.body) // 2])

    return replace(answer, deliver=deliver)


def _head_without_length(handler: BaseHTTPRequestHandler, headers: Mapping[str, str]) -> None:
    handler.send_response(200)
    for name, value in {**headers, "Connection": "close"}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.close_connection = True


def half_packed(_question: Question, answer: Answer) -> Answer:
    """Half of a compressed body as if it were all: what a proxy kept when it was cut off itself."""
    packed = gzip.compress(answer.body, mtime=0)
    headers = {**answer.headers, "Content-Encoding": "gzip"}
    return replace(answer, body=packed[: len(packed) // 2], headers=headers)


def reset(_question: Question, answer: Answer) -> Answer:
    """The connection is reset instead of an answer."""

    def deliver(handler: BaseHTTPRequestHandler, _answer: Answer) -> None:
        at_once = struct.pack("ii", 1, 0)
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
        handler.connection.close()
        handler.close_connection = True

    return replace(answer, deliver=deliver)


def slow_drip(seconds: float = 1) -> Misbehave:
    """A byte, a pause, a byte: never a silence longer than `seconds`, and never an end."""

    def deliver(handler: BaseHTTPRequestHandler, answer: Answer) -> None:
        head(handler, answer)
        for place in range(len(answer.body)):
            handler.wfile.write(answer.body[place : place + 1])
            time.sleep(seconds)

    return lambda _question, answer: replace(answer, deliver=deliver)


def gzip_bomb(megabytes: int = 2_000) -> Misbehave:
    """A small compressed body that unpacks to one many times larger."""

    def misbehave(_question: Question, _answer: Answer) -> Answer:
        member = gzip.compress(b" " * 1_000_000, mtime=0)
        headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
        return Answer(200, member * megabytes, headers)

    return misbehave


# --- bodies that are not what they say -----------------------------------------------------


def broken_json(_question: Question, answer: Answer) -> Answer:
    """Half of the JSON, as if it were all of it."""
    return replace(answer, body=answer.body[: len(answer.body) // 2])


def _edited(change: Callable[[dict[str, Any]], None]) -> Misbehave:
    """The answer with its JSON changed; `json` writes NaN where the standard has none."""

    def misbehave(_question: Question, answer: Answer) -> Answer:
        found = orjson.loads(answer.body)
        change(found)
        return replace(answer, body=json.dumps(found).encode())

    return misbehave


def _drop_last_value(cube: dict[str, Any]) -> None:
    cube["value"].pop()


def _repeat_first_code(cube: dict[str, Any]) -> None:
    category = cube["dimension"][cube["id"][0]]["category"]
    codes = sorted(category["index"], key=category["index"].get)
    category["index"] = [codes[0], *codes[:-1]]


def _spoil_first_value(cube: dict[str, Any]) -> None:
    cube["value"][0] = float("nan")


def _write_numbers_as_text(cube: dict[str, Any]) -> None:
    cube["value"] = [None if value is None else str(value) for value in cube["value"]]


def renamed(field: str, to: str) -> Misbehave:
    """The answer with a field called otherwise wherever it stands."""
    before, after = (f'"{name}":'.encode() for name in (field, to))
    return lambda _question, answer: replace(answer, body=answer.body.replace(before, after))


one_value_too_few = _edited(_drop_last_value)
duplicate_code = _edited(_repeat_first_code)
not_a_number = _edited(_spoil_first_value)
numbers_as_text = _edited(_write_numbers_as_text)

BY_NAME: dict[str, Misbehave] = {
    "too_many_requests": too_many_requests(),
    "unavailable": unavailable,
    "back_at_once": back_at_once,
    "vanished": vanished,
    "page_instead": page_instead,
    "redirect_loop": redirect_loop,
    "half_a_body": half_a_body,
    "half_in_chunks": half_in_chunks,
    "half_without_length": half_without_length,
    "half_packed": half_packed,
    "reset": reset,
    "slow_drip": slow_drip(),
    "gzip_bomb": gzip_bomb(),
    "broken_json": broken_json,
    "one_value_too_few": one_value_too_few,
    "duplicate_code": duplicate_code,
    "not_a_number": not_a_number,
    "numbers_as_text": numbers_as_text,
}
