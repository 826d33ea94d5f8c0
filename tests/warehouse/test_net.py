"""The net of municipalities: positions and overlaps, on nets small enough to count by hand."""

import csv
import io
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.settings import Settings
from tests.command import digidistrikt
from warehouse import net, publish
from warehouse.net import Tie


def ties(*named: str) -> list[Tie]:
    """`A1 g` is municipality A1, of county A, in group g."""
    pairs = [name.split() for name in named]
    return [Tie(municipality=who, county=who[0], group=group) for who, group in pairs]


CHAIN = ties("A1 g", "A2 g", "A2 h", "B1 h")


def test_who_joins_two_groups_lies_on_all_ways_between_them() -> None:
    found = {each["municipality"]: each for each in net.positions(CHAIN)}
    assert found["A2"] == {
        "municipality": "A2",
        "groups": 2,
        "degree": 2,
        "weighted_degree": 2,
        "betweenness": 1.0,
        "clustering": 0.0,
        "county_share": 50.0,
        "bridges": 1,
    }
    assert found["A1"]["betweenness"] == 0
    assert found["A1"]["clustering"] is None  # it meets one other: there is no pair
    assert found["A1"]["county_share"] == 100


def test_two_that_meet_twice_are_tied_twice_and_bridge_nothing_alone() -> None:
    found = {e["municipality"]: e for e in net.positions(ties("A1 g", "A1 h", "B1 g", "B1 h"))}
    assert (found["A1"]["degree"], found["A1"]["weighted_degree"]) == (1, 2)
    assert found["A1"]["bridges"] == 0
    assert found["A1"]["county_share"] == 0


def test_alone_in_a_group_is_in_it_and_meets_nobody() -> None:
    [alone] = net.positions(ties("A1 g"))
    assert (alone["groups"], alone["degree"], alone["county_share"]) == (1, 0, None)


def test_an_overlap_names_who_is_in_both_and_is_seen_from_both_sides() -> None:
    first, second = net.overlaps(CHAIN, nets=50)
    assert (first["group"], first["other"], first["shared"]) == ("g", "h", ["A2"])
    assert (second["group"], second["other"], second["shared"]) == ("h", "g", ["A2"])
    assert first["expected"] == second["expected"]


def test_more_in_common_than_chance_gives_is_seen_and_no_more_than_chance_too() -> None:
    """Two groups of ten with the same ten members among forty that could be members."""
    others = [f"B{n} {group}" for n in range(40) for group in ("x", "y")]
    same = [f"A{n} {group}" for n in range(10) for group in ("g", "h")]
    found = {(e["group"], e["other"]): e for e in net.overlaps(ties(*others, *same), nets=200)}
    assert found["g", "h"]["expected"] < 5
    assert found["g", "h"]["as_many_by_chance"] == 0
    # if everybody is in two groups of one size, which are all there is, nothing else can come
    alike = net.overlaps(ties("A1 g", "A1 h", "A2 g", "A2 h"), nets=50)
    assert all(each["as_many_by_chance"] > 0 for each in alike)


NETS = st.lists(
    st.tuples(st.sampled_from(["A1", "A2", "B1", "B2", "C1"]), st.sampled_from("ghij")),
    min_size=1,
    unique=True,
).map(lambda pairs: ties(*(f"{who} {group}" for who, group in sorted(pairs))))


@given(made=NETS)
def test_degrees_and_weighted_degrees_are_those_of_the_memberships(made: list[Tie]) -> None:
    found = net.positions(made)
    assert {each["municipality"] for each in found} == {tie["municipality"] for tie in made}
    assert sum(each["groups"] for each in found) == len(made)
    members = {group: {t["municipality"] for t in made if t["group"] == group} for group in "ghij"}
    for each in found:
        mine = [who for who in members.values() if each["municipality"] in who]
        met = set().union(*mine) - {each["municipality"]}
        assert each["degree"] == len(met)
        assert each["weighted_degree"] == sum(len(who) - 1 for who in mine)
        assert 0 <= each["betweenness"] <= 1


