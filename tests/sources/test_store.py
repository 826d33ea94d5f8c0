"""Replies are kept as they came, under their own hash, and every run can be read again."""

import gzip
import hashlib
import subprocess
import sys
import textwrap
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import InputError
from sources.http import Reply, Request
from sources.plan import Planned
from sources.store import Fetched, Manifest, Store

BODY = b'{"navn": "\xc3\x85lesund"}\r\n'


def reply(content: bytes = BODY, request: Request | None = None) -> Reply:
    return Reply(
        request=request or Request("https://a.example/x", {"lang": "no"}),
        body=content,
        content_type="application/json",
        fetched_at=datetime(2026, 6, 1, 8, 20, 30, 123456, tzinfo=UTC),
        upstream="invented",
        as_of=date(2026, 6, 1),
        provenance="made up for a test",
    )


def bodies(home: Path) -> list[Path]:
    return [path for path in home.rglob("*") if path.is_file()]


@given(st.binary(max_size=2_000))
def test_any_body_comes_back_byte_for_byte(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    store = Store(tmp_path_factory.mktemp("home"))
    store.keep(reply(content))
    assert store.body(hashlib.sha256(content).hexdigest()) == content


def test_a_body_lies_compressed_under_its_hash_and_once(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.keep(reply())
    store.keep(reply(request=Request("https://a.example/other")))
    sha256 = hashlib.sha256(BODY).hexdigest()
    assert bodies(tmp_path) == [tmp_path / "replies" / sha256[:2] / f"{sha256}.gz"]
    assert gzip.decompress(bodies(tmp_path)[0].read_bytes()) == BODY


def test_a_reply_that_is_kept_has_its_body_on_the_disk_alone(tmp_path: Path) -> None:
    kept = Store(tmp_path).keep(reply())
    assert kept == reply()
    assert kept != reply(b"another")
    assert (kept.content, kept.size, kept.sha256) == (BODY, len(BODY), reply().sha256)
    [path] = bodies(tmp_path)
    path.unlink()
    with pytest.raises(InputError, match="the stored reply is gone"):
        _ = kept.content


def test_a_body_that_is_there_is_not_written_again(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.keep(reply())
    [path] = bodies(tmp_path)
    before = path.stat()
    store.keep(reply())
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == (before.st_mtime_ns, before.st_ino)


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"not gzip at all",
        gzip.compress(BODY, mtime=0)[:-9],
        gzip.compress(BODY[:-1], mtime=0),
        gzip.compress(BODY, mtime=0)[:12] + b"\xff\xff\xff" + gzip.compress(BODY, mtime=0)[15:],
    ],
    ids=["empty", "other", "cut", "another body", "overwritten"],
)
def test_a_damaged_body_is_told_by_its_path_and_mended_by_the_next_reply(
    tmp_path: Path, damaged: bytes
) -> None:
    store = Store(tmp_path)
    store.keep(reply())
    [path] = bodies(tmp_path)
    path.write_bytes(damaged)
    with pytest.raises(InputError, match=rf"{path.name}: the stored reply is damaged; refresh"):
        store.body(reply().sha256)
    store.keep(reply())
    assert store.body(reply().sha256) == BODY


def test_a_body_that_is_gone_is_told_by_its_path(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"00\.gz: the stored reply is gone; refresh to fetch"):
        Store(tmp_path).body("00")


def test_a_run_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    asked = Request("https://a.example/data", {"lang": "no"}, json={"selection": [{"a": ["Å"]}]})
    run = (
        Fetched(Planned(reply().request, "first", "current"), reply()),
        Fetched(Planned(asked, "second"), reply(b"[1, 2]", asked)),
        Fetched(Planned(asked, "third"), replace(reply(b"[1, 2]", asked), provenance=None)),
    )
    manifest = Manifest("live", run, {"first": "a digest"}, {"second": "what was told"})
    store = Store(tmp_path)
    for item in run:
        store.keep(item.reply)
    store.write_manifest("a_run", manifest)
    again = Store(tmp_path).read_manifest("a_run")
    assert again == manifest
    assert [item.reply.reply_id for item in again.replies] == [item.reply.reply_id for item in run]


def test_a_run_that_lost_a_body_is_not_read_in_part(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.keep(reply())
    fetched = Fetched(Planned(reply().request, "first"), reply())
    store.write_manifest("a_run", Manifest("live", (fetched,)))
    next(path for path in bodies(tmp_path) if path.suffix == ".gz").unlink()
    with pytest.raises(InputError, match="the stored reply is gone"):
        store.read_manifest("a_run")


def test_a_run_that_never_was_is_told_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no_run\.json\.gz: there is no run 'no_run'"):
        Store(tmp_path).read_manifest("no_run")


def test_a_write_that_breaks_off_leaves_no_half_of_a_body(tmp_path: Path) -> None:
    """A real process runs into a limit on the size of its files in the middle of a body."""
    program = textwrap.dedent(
        """
        import random, resource, sys
        from datetime import UTC, date, datetime
        from pathlib import Path
        from sources.http import Request, Reply
        from sources.store import Store
        content, now = random.Random(1).randbytes(300_000), datetime.now(UTC)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
        reply = Reply(Request("https://a.example"), content, "", now, "invented", date(2026, 6, 1))
        Store(Path(sys.argv[1])).keep(reply)
        """
    )
    written = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert "can't be written (File too large). Make room on the disk" in written.stderr
    assert bodies(tmp_path) == []


def test_a_reply_has_one_identity_for_a_question_and_its_answer() -> None:
    one = reply()
    assert replace(one, fetched_at=datetime.now(UTC)).reply_id == one.reply_id
    assert reply(b"other").reply_id != one.reply_id
    assert reply(request=Request("https://a.example/x")).reply_id != one.reply_id
    posted = Request("https://a.example/x", {"lang": "no"}, json={})
    assert reply(request=posted).reply_id != one.reply_id


@pytest.mark.parametrize(
    "content", [b"", b"half", gzip.compress(b"{", mtime=0), gzip.compress(b"{}", mtime=0)[:9]]
)
def test_a_record_of_a_run_that_is_damaged_is_told_by_its_path(
    tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "a_run.json.gz").write_bytes(content)
    with pytest.raises(InputError, match=r"a_run\.json\.gz: the record of this run is damaged"):
        Store(tmp_path).read_manifest("a_run")


def test_a_record_of_a_run_that_is_none_is_told_by_its_path(tmp_path: Path) -> None:
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "a_run.json.gz").write_bytes(gzip.compress(b"[]", mtime=0))
    with pytest.raises(InputError, match=r"a_run\.json\.gz: the record of this run is damaged"):
        Store(tmp_path).read_manifest("a_run")


@pytest.mark.parametrize("damage", ["", "{}", "[1]", '{"call": {"address": 1}, "sha256": "x"}'])
def test_a_damaged_note_of_what_was_fetched_means_only_that_it_is_asked_again(
    tmp_path: Path, damage: str
) -> None:
    store = Store(tmp_path)
    whole = Fetched(Planned(reply().request, "made_up"), reply())
    store.keep(whole.reply)
    store.note_unfinished(whole)
    (tmp_path / "unfinished" / "0.json").write_text(damage)
    assert [found.identity for found in store.unfinished()] == [whole.identity]
