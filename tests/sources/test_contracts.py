"""What shape a source is agreed to have: what is a change of it, and what happens every year."""

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import InputError
from sources import doctor, registry
from sources.contracts import Contracts, ShapeError
from sources.shape import Shape, difference
from tests.sources.contracted import STAFF, TABLE, asked, declared, home, see, statbank
from tests.upstream.server import StandIn
from tests.upstream.tables import CONTENTS, TIME, Dimension
from tests.upstream.tables import Table as StatBankTable

__all__ = ["home", "statbank"]  # fixtures

# --- differences -------------------------------------------------------------------------------

WORDS = st.sampled_from(["", "a", "b", "text", "text or nothing"])

SHAPES = st.dictionaries(WORDS, st.dictionaries(WORDS, WORDS))


@given(SHAPES, SHAPES)
def test_a_difference_has_what_only_one_of_two_shapes_says_and_nothing_else(
    agreed: Shape, came: Shape
) -> None:
    """Of the parts that came: what was agreed of another may be in a reply that was not asked."""

    def facts(shape: Shape) -> Counter[str]:
        return Counter(
            ": ".join(filter(None, (part, fact, said)))
            for part in came
            for fact, said in shape.get(part, {}).items()
        )

    same = Counter(
        ": ".join(filter(None, (part, fact, said)))
        for part in came
        for fact, said in came[part].items()
        if agreed.get(part, {}).get(fact) == said
    )
    lines = difference(agreed, came)
    told = {sign: Counter(line[2:] for line in lines if line[0] == sign) for sign in "-+"}
    assert told["-"] == facts(agreed) - same
    assert told["+"] == facts(came) - same


# --- StatBank ----------------------------------------------------------------------------------


def test_a_table_seen_for_the_first_time_is_noted_with_what_is_used_of_it(
    statbank: StandIn, home: Contracts, tmp_path: Path
) -> None:
    see(home, statbank, tmp_path)
    contract = home.of("oppdiktet", statbank.address)
    assert contract is not None
    assert (contract.origin, contract.upstream) == ("first seen", statbank.address)
    assert contract.shape == {
        "dimensions": {
            "Region": "geo, may be left out",
            "Kjonn": "may be left out",
            "Stilling": "must be chosen",
            "Alder": "must be chosen",
            "ContentsCode": "metric, must be chosen",
            "Tid": "time, must be chosen",
        },
        "code lists": {"sammenslåtte": "OPPDIKTET sammenslåtte par"},
        "Kjonn": {"1": "Menn", "2": "Kvinner"},
        "Stilling": {"TOT": "Alle"},
        "Alder": {"000": "0 år", "001": "1 år"},
        "ContentsCode": {"Antall": "OPPDIKTET Antall (antall, 0 decimals)"},
        "periods": {"Tid": "####"},
    }