@given(made=NETS)
def test_overlaps_are_symmetric_and_no_larger_than_either(made: list[Tie]) -> None:
    found = {(e["group"], e["other"]): e for e in net.overlaps(made, nets=3)}
    for (a, b), each in found.items():
        assert found[b, a]["shared"] == each["shared"]
        assert 1 <= len(each["shared"]) <= min(each["members"], each["other_members"])
        assert each["members"] == found[b, a]["other_members"]


def test_the_same_net_gives_the_same_to_the_last_digit_in_every_process() -> None:
    code = (
        "from warehouse import net; import random; r = random.Random(1);"
        "t = sorted({(f'{r.choice(\"ABC\")}{r.randrange(30)}', f'g{r.randrange(12)}')"
        " for _ in range(120)});"
        "t = [dict(municipality=m, county=m[0], group=g) for m, g in t];"
        "print(net.positions(t), net.overlaps(t, 5))"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(printed) == 1


# --- on the real register ------------------------------------------------------------------


@pytest.fixture(scope="module")
def con(built: Settings) -> duckdb.DuckDBPyConnection:
    with publish.reading(built.warehouse) as con:
        yield con


def test_positions_hold_every_tie_of_today(con: duckdb.DuckDBPyConnection) -> None:
    counted = con.execute(
        "select (select sum(groups) from mart.municipality_position"
        "   where net = 'all'),"
        " (select count(distinct (municipality_code, group_id)) from mart.network_tie"
        "   where not has_ended)"
    ).fetchone()
    assert counted is not None
    assert counted[0] == counted[1] > 200
    candidates = con.execute(
        "select count(position_groups), count(*) from mart.case_candidate"
    ).fetchone()
    assert candidates is not None
    assert 100 < candidates[0] < candidates[1] == 357


def test_digitale_helgeland_lies_inside_diginordland(con: duckdb.DuckDBPyConnection) -> None:
    found = con.execute(
        "select nested_share, shared, members, as_many_by_chance from mart.network_overlap"
        " where net = 'networks' and group_id = 'digitale_helgeland' and other_id = 'diginordland'"
    ).fetchall()
    assert found == [(100.0, 16, 16, 0.0)]


def test_weak_evidence_and_later_beginnings_are_left_out_when_asked(
    con: duckdb.DuckDBPyConnection,
) -> None:
    all_of_today = net.ties_on(con)
    strong = net.ties_on(con, strong_only=True)
    assert 0 < len(strong) < len(all_of_today)
    before = net.ties_on(con, "2019-06-01", ["network"])
    groups = {tie["group"] for tie in before}
    assert "digitale_helgeland" not in groups  # it began in January 2020
    assert "digiagder" in groups  # when it began is not known


@pytest.mark.parametrize(("kind", "read"), [("graphml", nx.read_graphml), ("gexf", nx.read_gexf)])
def test_a_graph_written_is_read_back_whole(
    built: Settings, tmp_path: Path, kind: str, read: "nx.Graph"
) -> None:
    out = tmp_path / f"net.{kind}"
    done = digidistrikt("networks", "graph", "-f", kind, "-o", out, home=built.home)
    assert done.returncode == 0, done.stderr
    back = read(out)
    with publish.reading(built.warehouse) as con:
        expected = net.two_mode(net.ties_on(con))
    assert len(back) == len(expected)
    assert back.number_of_edges() == expected.number_of_edges()
    assert back.nodes["1804"]["county"].startswith("Nordland")
    assert back.nodes["diginordland"]["kind"] == "network"


def test_the_projection_in_csv_has_a_row_a_tie(built: Settings) -> None:
    words = ["networks", "graph", "--projected", "--kind", "networks", "--strong"]
    done = digidistrikt(*words, home=built.home)
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    with publish.reading(built.warehouse) as con:
        expected = net.projection(net.ties_on(con, None, ["network"], strong_only=True))
    assert len(rows) == expected.number_of_edges()
    assert {row["weight"] for row in rows} <= {"1", "2"}
