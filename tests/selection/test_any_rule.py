"""Any rule that the check accepts gives a report; any other is refused in sentences with lines."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.errors import SelectionError
from common.text import Language
from reports import findings, report
from reports.findings import Findings
from reports.page.html import page
from selection import rulefile

INDICATORS = [
    "accessibility_breaches_per_statement", "old_age_dependency_ratio", "population",
    "higher_education_share", "expenditure_need", "broadband_fibre_coverage",
    "nurses_fte_per_1000", "median_household_income",
]  # fmt: skip
NETWORKS = ["diginordland", "digivestland", "digirogaland", "digitale_helgeland", "digitrofi"]
BASES = [
    "named_in_source", "council_decision", "steering_group_seat", "source_says_all_in_county",
]  # fmt: skip
DEFINITIONS = ["centrality_4_6", "centrality_5_6", "action_zone", "every_municipality"]
CONDITIONS = [
    "kostra_group is not null", "population < 3000", "population > 200000", "true",
    "list_contains(networks, 'digivestland')", "municipality_code = '1833'", "is_district_5_6",
]  # fmt: skip
GOALS = ["describe", "explore", "find_mechanisms", "estimate", "test"]
CAUSES, ROLES = ["cause", "control"], ["outcome", "cause", "control", "context"]


@st.composite
def methods(draw: st.DrawFn, names: list[str]) -> dict[str, Any]:
    column = st.sampled_from(names)
    some = st.lists(column, unique=True, max_size=3)
    scaling = st.sampled_from(["z", "rank", "robust"])
    pairs = {
        "metric": st.sampled_from(["standardised", "mahalanobis", "propensity"]),
        "scaling": scaling,
        "partner": st.sampled_from(["within", "outside"]),
        "exact": st.sampled_from([{}, {"county_name": []}, {"population": [2000, 5000]}]),
    }
    each: dict[str, dict[str, st.SearchStrategy[Any]]] = {
        "random": {},
        "typical": {"form": st.sampled_from(["model", "centre"]), "on": some, "scaling": scaling,
                    "metric": st.sampled_from(["standardised", "mahalanobis"])},
        "extreme": {"end": st.sampled_from(["high", "low", "both"]), "on": some},
        "deviant": {"side": st.sampled_from(["above", "below", "both"]), "on": some},
        "influential": {"measure": st.sampled_from(["cooks_distance", "hat", "dfbetas"])},
        "pathway": {},
        "most_similar": {**pairs, "differ_on": column, "at_least": st.sampled_from([0.1, 1.0])},
        "most_different": {**pairs, "same_on": column, "within": st.sampled_from([0.25, 3.0])},
        "crucial": {"kind": st.sampled_from(["most_likely", "least_likely"]),
                    "expectation": st.dictionaries(column, st.just(1.0), min_size=1, max_size=2),
                    "present": st.sampled_from([None, "population > 4000"])},
    }  # fmt: skip
    cells = [
        {"clusters": 2}, {"clusters": 5}, {"categories": {"centrality_class": []}},
        {"categories": {"population": [2000, 5000]}}, {"quantiles": {names[0]: 3}},
    ]  # fmt: skip
    name = draw(st.sampled_from([*each, "diverse"]))
    if name == "diverse":
        return {"name": name, **draw(st.sampled_from(cells)), "on": draw(some)}
    return {"name": name, **{key: draw(value) for key, value in each[name].items()}}


@st.composite
def rules(draw: st.DrawFn) -> dict[str, Any]:
    """A selection file that may be accepted: real names, roles and settings of every kind."""
    ids = draw(st.lists(st.sampled_from(INDICATORS), unique=True, min_size=1, max_size=5))
    indicators: list[dict[str, Any]] = []
    for place, one in enumerate(ids):
        role = draw(st.sampled_from(ROLES if place == 0 else CAUSES * 2 + ["context"]))
        entry = {"id": one, "role": role, "direction": draw(st.sampled_from(["higher", "none"]))}
        entry |= draw(st.sampled_from([
            {}, {}, {"transform": "log"}, {"mean_of_years": 2}, {"change_since": 2020},
            {"year": 2023},
        ]))  # fmt: skip
        indicators.append(entry)
    names = [entry["id"] for entry in indicators]
    conditions = st.lists(
        st.fixed_dictionaries(
            {"where": st.sampled_from(CONDITIONS), "because": st.just("a trial")}
        ),
        max_size=1,
    )
    given = draw(st.lists(st.sampled_from(NETWORKS), unique=True, min_size=1, max_size=3))
    networks: dict[str, Any] = {"given": given, "because": "a trial"}
    if draw(st.integers(0, 4)) == 0:
        networks = {"choose": 1, "among": given, "method": {"name": "random"}}
    return {
        "title": {"nb": "Prøve", "en": "Trial"},
        "question": {"nb": "Hva?", "en": "What?"},
        "goal": draw(st.sampled_from(GOALS)),
        "universe": {
            "district_definition": draw(st.sampled_from(DEFINITIONS)),
            "include": draw(conditions),
            "exclude": draw(conditions),
            **draw(st.sampled_from([{}, {"year": 2026}, {"year": 2022}])),
        },
        "networks": networks,
        "membership": {"basis": draw(st.sampled_from([BASES, BASES, BASES[:1], BASES[2:]]))},
        "indicators": indicators,
        "method": draw(methods(names)),
        "cases": {"per_network": draw(st.integers(1, 3))},
        "tie_break": draw(st.sampled_from([[], ["population asc"]])),
        "seed": draw(st.integers(0, 9)),
        "missing": draw(st.sampled_from(["exclude", "bounds"])),
        "sensitivity": {
            "draws": draw(st.sampled_from([0, 3])),
            "leave_one_out": draw(st.booleans()),
            "years": draw(st.sampled_from([[], [2024]])),
            "mean_of_years": draw(st.sampled_from([[], [2]])),
            "district_definitions": draw(st.sampled_from([[], ["action_zone"]])),
            "bases": draw(st.sampled_from([[], [BASES[:2]]])),
            "scalings": draw(st.sampled_from([[], ["rank"]])),
        },
    }


def accepted(con: duckdb.DuckDBPyConnection, said: dict[str, Any], folder: Path) -> Findings | None:
    """What a rule comes to, with its report made, or None; a fault of ours is raised."""
    path = folder / "rule.yaml"
    path.write_text(yaml.safe_dump(said, allow_unicode=True, sort_keys=False), encoding="utf-8")
    try:
        found = findings.find(con, rulefile.load(path))
    except SelectionError as error:
        refused = error
    else:
        refused = None
    if refused is not None:
        assert all(problem.startswith("rule.yaml, line ") for problem in refused.problems), refused
        return None
    assert set(report.data_part(found)) == {"selection.json", "candidates.csv", "candidates.xlsx"}
    for language in Language:
        assert "</html>" in page(found, language, "trial")
    return found


@settings(
    max_examples=8 if settings().max_examples == 100 else settings().max_examples // 20,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(said=rules())
def test_a_rule_that_is_accepted_gives_a_report(
    real: duckdb.DuckDBPyConnection, said: dict[str, Any]
) -> None:
    with TemporaryDirectory() as folder:
        accepted(real, said, Path(folder))


@pytest.mark.parametrize("role", ["outcome", "cause", "control", "context"])
def test_one_indicator_in_any_role_is_enough_for_a_choice_by_lot(
    real: duckdb.DuckDBPyConnection, tmp_path: Path, role: str
) -> None:
    """What the other methods lack is said beside the choice."""
    said = {
        "title": {"nb": "Prøve", "en": "Trial"},
        "question": {"nb": "Hva?", "en": "What?"},
        "goal": "explore",
        "networks": {"given": ["diginordland", "digivestland"], "because": "a trial"},
        "membership": {"basis": BASES},
        "indicators": [{"id": "old_age_dependency_ratio", "role": role}],
        "method": {"name": "random"},
        "cases": {"per_network": 1},
        "seed": 1,
        "sensitivity": {"draws": 20},
    }
    found = accepted(real, said, tmp_path)
    assert found
    refused = found.refused_methods
    assert ("no indicator is the outcome" in str(refused["deviant"])) == (role != "outcome")
    assert ("ingen indikator er utfallet" in refused["most_similar"].nb) == (role != "outcome")
    assert ("need background indicators" in str(refused.get("diverse"))) == (
        role in ("outcome", "context")
    )
    assert "has to be declared" in str(refused["crucial"])
