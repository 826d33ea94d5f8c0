"""A change of the user's own catalogue builds what depends on it, and comes to a full build."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from flows import build, engine, runs
from flows.runs import Run
from flows.settings import Settings
from sources import catalogue
from sources.store import Store
from tests.command import digidistrikt
from warehouse import publish

SURVEY = "kommunenr;2024;2025\n0301;3,5;4\n4601;2;1,5\n1804;..;7\n1507;6;5\n"
LEVIED = "kommunenr;2024\n0301;1\n4601;1\n1804;1\n1507;1\n"
NOT_LEVIED = LEVIED.replace("1804;1", "1804;0")
CORRECTED = "kommunenr;2024;2025\n0301;3,5;4,5\n4601;2;\n1804;1;7\n1508;6;5\n"
ENTRY = "made_up_score.yaml"
DERIVED = {
    "theme": "added",
    "indicators": [
        {
            "id": "made_up_per_head",
            "title": {"nb": "Oppdiktet", "en": "Made up"},
            "unit": "points",
            "aggregate": "ratio",
            "numerator": "made_up_score",
            "denominator": "population",
        }
    ],
    "composites": [
        {
            "id": "made_up_index",
            "title": {"nb": "Oppdiktet", "en": "Made up"},
            "periods": ["2024"],
            "transformation": "z-score",
            "minimum_coverage": 0.5,
            "parts": [
                {"indicator": "made_up_score", "direction": "positive", "weight": 1},
                {"indicator": "nurses_fte", "direction": "negative", "weight": 1},
            ],
        }
    ],
}


def add(home: Settings, text: str, *words: str, wanted: str = "made_up_score") -> None:
    file = home.home / "made_up.csv"
    file.write_text(text, encoding="utf-8")
    done = digidistrikt(
        *("add", file, "--as", wanted, "--division", "own", "--yes", *words),
        home=home.home,
    )
    assert done.returncode == 0, done.stderr


def edit(home: Settings, change: Callable[[dict[str, object]], None]) -> None:
    """Mends the entry by hand, and refreshes."""
    path = home.catalogue / ENTRY
    entry = yaml.safe_load(path.read_text(encoding="utf-8"))
    change(entry)
    path.write_text(yaml.safe_dump(entry), encoding="utf-8")
    engine.run(home)


def retitle(entry: dict[str, object]) -> None:
    [indicator] = entry["indicators"]  # type: ignore[misc]
    indicator["title"] = {"nb": "Poeng", "en": "Points of a survey"}
    indicator["unit"] = "points"


def depend(entry: dict[str, object]) -> None:
    [indicator] = entry["indicators"]  # type: ignore[misc]
    indicator["applies_where"] = "made_up_levied"


def of_another_division(entry: dict[str, object]) -> None:
    [table] = entry["tables"]  # type: ignore[misc]
    table["division"] = 2023


def derive(home: Settings) -> None:
    (home.catalogue / "derived.yaml").write_text(yaml.safe_dump(DERIVED), encoding="utf-8")
    engine.run(home)


def stop_deriving(home: Settings) -> None:
    (home.catalogue / "derived.yaml").unlink()
    engine.run(home)


def take_out(home: Settings) -> None:
    (home.catalogue / ENTRY).unlink()
    engine.run(home)


Step = tuple[str, Callable[[Settings], None], bool]  # the last: whether all is built anew
ADDED: Step = ("a file is added", lambda home: add(home, SURVEY), False)
TAKEN_OUT: Step = ("it is taken out", take_out, False)
REPLACED: list[Step] = [
    ADDED,
    ("a newer edition replaces it", lambda home: add(home, CORRECTED, "--replace"), False),
    TAKEN_OUT,
]
MENDED: list[Step] = [
    ADDED,
    ("others are made of it", derive, False),
    ("it is called something else", lambda home: edit(home, retitle), False),
    ("another is added", lambda home: add(home, LEVIED, wanted="made_up_levied"), False),
    ("it applies where the other is not 0", lambda home: edit(home, depend), False),
    (
        "it applies in fewer places",
        lambda home: add(home, NOT_LEVIED, "--replace", wanted="made_up_levied"),
        False,
    ),
    ("its codes are of another year", lambda home: edit(home, of_another_division), True),
    ("others are made of it no more", stop_deriving, False),
    TAKEN_OUT,
]


def in_full(home: Settings, before: Path, target: Path) -> dict[str, str]:
    """The digest of each table of `mart` if the newest vintage is built in full after `before`."""
    store = Store(home.home)
    manifest = store.read_manifest(store.runs()[-1])
    run = Run.of(manifest.run)
    entries = catalogue.load(catalogue.FOLDER, home.catalogue)
    with publish.build(target) as con:
        build.load_sources(con, home, entries, manifest.replies)
        build.finish(con, before, run)
    return runs.digests(target, run.run_id)


def comments(warehouse: Path) -> list[tuple[object, ...]]:
    with publish.reading(warehouse) as con:
        return con.execute(
            "select schema_name, table_name, column_name, comment from duckdb_columns()"
            " order by all"
        ).fetchall()


@pytest.mark.thorough
@pytest.mark.parametrize(
    "steps",
    [
        pytest.param(REPLACED, id="by commands"),
        pytest.param(MENDED, id="by hand"),
    ],
)
def test_a_change_of_ones_own_catalogue_comes_to_what_a_full_build_comes_to(
    steps: list[Step], small_home: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(small_home.home, tmp_path / "home")
    home = Settings(home=tmp_path / "home", upstream="recorded")
    anew: list[frozenset[str] | None] = []
    which = build.changed
    monkeypatch.setattr(build, "changed", lambda *words: anew.append(which(*words)) or anew[-1])
    before, full = tmp_path / "before.duckdb", tmp_path / "full.duckdb"
    for step, take, is_all in steps:
        shutil.copyfile(home.warehouse, before)
        anew.clear()
        take(home)
        assert [tables is None for tables in anew] == [is_all], step
        run_id = Store(home.home).runs()[-1]
        assert runs.digests(home.warehouse, run_id) == in_full(home, before, full), step
        assert comments(home.warehouse) == comments(full), step
