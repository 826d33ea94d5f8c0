"""A refresh in this process, and a question to what it published."""

from pathlib import Path

from flows import engine
from flows.outcome import Summary
from flows.settings import Settings
from tests.upstream.server import StandIn
from warehouse import publish


def refreshed(home: Path, upstream: StandIn, only: tuple[str, ...] = ()) -> Summary:
    settings = Settings(home=home, upstream=upstream.address, calls_a_minute=1_000_000)
    return engine.run(settings, only)


def ask(home: Path, query: str) -> list[tuple[object, ...]]:
    with publish.reading(Settings(home=home).warehouse) as con:
        return con.execute(query).fetchall()
