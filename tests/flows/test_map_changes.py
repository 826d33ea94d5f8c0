"""The map of municipalities changes: announced, in force before its figures, and with them.

On one day, invented: Sola merges into Stavanger, which keeps its code; two municipalities become a
new one; one is divided; and all of a county gets new codes. Each state is that of a whole refresh.
"""

import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

from common.text import Language
from flows import engine
from flows.settings import Settings
from publication import bundle
from publication.site import indicator
from publication.site.pages import Pages
from reports.page.land import land_of_today
from reports.page.maps import notes_on
from reports.page.wording import Wording
from tests.command import digidistrikt
from tests.flows.test_vintages import SHOWN, write_report
from tests.upstream import future
from tests.upstream.klass import municipalities_at
from tests.upstream.limits import Limits, Window
from tests.upstream.server import StandIn
from tests.upstream.tables import now
from warehouse import publish
from warehouse.checks import FaultsError

pytestmark = [pytest.mark.usefixtures("small"), pytest.mark.thorough]

NAMES = municipalities_at(date(2026, 1, 1))
CHANGES: list[future.Change] = [
    ("1103", "Stavanger", "1103", "Stavanger"),
    ("1124", "Sola", "1103", "Stavanger"),
    ("5628", NAMES["5628"], "5699", "OPPDIKTET"),
    ("5630", NAMES["5630"], "5699", "OPPDIKTET"),
    ("3301", "Drammen", "3301", "Drammen"),
    ("3301", "Drammen", "3399", "OPPDIKTET DEL"),
    *((code, name, f"58{code[2:]}", name) for code, name in NAMES.items() if code[:2] == "40"),
]
NEW_YEAR = date(2027, 1, 1)
Ask = Callable[[str, str], list[tuple[object, ...]]]


@pytest.fixture(scope="module")
def upstream() -> Iterator[StandIn]:
    with StandIn(limits=Limits(statbank=Window(1_000, 60))) as running:
        yield running


def refreshed(home: Path, upstream: StandIn) -> None:
    done = engine.run(Settings(home=home, upstream=upstream.address, calls_a_minute=1_000_000))
    assert done.failed == ()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, upstream: StandIn) -> Path:
    """A home whose file is kept as it was in December, January, February and April."""
    home = tmp_path_factory.mktemp("map") / "home"
    file = Settings(home=home).warehouse

    def refresh(day: date, name: str) -> None:
        with future.on(day):
            refreshed(home, upstream)
        shutil.copy(file, home / f"{name}.duckdb")

    future.announce(upstream, NEW_YEAR, CHANGES)
    upstream.klass.classes_to = 2027
    refresh(date(2026, 12, 15), "december")
    write_report(home, home.parent / "report")
    refresh(date(2027, 1, 10), "january")
    table = upstream.statbank.tables["07459"]
    upstream.statbank.publish(future.people_after(table, "2027", CHANGES).updated_at(now()))
    refresh(date(2027, 2, 25), "february")
    upstream.klass.classes_to = 2028
    refresh(date(2027, 4, 25), "april")
    return home


@pytest.fixture(scope="module")
def ask(home: Path) -> Ask:
    """The rows that a query gives in a month."""

    def rows(month: str, query: str) -> list[tuple[object, ...]]:
        with publish.reading(home / f"{month}.duckdb") as con:
            return con.execute(query).fetchall()

    return rows


def people(code: str, period: int) -> str:
    return (
        "select value, quality from mart.observation where indicator_id = 'population'"
        f" and municipality_code = '{code}' and period = '{period}'"
    )


def warned(check: str) -> str:
    return f"select faults from mart.data_check where check_name = '{check}'"


def test_a_change_that_is_announced_is_told_and_waits_for_its_day(ask: Ask) -> None:
    assert ask("december", warned("municipality_changes_announced")) == [(len(CHANGES),)]
    assert ask("december", "select count(*) from mart.municipality") == [(357,)]
    assert ask("december", people("1124", 2026)) == [(29541, "reported")]


def test_on_its_day_the_figures_of_before_are_carried_to_the_new_municipalities(ask: Ask) -> None:
    assert ask("january", "select count(*) from mart.municipality") == [(356,)]
    assert ask("january", warned("municipality_changes_announced")) == [(0,)]
    assert ask("january", people("1103", 2026)) == [(151669 + 29541, "summed")]
    assert ask("january", people("5699", 2026)) == [(2806 + 864, "summed")]
    assert ask("january", people("5801", 2026)) == [(37435, "recoded")]
    assert ask("january", people("3399", 2026)) == [(None, "not_comparable")]


