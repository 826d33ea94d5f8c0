"""A rule carried out on the real warehouse: who is in, who is chosen, and what is refused."""

import shutil
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest
import yaml

from common.errors import SelectionError
from common.text import Language
from flows.settings import Settings
from reports.page import explanation
from selection import (
    candidates,
    check,
    rulefile,
    universe,
)
from selection.choice import Selection
from selection.conditions import judge
from tests.selection.conftest import EXAMPLE, Read, RuleWith

OLD = "old_age_dependency_ratio"


BREACHES = "accessibility_breaches_per_statement"


def problems(rule_with: RuleWith, read: Read, **changes: Any) -> list[str]:
    file = rule_with(**changes)
    with pytest.raises(SelectionError) as caught:
        check.check(file, read(file))
    return list(caught.value.problems)


def universe_with(**changes: Any) -> dict[str, Any]:
    example = yaml.safe_load(EXAMPLE.read_text("utf-8"))["universe"]
    return {**example, **changes}


def indicators(*entries: tuple[str, str], **more: Any) -> list[dict[str, Any]]:
    return [{"id": name, "role": role, **more.get(name, {})} for name, role in entries]


# --- candidates and universe against SQL -------------------------------------------------------


def test_a_member_on_several_bases_counts_by_the_strongest_that_the_rule_accepts(
    built: Settings, rule_with: RuleWith, tmp_path: Path
) -> None:
    """As of members that have merged: made up of Bodø, which stands on one basis alone."""
    path = tmp_path / built.warehouse.name
    shutil.copy(built.warehouse, path)
    weaker = "source_says_all_in_county"
    with duckdb.connect(str(path)) as con:
        con.execute(
            "update mart.network_membership set basis = 'council_decision', strength = 'strong',"
            f" bases = ['council_decision', '{weaker}']"
            " where network_id = 'diginordland' and municipality_code = '1804'"
        )
        for accepted, counted in (
            ([weaker], (weaker, "weak")),
            ([weaker, "council_decision"], ("council_decision", "strong")),
        ):
            rule = rule_with(membership={"basis": accepted}).rule
            found = candidates.read(con, rule).membership
            bodo = found[(found.network_id == "diginordland") & (found.municipality_code == "1804")]
            assert list(zip(bodo.basis, bodo.strength, strict=True)) == [counted]


def test_the_example_is_without_fault(rule_with: RuleWith, read: Read) -> None:
    file = rulefile.load(EXAMPLE)
    check.check(file, read(file))


def test_figures_are_those_of_the_warehouse_in_the_period_asked_for(
    rule_with: RuleWith, read: Read, real: duckdb.DuckDBPyConnection
) -> None:
    changed = indicators(
        ("population", "control"),
        (OLD, "cause"),
        population={"year": 2023},
        old_age_dependency_ratio={"mean_of_years": 3},
    )
    growth = {"id": "population", "name": "growth", "role": "control", "change_since": 2016}
    table = read(rule_with(indicators=[*changed, growth])).table
    by_sql = real.execute(
        f"""
        select municipality_code,
            max(value) filter (indicator_id = 'population' and period = '2023') as people,
            avg(value) filter (indicator_id = '{OLD}' and year between 2024 and 2026) as old,
            100 * max(value) filter (indicator_id = 'population' and period = '2026')
                / max(value) filter (indicator_id = 'population' and period = '2016')
                - 100 as growth
        from mart.observation group by municipality_code order by municipality_code
        """
    ).df()
    assert len(table) == 357
    for column, name in [("population", "people"), (OLD, "old"), ("growth", "growth")]:
        expected = by_sql.set_index("municipality_code")[name].astype(float)
        pd.testing.assert_series_equal(
            table[column], expected, check_names=False, check_index_type=False
        )


def test_a_change_from_a_year_without_a_figure_is_missing_and_never_zero(
    rule_with: RuleWith, read: Read
) -> None:
    # Narvik got a part of Tysfjord in 2020: SSB can't sum it back to 2019
    growth = {"id": "population", "name": "growth", "role": "control", "change_since": 2019}
    figures = read(rule_with(indicators=[growth], tie_break=[])).figures
    narvik = figures.set_index("municipality_code").loc["1806"]
    assert pd.isna(narvik["value"])
    assert narvik["missing_reason"] == "no figure to compare 2019 with 2026"
    assert not figures["value"].eq(-100).any()


