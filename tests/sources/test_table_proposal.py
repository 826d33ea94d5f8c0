"""What is proposed for a StatBank table of any kind, from its metadata alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.add import read_warehouse
from common.errors import InputError
from flows.settings import Settings
from sources import catalogue
from sources.http import RequestLimits, Upstream
from sources.infer import Known, Question
from sources.jsonstat import Dimension
from sources.jsonstat.cube import Unit
from sources.statbank.proposal import Proposal, Wishes, addition, propose
from tests.upstream import described
from tests.upstream.limits import Limits, Window
from tests.upstream.server import StandIn
from warehouse import publish


@pytest.fixture(scope="module")
def known(small_home: Settings) -> Known:
    with publish.reading(small_home.warehouse) as con:
        return read_warehouse(con).known


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Upstream]:
    """The stand-in with every table described."""
    budget: Path = tmp_path_factory.mktemp("budget") / "budget.sqlite"
    with StandIn(limits=Limits(statbank=Window(10_000, 60))) as server:
        for table in described.tables().values():
            server.statbank.publish(table)
        limits = RequestLimits(requests=10_000)
        with Upstream(server.address, budget=budget, limits=limits) as upstream:
            yield upstream


@pytest.fixture
def proposed(known: Known, session: Upstream, small: Path):
    """Proposes a table by its number, and what is said of it."""
    entries = catalogue.load(small)

    def propose_it(number: str, **said: object) -> Proposal:
        return propose(Wishes(number, **said), entries, known, session)

    return propose_it


def aggregates(proposal: Proposal) -> dict[str, str]:
    return {each.id.removeprefix("ssb_"): each.aggregate for each in proposal.indicators}


def selections(proposal: Proposal) -> list[dict[str, tuple[str, ...]]]:
    return [each.origins[0].select for each in proposal.indicators if each.origins]


# --- the other dimensions ------------------------------------------------------------------


def test_a_dimension_without_a_total_gives_an_indicator_for_each_code(proposed) -> None:
    proposal = proposed("11918")
    assert selections(proposal) == [
        {"KOKregnskapsomfa0000": ("A",), "KOKfunksjon0000": ("FG2",)},
        {"KOKregnskapsomfa0000": ("B",), "KOKfunksjon0000": ("FG2",)},
    ]
    assert {each.aggregate for each in proposal.indicators} == {"sum"}
    assert proposal.table.is_kostra
    assert proposal.table.regions[0].codes == ("????",)
    assert proposal.indicators[0].title.nb == (
        "Avtalte årsverk (antall), Kommunekonsern, Alle funksjoner"
    )
    assert proposal.indicators[0].title.en.startswith("Agreed full-time equivalents (number), Mun")


def test_amounts_add_up_and_those_per_inhabitant_are_weighted_by_population(proposed) -> None:
    found = proposed("12137").indicators
    assert len(found) == 12
    assert [each.aggregate for each in found[:6]] == ["sum"] * 6
    assert [(each.aggregate, each.weight) for each in found[6:]] == (
        [("weighted_mean", "population")] * 6
    )
    assert all(each.minimum is None for each in found)  # a net operating result can be below 0


def test_a_dimension_is_left_out_only_where_the_publisher_can_add_it_up(proposed) -> None:
    assert selections(proposed("90007")) == [{"NACE2007": ("00-99",), "Kjonn": ("0",)}] * 2
    said = proposed("90007", contents=("Bosatte",), aggregate={"*": "none"})
    assert [each["Alder"] for each in selections(said)] == [("15-19",), ("20-66",), ("67-74",)]


def test_one_indicator_is_chosen_by_contents_and_codes(proposed) -> None:
    select = {"KOKfunksjon0000": ("FGK1b",), "KOKart0000": ("AGD10",)}
    proposal = proposed("12362", contents=("KOSbelop0000",), select=select, id="administration")
    [indicator] = proposal.indicators
    assert (indicator.id, indicator.unit, indicator.aggregate) == (
        "administration",
        "NOK 1 000",
        "sum",
    )
    assert indicator.origins[0].select == select


def test_codes_are_added_up_only_where_figures_add_up(proposed) -> None:
    select = {"KOKfunksjon0000": ("1?0",), "KOKart0000": ("AGD10",)}
    [summed] = proposed("12362", contents=("KOSbelop0000",), select=select).indicators
    assert summed.origins[0].select["KOKfunksjon0000"] == ("1?0",)
    with pytest.raises(InputError, match="adds 4 codes up, which contents KOSandel3501"):
        proposed("12362", contents=("KOSandel3501",), select=select)


def test_a_table_of_many_combinations_is_a_cube(proposed) -> None:
    proposal = proposed("12362")
    assert proposal.indicators == ()
    assert proposal.table.cube is not None
    assert proposal.table.cube.contents == {
        "KOSbelop0000": "sum",
        "KOSandel3501": "none",
        "KOSbelopinnbygge0000": "none",
    }
    assert proposal.table.cube.select == {"KOKfunksjon0000": ("*",), "KOKart0000": ("*",)}
    assert proposal.requests == 2  # 829 620 cells, of 800 000 a query


def test_two_hundred_contents_are_a_cube_too(proposed) -> None:
    layout = proposed("90014").table.cube
    assert layout is not None
    assert len(layout.contents) == 200
    assert set(layout.contents.values()) == {"none"}


def test_a_table_that_nobody_could_read_whole_is_refused_before_it_is_begun(proposed) -> None:
    with pytest.raises(InputError, match=r"1[23] \d{3} \d{3} \d{3} cells in 1\d \d{3} requests"):
        proposed("90016")
    chosen = {"Vare": ("V0001",), "Land": ("L0001",)}
    assert len(proposed("90016", select=chosen).indicators) == 1


# --- municipalities ------------------------------------------------------------------------


@pytest.mark.parametrize(("number", "codes"), [("90006", "K_????"), ("90001", "K-????")])
def test_codes_of_municipalities_are_known_however_they_are_written(
    number: str, codes: str, proposed
) -> None:
    assert proposed(number).table.regions[0].codes == (codes,)


def test_codes_of_today_alone_are_read_as_the_publishers_sums(proposed) -> None:
    assert proposed("90004").table.regions[0].division == "current"
    assert proposed("90008").table.regions[0].division == "own"


def test_of_two_dimensions_of_municipalities_one_is_asked_for(proposed) -> None:
    with pytest.raises(
        Question, match=r"2 dimensions of municipalities: Region .* --region"
    ) as two:
        proposed("90010")
    assert two.value.choices == ("Region", "ArbstedKomm")
    proposal = proposed("90010", region="Region", select={"ArbstedKomm": ("0301",)})
    assert selections(proposal) == [{"ArbstedKomm": ("0301",)}]


def test_a_table_without_municipalities_is_context_if_it_is_said(proposed) -> None:
    with pytest.raises(Question, match=r"no dimension of municipalities .* --context"):
        proposed("90011")
    assert proposed("90011", context=True).table.holds == "context_observation"


# --- what adds up, and what is asked -------------------------------------------------------


def test_a_share_is_made_again_of_the_two_contents_its_figures_are_of(proposed) -> None:
    found = aggregates(proposed("90001"))
    assert found["90001_pupils"] == "sum"
    assert found["90001_average_group_size"] == "none"
    share = next(each for each in proposed("90001").indicators if each.aggregate == "ratio")
    assert (share.numerator, share.denominator, share.factor) == (
        "ssb_90001_pupils_with_nynorsk",
        "ssb_90001_pupils",
        100,
    )


def test_a_median_is_not_added_and_a_count_beside_it_is(proposed) -> None:
    assert aggregates(proposed("90002")) == {
        "90002_total_income_median": "none",
        "90002_number_of_households": "sum",
    }


@pytest.mark.parametrize(
    ("number", "why"),
    [("90012", "it has no unit"), ("90013", "single kroner, and may be a sum or a price")],
)
def test_what_does_not_say_whether_it_adds_up_is_asked(number: str, why: str, proposed) -> None:
    with pytest.raises(Question, match=f"{why}.* --aggregate"):
        proposed(number)
    assert set(aggregates(proposed(number, aggregate={"*": "none"})).values()) == {"none"}


def test_spans_of_years_are_of_no_one_division_and_refused(proposed) -> None:
    with pytest.raises(Question, match=r"2011-2015.*in which municipal division"):
        proposed("90017")


def test_notes_that_must_be_read_are_kept_with_the_table(proposed) -> None:
    assert proposed("12292").table.note.startswith("Fra 2015 er årsverkene avtalte")
    assert "Se tabell 90004" in proposed("90015").table.note


@pytest.mark.parametrize(
    ("label", "unit", "aggregate"),
    [
        ("Befolkning per 1. januar", "personer", "sum"),
        ("Sysselsatte per 4. kvartal", "personer", "sum"),
        ("Årsverk per 31.12", "årsverk", "sum"),
        ("Beløp (1000 kr)", "1000 kr", "sum"),
        ("Jordbruksareal", "dekar", "sum"),
        ("Årsverk per 1 000 innbyggere", "årsverk", "per inhabitant"),
        ("Frie inntekter per innbygger (kr)", "kr", "per inhabitant"),
        ("Elever per årsverk", "antall", "none"),
        ("Andel med høyere utdanning", "prosent", "none"),
        ("Gjennomsnittlig bruttoinntekt", "kr", "none"),
        ("Årsgebyr for avløp", "kr", "none"),
        ("Netto driftsresultat i prosent av brutto driftsinntekter", "prosent", "none"),
        ("Eiendomsskatt", "kr", None),
        ("Verdi", "poeng", None),
    ],
)
def test_units_and_words_say_whether_figures_add_up(
    label: str, unit: str, aggregate: str | None
) -> None:
    dimension = Dimension(
        "ContentsCode", "", "metric", ("X",), (label,), {"X": Unit(unit, 0)}, (), {}, {}, False, ()
    )
    assert addition.of_contents(dimension, "X").aggregate == aggregate


def test_an_average_by_the_publishers_own_word_is_not_added() -> None:
    dimension = Dimension(
        *("ContentsCode", "", "metric", ("X",), ("Utdanningsnivå",), {"X": Unit("antall", 1)}),
        *((), {}, {}, False, ()),
        measuring={"X": "Average"},
    )
    assert addition.of_contents(dimension, "X").aggregate == "none"


def test_an_unknown_code_is_refused_with_the_nearest(proposed) -> None:
    with pytest.raises(InputError, match="no such contents; the nearest are KOSbelop0000"):
        proposed("12362", contents=("KOSbelop000",))
    with pytest.raises(InputError, match=r"--select KOKart0000=AGD1: .*AGD10 Brutto"):
        proposed("12362", select={"KOKart0000": ("AGD1",)})
    with pytest.raises(InputError, match="no such dimension; it has KOKkommuneregion0000"):
        proposed("12362", select={"KOKart": ("AGD10",)})