CHANGES = {
    "a dimension lost": (TABLE.without("Kjonn"), ["- dimensions: Kjonn: may be left out"]),
    "a dimension renamed": (
        TABLE.changed("Kjonn", code="KJONN2"),
        [
            "- dimensions: Kjonn: may be left out",
            "+ dimensions: KJONN2: may be left out",
            "+ KJONN2: 1: Menn",
            "+ KJONN2: 2: Kvinner",
        ],
    ),
    "a dimension that must be chosen from now on": (
        TABLE.changed("Kjonn", elimination=False),
        ["- dimensions: Kjonn: may be left out", "+ dimensions: Kjonn: must be chosen"],
    ),
    "a new dimension that must be chosen": (
        TABLE.with_dimension(Dimension("Sektor", "sektor", {"K": "Kommuner"})),
        ["+ dimensions: Sektor: must be chosen", "+ Sektor: K: Kommuner"],
    ),
    "a changed unit": (
        TABLE.changed(CONTENTS, units={"Antall": {"base": "1 000", "decimals": 1}}),
        [
            "- ContentsCode: Antall: OPPDIKTET Antall (antall, 0 decimals)",
            "+ ContentsCode: Antall: OPPDIKTET Antall (1 000, 1 decimals)",
        ],
    ),
    "another label of a code that is asked for": (
        TABLE.changed("Stilling", labels={**STAFF.labels, "TOT": "Alle uten ledere"}),
        ["- Stilling: TOT: Alle", "+ Stilling: TOT: Alle uten ledere"],
    ),
    "a new code among those we add up": (
        TABLE.with_codes("Alder", **{"002": "2 år"}),
        ["+ Alder: 002: 2 år"],
    ),
    "a new code among those the publisher adds up": (
        TABLE.with_codes("Kjonn", **{"0": "Begge kjønn"}),
        ["+ Kjonn: 0: Begge kjønn"],
    ),
    "a lost code that is asked for": (
        TABLE.changed("Stilling", labels={"01": "Sykepleiere"}),
        ["- Stilling: TOT: Alle"],
    ),
    "a code list called otherwise": (
        TABLE.changed("Region", codelists=()),
        [
            "- code lists: sammenslåtte: OPPDIKTET sammenslåtte par",
            "+ code lists: sammenslåtte: nothing",
        ],
    ),
    "quarters for years": (
        TABLE.changed(TIME, labels={"2024K1": "2024K1", "2024K2": "2024K2"}),
        ["- periods: Tid: ####", "+ periods: Tid: ####K#"],
    ),
}


@pytest.mark.parametrize(("changed", "lines"), CHANGES.values(), ids=CHANGES)
def test_a_changed_table_is_told_by_what_was_agreed_and_what_came(
    statbank: StandIn, home: Contracts, tmp_path: Path, changed: StatBankTable, lines: list[str]
) -> None:
    see(home, statbank, tmp_path)
    statbank.statbank.publish(changed)
    entries, table = declared()
    with asked(statbank, tmp_path) as upstream, pytest.raises(ShapeError) as told:
        home.plan(entries, table, upstream)
    assert told.value.difference.lines == lines
    for line in lines:
        assert f"\n  {line}\n" in str(told.value)
    assert str(told.value).endswith(
        "Look at http://127.0.0.1/99999; if the figures still mean the same:"
        " digidistrikt contracts accept oppdiktet"
    )


@pytest.mark.parametrize(
    "changed",
    [
        TABLE.with_codes("Region", **{"0099": "OPPDIKTET ny kommune"}),
        TABLE.with_codes(TIME, **{"2026": "2026"}),
        TABLE.with_codes("Stilling", **{"03": "Vernepleiere"}),
        TABLE.changed("Stilling", labels={**STAFF.labels, "02": "Leger og tannleger"}),
        TABLE.updated_at("2026-07-01T06:00:00Z"),
    ],
    ids=["a municipality", "a period", "a code not asked for", "a label not asked for", "figures"],
)
def test_what_changes_all_the_time_is_no_change_of_shape(
    statbank: StandIn, home: Contracts, tmp_path: Path, changed: StatBankTable
) -> None:
    see(home, statbank, tmp_path)
    statbank.statbank.publish(changed)
    entries, table = declared()
    with asked(statbank, tmp_path) as upstream:
        assert home.plan(entries, table, upstream)


def test_where_a_table_can_not_be_asked_as_before_both_are_told(
    statbank: StandIn, home: Contracts, tmp_path: Path
) -> None:
    see(home, statbank, tmp_path)
    statbank.statbank.publish(TABLE.changed("Stilling", code="Yrke"))
    entries, table = declared()
    with asked(statbank, tmp_path) as upstream, pytest.raises(ShapeError) as told:
        home.plan(entries, table, upstream)
    assert "no longer has the dimension Stilling" in str(told.value)
    assert "\n  - dimensions: Stilling: must be chosen\n" in str(told.value)


def test_a_contract_costs_no_request(statbank: StandIn, home: Contracts, tmp_path: Path) -> None:
    entries, table = declared()
    with asked(statbank, tmp_path) as upstream:
        registry.of(table).plan(entries, table, upstream)
        before = upstream.requests
        home.plan(entries, table, upstream)
        home.agree(entries, table, upstream, [])
        home.plan(entries, table, upstream)
        assert upstream.requests == before