def test_a_mean_of_years_wants_every_year(
    rule_with: RuleWith, read: Read, real: duckdb.DuckDBPyConnection
) -> None:
    result = {"id": "net_operating_result", "role": "cause", "mean_of_years": 2}
    figures = read(rule_with(indicators=[result], tie_break=[])).figures
    by_sql = real.execute(
        """
        select municipality_code, count(value) as years from mart.observation
        where indicator_id = 'net_operating_result' and year in (2024, 2025) group by all
        """
    ).fetchall()
    both = {code for code, years in by_sql if years == 2}
    assert both
    assert len(both) < len([code for code, years in by_sql if years])
    assert set(figures.loc[figures["value"].notna(), "municipality_code"]) == both
    assert "1 of 2 years have a figure" in set(figures["missing_reason"])


def test_a_figure_made_of_others_keeps_what_was_said_of_them(
    rule_with: RuleWith, read: Read
) -> None:
    growth = read(rule_with()).figures.query("name == 'population_growth'")
    narvik = growth.set_index("municipality_code").loc["1806"]
    assert "split_estimated" in narvik["quality"]
    assert narvik["period"] == "2016-2026"


def test_the_flow_of_the_universe_is_what_sql_counts(
    chosen: Selection, real: duckdb.DuckDBPyConnection
) -> None:
    [counts] = real.execute(
        """
        select count(*), count(*) filter (is_district),
            count(*) filter (is_district and population <= 30000),
            count(*) filter (is_district and population <= 30000
                and higher_education_share is not null and coalesce(position_groups, 0) <= 2)
        from mart.case_candidate
        """
    ).fetchall()
    steps = chosen.universe.steps
    flow = [steps[0].before, steps[0].after, steps[2].after, steps[-1].after]
    assert flow == list(counts)
    assert len(chosen.universe.table) == counts[-1]
    gone = chosen.universe.excluded
    assert gone["municipality_code"].is_unique
    assert len(gone) + counts[-1] == 357
    # Alver, over the limit of the example
    [reason] = gone.loc[gone["municipality_code"] == "4631", "reason"]
    assert reason.startswith("population > 30000: the question is about municipalities with little")
    [reason] = gone.loc[gone["municipality_code"] == "0301", "reason"]
    title = "District municipality: centrality class 4, 5 and 6"
    assert reason == f"not in the district definition '{title}'"


def test_who_is_left_out_for_a_missing_figure_comes_with_what_is_said_of_it(
    chosen: Selection,
) -> None:
    gone = chosen.universe.excluded.set_index("municipality_code")["reason"]
    assert gone["1580"] == "'higher_education_share' is missing: the source has no row for it"


def test_a_condition_is_one_condition_and_leaves_nothing_behind() -> None:
    table = pd.DataFrame({"population": [1.0]}, index=pd.Index(["0301"], name="municipality_code"))
    more = "true) as h from candidate; create table left_behind as select 1; select 'a', (true"
    with pytest.raises(SelectionError, match="is not SQL on the columns of a candidate"):
        judge(table, more)
    with pytest.raises(SelectionError, match="left_behind"):
        judge(table, "(select count(*) from left_behind) > 0")
    with pytest.raises(SelectionError, match="/etc/hostname"):
        judge(table, "exists (from read_csv('/etc/hostname'))")


def test_a_condition_that_can_not_be_judged_is_logged(rule_with: RuleWith, read: Read) -> None:
    where = "net_operating_result > 0"
    for kind, kept in (("include", False), ("exclude", True)):
        file = rule_with(
            universe={
                "district_definition": "every_municipality",
                kind: [{"where": where, "because": "made up for this test"}],
            }
        )
        candidates = read(file)
        who = universe.apply(candidates, file.rule, ())
        unknown = candidates.table.index[candidates.table["net_operating_result"].isna()]
        assert len(unknown) > 200
        assert set(who.steps[1].unjudged) == set(unknown)
        assert unknown.isin(who.table.index).all() == kept
        assert unknown.isin(who.table.index).any() == kept
        left = who.excluded.set_index("municipality_code")["reason"]
        said = f"no figure for net_operating_result in 2025 to judge {where}: made up for this test"
        assert set(left.index[left == said]) == (set() if kept else set(unknown))


# --- bad input, a sentence each ----------------------------------------------------------------


