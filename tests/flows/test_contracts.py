"""A source in another shape is not read before a person has looked; the others are published."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from cli.main import app
from flows import engine, rebuild
from flows.settings import CALLS_VARIABLE, Settings
from tests.upstream import faults
from tests.upstream.limits import Limits, Window
from tests.upstream.server import StandIn
from tests.upstream.tables import Dimension
from warehouse import publish

MADE_UP = """
theme: made_up
tables:
  - id: made_up_survey
    kind: file
    publisher: OPPDIKTET
    title: {nb: OPPDIKTET, en: INVENTED}
    licence: none
    citation: OPPDIKTET
    url: http://127.0.0.1/made_up
    obtained_via: invented
    layout: {file: made_up.csv, code: kommune, delimiter: ";"}
indicators:
  - id: made_up_score
    title: {nb: OPPDIKTET, en: INVENTED}
    unit: points
    aggregate: none
    origins: [{table: made_up_survey, column: score, period: "2025"}]
"""
CHANGED = ["made_up_survey", "ssb_12143", "ssb_14534", "uutilsynet_statements"]
FIGURES = (
    "select table_id, count(value), sum(value::decimal(18, 3)) from mart.observation group by 1"
)
NEW_LABEL = {"01": "OPPDIKTET sykepleiere og jordmødre"}


@pytest.fixture(scope="module")
def upstream() -> Iterator[StandIn]:
    with StandIn(limits=Limits(statbank=Window(1_000, 60), searches=Window(1_000, 60))) as server:
        yield server


@pytest.fixture(scope="module")
def settings(small: Path, tmp_path_factory: pytest.TempPathFactory, upstream: StandIn) -> Settings:
    """A home with a file of the researcher's, after one refresh of the small catalogue."""
    home = tmp_path_factory.mktemp("contracts")
    made = Settings(home=home, upstream=upstream.address, calls_a_minute=1_000)
    made.catalogue.mkdir()
    made.files.mkdir()
    (made.catalogue / "made_up.yaml").write_text(MADE_UP, encoding="utf-8")
    write_survey(made, "kommune;score;merknad")
    assert engine.run(made).failed == ()
    return made


def write_survey(settings: Settings, header: str) -> None:
    (settings.files / "made_up.csv").write_text(f"{header}\n0301;7;ingen\n", encoding="utf-8")


def digidistrikt(settings: Settings, *words: str) -> Result:
    """A command as a person types it, its output not wrapped."""
    environment = {CALLS_VARIABLE: "1000", "COLUMNS": "400"}
    words = (*words, "--home", str(settings.home))
    return CliRunner().invoke(app, words, env=environment)


def refresh(settings: Settings, *only: str) -> Result:
    words = [word for name in only for word in ("--only", name)]
    return digidistrikt(settings, "refresh", "--direct", "--upstream", settings.upstream, *words)


def ask(settings: Settings, query: str) -> list[tuple[object, ...]]:
    with publish.reading(settings.warehouse) as con:
        return con.execute(query).fetchall()


def outcomes(settings: Settings) -> dict[object, object]:
    found = ask(
        settings, "select table_id, outcome from mart.source_table where outcome is not null"
    )
    return dict(found)  # type: ignore[arg-type] # two columns


