"""A clock that was ahead once: times in the future are told and not trusted."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner

from cli.main import app
from flows import engine
from flows.settings import Settings
from sources import catalogue, changes
from sources.store import Fetched, Manifest, Store
from tests.flows.test_upgrade import hotspots_of_bergen, old, vintages

__all__ = ["old"]  # a fixture


class MonthAhead(datetime):
    """A clock that is thirty days ahead."""

    @classmethod
    def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
        return datetime.now(UTC) + timedelta(days=30)


def edit(settings: Settings) -> None:
    """The researcher corrects the figure of Bergen."""
    file = settings.files / "hotspots.csv"
    file.write_text(file.read_text("utf-8").replace("4601;8", "4601;9"), "utf-8")


@pytest.mark.thorough
def test_vintages_after_one_dated_in_the_future_stay_in_order(
    old: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(engine, "datetime", MonthAhead)
        ahead = engine.run(old).run_id
    edit(old)
    after = engine.run(old, only=["file_hotspots"]).run_id
    assert "in the future: the clock was ahead" in caplog.text
    assert list(vintages(old))[-2:] == [ahead, after]
    assert hotspots_of_bergen(vintages(old)) == [7, 8, 8, 9]
    done = CliRunner().invoke(app, ["diff", "--home", str(old.home), "--format", "csv"])
    assert done.exit_code == 0
    assert "hotspots,4601," in done.output


def test_what_was_fetched_in_the_future_is_asked_again(old: Settings) -> None:
    store, entries = Store(old.home), catalogue.load(catalogue.FOLDER, old.catalogue)
    manifest = store.read_manifest(store.runs()[-1])
    table = entries.table_by_id["klass_131"]
    day = timedelta(days=30)

    def ahead(item: Fetched) -> Fetched:
        return replace(item, reply=replace(item.reply, fetched_at=datetime.now(UTC) + day))

    declared = {table.id: changes.declared(entries, table)}
    left = Manifest("live", tuple(ahead(item) for item in manifest.replies), declared)

    class Live:
        name = "live"

    [decision] = changes.decide(entries, [table], left, Live())  # type: ignore[arg-type]
    assert decision.asked
    assert decision.why.endswith("a time in the future")