def test_what_the_publisher_summed_to_the_municipalities_of_december_is_not_read_as_of_january(
    ask: Ask,
) -> None:
    """Stavanger kept its code: its sums of old are without Sola."""
    [(stavanger, _)], [(sola, _)] = (
        ask("december", people("1103", 1990)),
        ask("december", people("1124", 1990)),
    )
    [(both, quality)] = ask("january", people("1103", 1990))
    assert (both, quality) == (float(str(stavanger)) + float(str(sola)), "summed")


def test_a_municipality_divided_long_ago_is_known_through_a_change_elsewhere(ask: Ask) -> None:
    haram = "select round(value), quality from mart.observation where indicator_id = 'population'"
    haram += " and municipality_code = '1580' and period = '2022'"
    for month in ("december", "january", "february"):
        assert ask(month, haram) == [(9253, "split_estimated")]


def test_figures_of_a_new_year_are_those_of_the_new_municipalities(ask: Ask) -> None:
    assert ask("february", people("1103", 2027)) == [(151669 + 29541, "reported")]
    [(one, how), (other, _)] = [
        row for code in ("3301", "3399") for row in ask("february", people(code, 2026))
    ]
    assert (float(str(one)) + float(str(other)), how) == (106013, "split_estimated")


CLASSES = (
    "select municipality_code, county_code, county_name, kostra_group, centrality_class,"
    " organisation_number from mart.municipality"
    " where municipality_code in ('3399', '5699', '5801') order by all"
)


def test_classes_that_come_late_are_the_last_known_and_are_told(ask: Ask) -> None:
    """A municipality that only got a new code keeps its class; one that is new has none yet."""
    finnmark = "Finnmark"
    assert ask("january", CLASSES) == [
        ("3399", "33", "Buskerud", None, None, None),
        ("5699", "56", finnmark, None, None, None),
        ("5801", "58", None, "EKG10", 3, "939991034"),
    ]
    assert ask("january", warned("municipality_has_classes")) == [(2,)]
    assert ask("january", warned("boundaries_county_is_named")) == [(17,)]
    [(carried,)] = ask("january", warned("municipality_class_carried"))
    assert int(str(carried)) > 3 * 350
    assert ask("april", CLASSES) == [
        ("3399", "33", "Buskerud", "EKG12", 2, None),
        ("5699", "56", finnmark, "EKG15", 6, None),
        ("5801", "58", "OPPDIKTET fylke", "EKG10", 3, "939991034"),
    ]
    # economic regions come in a file of 2024, and are still those of the old codes
    assert ask("april", warned("municipality_class_carried")) == [(17,)]


def test_members_and_the_action_zone_are_carried_to_the_new_municipalities(ask: Ask) -> None:
    assert ask("january", warned("membership_orphans")) == [(0,)]
    assert ask("january", warned("action_zone_orphans")) == [(0,)]
    zone = "select count(*) filter (in_action_zone) from mart.municipality"
    [(before,)], [(after,)] = ask("december", zone), ask("january", zone)
    assert int(str(after)) == int(str(before)) - 1  # two of them are one


def test_statements_under_the_number_of_a_dissolved_municipality_are_of_its_successor(
    ask: Ask,
) -> None:
    statements = (
        "select sum(value) from mart.observation where indicator_id = 'accessibility_statements'"
        " and municipality_code in {}"
    )
    for before, after in ((("1103", "1124"), "('1103')"), (("5628", "5630"), "('5699')")):
        [(then,)] = ask("december", statements.format(before))
        assert then, before
        assert ask("january", statements.format(after)) == [(then,)]
        assert ask("april", statements.format(after)) == [(then,)]


# --- what is made of it --------------------------------------------------------------------