@pytest.mark.thorough
def test_a_change_of_shape_is_not_read_until_it_is_accepted(
    settings: Settings, upstream: StandIn
) -> None:
    """One story, since each refresh starts from what the last one left."""
    figures = sorted(ask(settings, FIGURES))
    today = datetime.now(UTC).date()

    tables = upstream.statbank.tables
    sector = Dimension("Sektor", "sektor", {"K": "OPPDIKTET"})
    upstream.statbank.publish(tables["12143"].with_dimension(sector))
    upstream.statbank.publish(tables["14534"].changed("KOKutdanningoms0000", labels=NEW_LABEL))
    upstream.misbehave(faults.renamed("talBrot", "talBrudd"), "alle-erklaeringer", times=None)
    write_survey(settings, "kommune;score;kommentar")
    done = refresh(settings, "ssb_12134", *CHANGED)

    assert done.exit_code == 4, done.output
    assert "- KOKutdanningoms0000: 01: Sykepleiere" in done.stdout
    assert outcomes(settings) == {"ssb_12134": "fetched"} | dict.fromkeys(CHANGED, "failed")
    assert sorted(ask(settings, FIGURES)) == figures
    found = ask(
        settings,
        "select severity, faults, examples from mart.data_check where check_name = 'source_shape'",
    )
    [(severity, faults_found, examples)] = found
    assert (severity, faults_found) == ("warn", 4)
    assert examples == [
        "made_up_survey, - columns: merknad; + columns: kommentar",
        "ssb_12143, + dimensions: Sektor: must be chosen; + Sektor: K: OPPDIKTET",
        "ssb_14534, - KOKutdanningoms0000: 01: Sykepleiere;"
        " + KOKutdanningoms0000: 01: OPPDIKTET sykepleiere og jordmødre",
        "uutilsynet_statements,"
        " - alle-erklaeringer: _embedded.dataElements.talBrot: whole number or nothing;"
        " + alle-erklaeringer: _embedded.dataElements.talBrot: nothing",
    ]
    status = digidistrikt(settings, "status", "--format", "table").stdout
    assert "stale ssb_14534: ssb_14534 came in another shape than its contract of" in status
    assert "  + KOKutdanningoms0000: 01: OPPDIKTET sykepleiere og jordmødre\n" in status

    differs = digidistrikt(settings, "contracts", "diff", "ssb_14534")
    assert differs.exit_code == 4
    assert differs.stdout == (
        f"--- ssb_14534, first seen {today}\n"
        f"+++ ssb_14534, came {today} from {upstream.address}\n"
        "- KOKutdanningoms0000: 01: Sykepleiere\n"
        "+ KOKutdanningoms0000: 01: OPPDIKTET sykepleiere og jordmødre\n"
    )
    listed = digidistrikt(settings, "contracts", "--format", "csv").stdout.splitlines()
    assert f"ssb_14534,first seen,{today},2,{upstream.address}" in listed
    assert f"ssb_12134,first seen,{today},0,{upstream.address}" in listed
    assert "uutilsynet_statements,recorded,2026-06-01,2," in listed

    for source in ("ssb_14534", "made_up_survey"):
        accepted = digidistrikt(settings, "contracts", "accept", source)
        assert accepted.exit_code == 0, accepted.output
    again = refresh(settings, *CHANGED)
    assert again.exit_code == 4, again.output
    assert outcomes(settings) == {
        "made_up_survey": "fetched",
        "ssb_12143": "failed",
        "ssb_14534": "fetched",
        "uutilsynet_statements": "failed",
    }
    assert sorted(ask(settings, FIGURES)) == figures
    shown = digidistrikt(settings, "contracts", "show", "ssb_14534").stdout
    assert "\nfrom: accepted\n" in shown
    assert "'01': OPPDIKTET sykepleiere og jordmødre\n" in shown
    assert digidistrikt(settings, "contracts", "diff", "ssb_14534").exit_code == 0
    assert digidistrikt(settings, "contracts", "diff").exit_code == 4


@pytest.mark.thorough
def test_what_was_read_in_the_old_shape_can_be_read_again(settings: Settings) -> None:
    assert all(rebuild.rebuild(settings).same.values())


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["show", "ssb_1453"], "there is no source 'ssb_1453'; is it ssb_14534"),
        (["show", "ssb_14534"], "nobody has seen its shape yet"),
        (["diff", "klas_131"], "is it klass_131"),
        (["accept", "klass_131"], "nothing has come in another shape"),
    ],
)
def test_a_source_that_has_no_such_contract_is_told(
    words: list[str], sentence: str, tmp_path: Path
) -> None:
    done = digidistrikt(Settings(home=tmp_path), "contracts", *words)
    assert done.exit_code != 0
    assert sentence in done.stderr