def test_an_unknown_indicator_is_named_with_its_line_and_the_nearest_names(
    rule_with: RuleWith, read: Read, tmp_path: Path
) -> None:
    [problem] = problems(
        rule_with,
        read,
        indicators=indicators(("popluation", "control"), (OLD, "cause")),
    )
    number = next(
        n
        for n, text in enumerate((tmp_path / "changed.yaml").read_text("utf-8").splitlines(), 1)
        if "popluation" in text
    )
    assert problem.startswith(
        f"changed.yaml, line {number}: there is no indicator 'popluation'. Did you mean population"
    )


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"universe": universe_with(include=[
                {"where": "population > 1000", "because": "made up"},
                {"where": "population < 900", "because": "made up"}])},
            "include 'population < 900' leaves none of the 255 municipalities",
        ),
        (
            {"universe": universe_with(include=[{"where": "popul > 9", "because": "made up"}])},
            "Did you mean population",
        ),
        (
            {"universe": universe_with(include=[{"where": "sum(population) > 9",
                                                 "because": "made up"}])},
            "is not SQL on the columns of a candidate",
        ),
        ({"cases": {"per_network": 5}}, "5 cases are asked for in 'digivestland', and 4 of its 8"),
        (
            {"method": {"name": "deviant"}, "indicators": indicators(
                ("robek", "outcome"), ("population", "control")),
             "tie_break": [], "universe": universe_with(
                include=[{"where": "robek = 0", "because": "made up"}])},
            "The outcome 'robek' is 0 in every candidate",
        ),
        (
            {"method": {"name": "deviant"}, "indicators": indicators(
                (BREACHES, "outcome"), ("population", "control"),
                ("population_20_66", "control"), ("population_67_plus", "control"),
                ("population_0_5", "control"), ("population_6_15", "control"),
                ("population_16_19", "control"))},
            "one follows from the others",
        ),
        (
            {"membership": {"basis": ["council_decision"]}},
            "'diginordland' has no members on the evidence accepted (council_decision); there are "
            "41 on source_says_all_in_county",
        ),
        (
            {"networks": {"given": ["digiinnlandet"], "because": "made up"}},
            "no municipality is known to be a member of 'digiinnlandet'",
        ),
        (
            {"networks": {"given": ["digivestlan"], "because": "made up"}},
            "there is no network 'digivestlan'. Did you mean digivestland",
        ),
        ({"membership": {"basis": ["named"]}}, "there is no basis 'named'. Did you mean"),
        (
            {"method": {"name": "extreme", "on": ["net_debt"]}},
            "there is no indicator in this file named 'net_debt'",
        ),
        (
            {"method": {"name": "extreme", "on": ["population", "expenditure_need"]}},
            "'population' has no direction",
        ),
        (
            {"method": {"name": "pathway"}, "indicators": indicators(
                (BREACHES, "outcome"), ("population", "control"))},
            "pathway cases are about a cause, and no indicator is one",
        ),
        (
            {"method": {"name": "typical"}, "indicators": indicators((OLD, "cause"))},
            "rest on a regression, and no indicator is the outcome",
        ),
        (
            {"goal": "estimate", "method": {"name": "deviant"}},
            "chosen by their outcome is biased",
        ),
        (
            {"method": {"name": "most_similar", "differ_on": BREACHES},
             "cases": {"per_network": 1}},
            "pairs within 'diginordland' need an even number of cases, not 1",
        ),
        ({"tie_break": ["peopel asc"]}, "there is no column 'peopel'"),
        (
            {"overrides": [{"network": "diginordland", "municipality": "1805",
                            "decision": "take", "because": "made up for this test"}]},
            "there is no municipality of today '1805': 1805 Narvik ended on 2020-01-01, and"
            " its ground is in 1806 Narvik. Write the code of today.",
        ),
        (
            {"overrides": [{"network": "diginordland", "municipality": "1850",
                            "decision": "take", "because": "made up for this test"}]},
            "1850 Tysfjord - Divtasvuodna ended on 2020-01-01, and its ground is in 1875 Hábmer -"
            " Hamarøy and 1806 Narvik.",
        ),
        (
            {"overrides": [{"network": "diginordland", "municipality": "9999",
                            "decision": "take", "because": "made up for this test"}]},
            "there is no municipality of today '9999'. Did you mean",
        ),
        (
            {"universe": universe_with(year=2001)},
            "has no figures up to 2001",
        ),
    ],
)  # fmt: skip
def test_bad_input_is_a_sentence_before_any_work(
    rule_with: RuleWith, read: Read, changes: dict[str, Any], sentence: str
) -> None:
    found = problems(rule_with, read, **changes)
    assert any(sentence in problem for problem in found), found
    assert all(problem.startswith("changed.yaml, line ") for problem in found)


def test_population_as_it_is_and_weak_membership_are_warned_of(
    rule_with: RuleWith, read: Read
) -> None:
    file = rule_with(indicators=indicators(("population", "control"), ("net_debt", "context")))
    words = " ".join(explanation.sentences(file, read(file), Language.EN))
    assert "largest municipalities dominate every distance" in words
    assert "Other municipalities can't be selected where the method needs it." in words
    assert "All 41 members of DigiNordland are known on weak evidence only" in words
