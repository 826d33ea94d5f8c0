"""`python -m tests.upstream` as a person starts it."""

import subprocess
import sys
from pathlib import Path

import requests

ROOT = Path(__file__).parents[2]


def test_it_says_where_it_is_what_it_is_asked_and_fails_as_told() -> None:
    started = subprocess.Popen(
        [sys.executable, "-m", "tests.upstream", "--port", "0", "--fault", "unavailable@config*1"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert started.stdout
        address = started.stdout.readline().split()[-1]
        config = f"{address}/data.ssb.no/api/pxwebapi/v2/config"
        assert [requests.get(config, timeout=60).status_code for _ in range(2)] == [503, 200]
        told = [started.stdout.readline().split()[:2] for _ in range(2)]
        assert told == [["503", "GET"], ["200", "GET"]]
    finally:
        started.terminate()
        started.wait(5)


def test_a_fault_that_does_not_exist_is_told_with_those_that_do() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.upstream", "--port", "0", "--fault", "fire"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 2
    assert "choose among too_many_requests, unavailable" in done.stderr
