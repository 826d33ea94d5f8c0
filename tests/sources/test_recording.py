"""Replies that were recorded are replayed byte for byte, through the session of every upstream."""

import gzip
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from common.errors import InputError, UpstreamError
from sources import recording
from sources.http import Reply, Request, Upstream

Towards = Callable[..., Upstream]

CALLS = [
    Request("https://a.example/config"),
    Request("https://a.example/tables", {"query": "title:Ålesund & Haram", "lang": "no"}),
    Request(
        "https://a.example/data", {"lang": "no"}, json={"selection": [{"valueCodes": ["0301"]}]}
    ),
    Request(
        "https://a.example/data", {"lang": "no"}, json={"selection": [{"valueCodes": ["1508"]}]}
    ),
]


@pytest.fixture
def replies(server: Any, towards: Towards) -> list[Reply]:
    """Replies as they really came, from a server that gives a different one each time."""
    for number in range(len(CALLS)):
        server.says(f'{{"number": {number}, "navn" :"Å"}}\r\n'.encode())
    session = towards()
    return [session.fetch(request) for request in CALLS]


def replayed(folder: Path, tmp_path: Path) -> Upstream:
    return Upstream("recorded", budget=tmp_path / "none.sqlite", recorded=folder)


def test_what_was_recorded_is_replayed_byte_for_byte(replies: list[Reply], tmp_path: Path) -> None:
    recording.write(tmp_path / "made", replies)
    with replayed(tmp_path / "made", tmp_path) as upstream:
        again = [upstream.fetch(request) for request in CALLS]
    assert [reply.content for reply in again] == [reply.content for reply in replies]
    assert [reply.reply_id for reply in again] == [reply.reply_id for reply in replies]
    assert {reply.upstream for reply in again} == {"recorded"}


def test_a_replayed_reply_says_when_and_where_it_was_received(
    replies: list[Reply], tmp_path: Path
) -> None:
    recording.write(tmp_path / "made", replies)
    with replayed(tmp_path / "made", tmp_path) as upstream:
        reply = upstream.fetch(CALLS[0])
        assert upstream.today == replies[0].as_of
    assert reply.as_of == replies[0].as_of
    assert reply.provenance == f"reply as received; {replies[0].upstream}"


def test_the_same_replies_make_the_same_files(replies: list[Reply], tmp_path: Path) -> None:
    for name in ("one", "other"):
        recording.write(tmp_path / name, replies)
    one, other = (
        {path.name: path.read_bytes() for path in (tmp_path / name).iterdir()}
        for name in ("one", "other")
    )
    assert one == other


def test_a_new_recording_takes_the_place_of_the_old_and_of_nothing_else(
    replies: list[Reply], tmp_path: Path
) -> None:
    mine = tmp_path / "my own figures.json.gz"
    mine.write_bytes(b"not a recording")
    recording.write(tmp_path, replies)
    recording.write(tmp_path, replies[:1])
    assert {path.name for path in tmp_path.glob("*.json*")} == {
        "index.json",
        f"{replies[0].reply_id}.json.gz",
        mine.name,
    }
    with replayed(tmp_path, tmp_path) as upstream:
        assert upstream.fetch(CALLS[0]).content == replies[0].content
        with pytest.raises(UpstreamError, match="not among the recordings"):
            upstream.fetch(CALLS[1])


def test_nothing_can_not_be_recorded_over_something(replies: list[Reply], tmp_path: Path) -> None:
    recording.write(tmp_path, replies)
    with pytest.raises(InputError, match="there are no replies to record"):
        recording.write(tmp_path, [])
    with replayed(tmp_path, tmp_path) as upstream:
        assert upstream.fetch(CALLS[0]).content == replies[0].content


def test_a_recording_is_not_recorded_as_if_it_had_been_received(
    replies: list[Reply], tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=r"a\.example/config comes from the recordings; record fr"):
        recording.write(tmp_path, [replace(replies[0], upstream="recorded")])
    assert list(tmp_path.glob("*.gz")) == []


@pytest.mark.parametrize(
    ("damage", "fault"),
    [
        (b"", "is not the one that the index names"),
        (b"no gzip", "can't be read"),
        (gzip.compress(b'{"number": 99}', mtime=0), "is not the one that the index names"),
        (None, "can't be read"),
    ],
    ids=["empty", "not packed", "another body", "gone"],
)
def test_a_damaged_recording_is_told_by_its_path(
    replies: list[Reply], tmp_path: Path, damage: bytes | None, fault: str
) -> None:
    recording.write(tmp_path, replies)
    path = tmp_path / f"{replies[0].reply_id}.json.gz"
    path.unlink()
    if damage is not None:
        path.write_bytes(damage)
    with (
        replayed(tmp_path, tmp_path) as upstream,
        pytest.raises(UpstreamError, match=rf"{path.name}: this recording {fault}.*record it anew"),
    ):
        upstream.fetch(CALLS[0])


def test_the_index_says_of_each_reply_all_that_is_known(
    replies: list[Reply], tmp_path: Path
) -> None:
    recording.write(tmp_path, replies)
    index = json.loads((tmp_path / "index.json").read_text(encoding="utf-8"))
    entry = index["replies"][3]
    assert entry == {
        "address": "https://a.example/data?lang=no",
        "body": '{"selection":[{"valueCodes":["1508"]}]}',
        "file": f"{replies[3].reply_id}.json.gz",
        "sha256": replies[3].sha256,
        "as_of": replies[3].as_of.isoformat(),
        "envelope": "reply as received",
        "came_from": replies[3].upstream,
    }