def test_a_merged_municipality_is_drawn_of_its_parts_and_a_divided_one_is_not_drawn(
    home: Path, ask: Ask
) -> None:
    called = "select municipality_code, municipality_name from mart.municipality"
    with publish.reading(home / "january.duckdb") as con:
        land = land_of_today(con)
    names = {str(code): str(name) for code, name in ask("january", called)}
    assert names.keys() - land.paths.keys() == {"3301", "3399"}
    assert notes_on(land, names, Wording(Language.EN)) == [
        "The municipal boundaries are of 2024. These have merged since and are drawn from their"
        " parts: Stavanger, OPPDIKTET.",
        "These municipalities are not in the boundary data, which are of 2024, and are not drawn:"
        " Drammen, OPPDIKTET DEL.",
    ]
    with publish.reading(home / "december.duckdb") as con:
        before = land_of_today(con)
    assert before.merged == ()
    assert land.paths["5801"] == before.paths["4001"]  # another code, the same ground
    west, north, east, south = zip(before.boxes["1103"], before.boxes["1124"], strict=True)
    assert land.boxes["1103"] == (min(west), min(north), max(east), max(south))
    for parts, whole in ((("1103", "1124"), "1103"), (("5628", "5630"), "5699")):
        # the line between them was drawn twice, once for each
        points = sum(before.paths[part].count(",") for part in parts)
        assert land.paths[whole].count(",") < points
        assert area(land.paths[whole]) == sum(area(before.paths[part]) for part in parts)


def area(path: str) -> float:
    """The area inside the rings of a path, those within another taken off."""
    total = 0.0
    for ring in path.split("z")[:-1]:
        start, steps = ring.removeprefix("M").split("l")
        x, y = 0.0, 0.0
        for step in [start, *steps.split()][1:]:
            dx, dy = map(float, step.split(","))
            total += x * dy - dx * y
            x, y = x + dx, y + dy
    return total


def test_the_pages_of_the_site_and_a_report_say_how_a_merged_municipality_is_drawn(
    home: Path, tmp_path: Path
) -> None:
    mine = tmp_path / "home"
    mine.mkdir()
    shutil.copy(home / "january.duckdb", Settings(home=mine).warehouse)
    write_report(mine, tmp_path / "report", SHOWN - {"accessibility_breaches_per_statement"})
    page = (tmp_path / "report" / "report.html").read_text("utf-8")
    assert page.count("er slått sammen senere og er tegnet av delene sine: Stavanger,") == 1
    with publish.reading(home / "january.duckdb") as con:
        found = bundle.read(con)
        pages = [Pages(found, tmp_path, bundle.Imprint(), each, has_sql=False) for each in Language]
        indicator.write(found, pages)
    written = list((tmp_path / "indicators").glob("*.en.html"))
    assert written
    for each in written:
        assert "drawn from their parts: Stavanger, OPPDIKTET" in each.read_text("utf-8"), each


def test_a_report_of_before_is_made_again_byte_for_byte_after_the_change(home: Path) -> None:
    done = digidistrikt("reproduce", str(home.parent / "report"), home=home)
    assert done.returncode == 0, done.stderr
    assert "the same, byte for byte, from vintage" in done.stdout
    assert "rebuilt from stored replies" in done.stdout


# --- a change that Klass does not list -----------------------------------------------------


def test_a_change_that_nothing_explains_blocks_until_a_person_states_it(
    home: Path, upstream: StandIn, tmp_path: Path
) -> None:
    """Bergen has another code one day, and Klass lists no change."""
    mine = Path(shutil.copytree(home, tmp_path / "home"))
    file = Settings(home=mine).warehouse
    before = file.read_bytes()
    unlisted = upstream.klass.unlisted
    unlisted["4601"] = "4699"
    try:
        with future.on(date(2028, 1, 10)):
            with pytest.raises(FaultsError) as caught:
                refreshed(mine, upstream)
            assert file.read_bytes() == before
            assert "4699, Bergen, explained by no change" in str(caught.value)
            assert "digidistrikt contracts accept klass_131 --change OLD=NEW" in str(caught.value)
            words = ("--change", "4601=4699", "--on", "2028-01-01", "--why", "told by SSB")
            done = digidistrikt("contracts", "accept", "klass_131", *words, home=mine)
            assert done.returncode == 0, done.stderr
            refreshed(mine, upstream)
    finally:
        unlisted.clear()
    with duckdb.connect(str(file), read_only=True) as con:
        assert con.execute(people("4699", 2026)).fetchall() == [(294860, "recoded")]
        [(who, why)] = con.execute("select stated_by, why from raw.stated_change").fetchall()
    assert who
    assert why == "told by SSB"