def test_what_was_seen_at_one_upstream_is_not_held_against_another(
    statbank: StandIn, home: Contracts, tmp_path: Path
) -> None:
    see(home, statbank, tmp_path)
    assert home.of("oppdiktet", "live") is None
    assert home.of("oppdiktet", statbank.address) is not None


def test_another_question_is_no_change_of_shape_but_a_changed_answer_is(
    statbank: StandIn, home: Contracts, tmp_path: Path
) -> None:
    see(home, statbank, tmp_path)
    more = TABLE.changed(
        CONTENTS,
        labels={"Antall": "OPPDIKTET Antall", "Andel": "OPPDIKTET Andel"},
        units={"Antall": {"base": "antall", "decimals": 0}, "Andel": {"base": "prosent"}},
    )
    statbank.statbank.publish(more)
    entries, table = declared("Andel")
    with asked(statbank, tmp_path) as upstream:
        assert home.plan(entries, table, upstream)
    statbank.statbank.publish(more.with_codes("Alder", **{"000": "0 og 1 år"}))
    with asked(statbank, tmp_path) as upstream, pytest.raises(ShapeError) as told:
        home.plan(entries, table, upstream)
    assert told.value.difference.lines == ["- Alder: 000: 0 år", "+ Alder: 000: 0 og 1 år"]


def test_what_is_accepted_is_agreed_from_then_on_and_nothing_else(
    statbank: StandIn, home: Contracts, tmp_path: Path
) -> None:
    see(home, statbank, tmp_path)
    entries, table = declared()
    statbank.statbank.publish(TABLE.with_codes("Kjonn", **{"0": "Begge kjønn"}))
    with asked(statbank, tmp_path) as upstream:
        with pytest.raises(ShapeError) as told:
            home.plan(entries, table, upstream)
        home.keep(told.value.difference)
        assert home.accept("oppdiktet").lines == ["+ Kjonn: 0: Begge kjønn"]
        assert home.plan(entries, table, upstream)
    contract = home.of("oppdiktet")
    assert contract is not None
    assert contract.origin == "accepted"
    assert home.pending("oppdiktet") is None
    with pytest.raises(InputError, match="there is nothing to accept"):
        home.accept("oppdiktet")
    statbank.statbank.publish(TABLE)
    with asked(statbank, tmp_path) as upstream, pytest.raises(ShapeError):
        home.plan(entries, table, upstream)


def test_a_long_difference_is_cut_in_the_sentence_and_whole_when_asked_for(
    statbank: StandIn, home: Contracts, tmp_path: Path
) -> None:
    see(home, statbank, tmp_path)
    statbank.statbank.publish(
        TABLE.with_codes("Alder", **{f"{age:03d}": f"{age} år" for age in range(2, 106)})
    )
    entries, table = declared()
    with asked(statbank, tmp_path) as upstream, pytest.raises(ShapeError) as told:
        home.plan(entries, table, upstream)
    assert len(told.value.difference.lines) == 104
    assert "+ Alder: 013: 13 år\n  and 92 lines more\n" in str(told.value)


def test_the_doctor_tells_the_difference_and_notes_nothing(
    statbank: StandIn, home: Contracts, tmp_path: Path
) -> None:
    entries, _ = declared()
    with asked(statbank, tmp_path) as upstream:
        [_, unknown] = doctor.examine(entries, upstream, home)
    assert unknown.expected
    assert unknown.message.endswith("; no contract yet")
    assert not home.folder.exists()
    see(home, statbank, tmp_path)
    statbank.statbank.publish(TABLE.with_codes("Kjonn", **{"0": "Begge kjønn"}))
    with asked(statbank, tmp_path) as upstream:
        [_, differs] = doctor.examine(entries, upstream, home)
    assert not differs.expected
    assert "\n  + Kjonn: 0: Begge kjønn\n" in differs.message
    assert home.pending("oppdiktet") is None
