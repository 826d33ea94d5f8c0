"""Reports of seven rules that differ as much as rules can: no wrong sentence in either language."""

from pathlib import Path
from typing import Any

import duckdb
import pytest

from common.text import Language
from reports import findings
from reports.page.html import page
from tests.reports.pages import OUTCOME, parsed
from tests.reports.test_report_wording import prose, wrong_forms
from tests.selection.conftest import write_rule

pytestmark = pytest.mark.thorough
STRONG = {"basis": ["named_in_source", "council_decision", "steering_group_seat"]}
FEW = {"draws": 20, "years": [2024, 2025], "bases": [["named_in_source"]], "scalings": ["rank"]}
HELGELAND = {"given": ["digitale_helgeland"], "because": "Its members are named in a source."}
COUNTRY = {"district_definition": "every_municipality"}
LARGE = {"where": "kostra_group is not null and population > 22000 and centrality_class >= 4",
         "because": "Only the largest are studied."}  # fmt: skip
POPULATION = {"id": "population", "role": "control", "transform": "log"}
OLD = {"id": "old_age_dependency_ratio", "role": "cause", "direction": "lower"}
BREACHES = {"id": OUTCOME, "role": "outcome", "direction": "lower"}
RULES: dict[str, dict[str, Any]] = {
    "two networks": {
        "networks": {"given": ["digivestland", "digitale_helgeland"], "because": "Well known."},
        "membership": STRONG, "universe": COUNTRY, "goal": "find_mechanisms",
        "method": {"name": "most_similar", "differ_on": OUTCOME, "at_least": 0.3},
    },
    "one case": {
        "networks": HELGELAND, "membership": STRONG, "cases": {"per_network": 1},
        "goal": "describe", "method": {"name": "typical", "form": "centre"},
    },
    "survey": {
        "indicators": [
            {"id": "website_quality_stars", "role": "outcome", "direction": "higher"}, OLD,
            POPULATION,
        ],
        "method": {"name": "deviant"},
    },
    "twelve candidates": {
        "networks": {"given": ["digivestland"], "because": "It has the largest members."},
        "membership": STRONG, "goal": "estimate",
        "universe": {**COUNTRY, "include": [LARGE]}, "cases": {"per_network": 1},
        "indicators": [BREACHES, OLD, POPULATION], "method": {"name": "influential"},
    },
    "no outcome": {
        "indicators": [OLD, POPULATION], "method": {"name": "extreme", "end": "high"},
        "networks": {"choose": 3, "method": {"name": "extreme", "on": ["district_share"],
                                             "end": "high"}},
        "cases": {"per_network": 1},
    },
    "poor model": {
        "indicators": [BREACHES, OLD], "goal": "find_mechanisms", "method": {"name": "typical"},
        "overrides": [{"network": "digirogaland", "municipality": "1114", "decision": "take",
                       "because": "Here is where we began."}],
    },
    "all weak": {
        "networks": {"given": ["digiagder", "digimr", "digiviken"], "because": "Nobody is named."},
        "membership": {"basis": ["source_says_all_in_county"]}, "goal": "test",
        "method": {"name": "crucial", "kind": "least_likely",
                   "expectation": {"intercept": 0.0, "higher_education_share": 1.0}},
    },
}  # fmt: skip


@pytest.mark.parametrize("name", RULES)
def test_no_sentence_of_a_report_of_a_rule_of_its_own_kind_is_wrong(
    name: str, real: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    texts = {"title": "Sju", "question": "Sju?", "universe": {}, "sensitivity": FEW}
    found = findings.find(real, write_rule(tmp_path / "rule.yaml", texts | RULES[name]))
    labels = found.sensitivity.stability.query("chosen")
    lowered = labels[labels["lowered_by"] != ""]
    assert "robust" not in set(lowered["label"])
    forced = {n for n, asked in found.rule.quotas(found.selection.networks).items()
              if len(found.selection.strata[n]) <= asked}  # fmt: skip
    assert (name == "no outcome") == (forced == {"digitrofi"})
    by_rule = lowered[lowered["network_id"].isin(forced)]
    assert [one.split(", ") for one in by_rule["lowered_by"]] == [["no_alternative"]] * len(forced)
    assert found.rule.method.name not in found.refused_methods
    for language in Language:
        html = parsed(page(found, language, "my-report"))
        assert len(list(prose(html))) > 250
        wrong = wrong_forms(html, language)
        reasons = [o.because.nb for o in found.rule.overrides]
        reasons += [found.rule.networks.because.nb] if found.rule.networks.because else []
        reasons += [condition.because.nb for condition in found.rule.universe.include]
        ours = [w for w in wrong if not any(r in w and f"{r}." not in w for r in reasons)]
        assert ours == []
