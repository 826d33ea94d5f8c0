"""The selection file: refused with its line, hashed, frozen, and judged against its goal."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import yaml

from common.errors import SelectionError
from selection import frozen, goals, rule, rulefile
from tests.selection.conftest import EXAMPLE, RuleWith

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def file_with(tmp_path: Path, old: str, new: str) -> Path:
    """The example as text, with one passage changed."""
    text = EXAMPLE.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path = tmp_path / "mine.yaml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


def line(path: Path, passage: str) -> int:
    return next(
        number
        for number, text in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if passage in text
    )


def complaint(path: Path) -> str:
    with pytest.raises(SelectionError) as caught:
        rulefile.load(path)
    return str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "entry", "said"),
    [
        ("goal: explore", "goal: find out", "goal: find out",
         "goal: 'find out' can't stand here. Possible: describe, explore,"),
        ("clusters: 3", "clusters: many", "clusters: many",
         "method.clusters: 'many' must be a whole number."),
        ("  per_network: 2", "  per_network: 0", "per_network: 0",
         "cases.per_network: '0' must be at least 1."),
        ("seed: 20260601", "sed: 1", "sed: 1", "sed: there is no such entry"),
        ("direction: lower\n  - id: old", "direction: down\n  - id: old", "direction: down",
         "indicators.0.direction"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_with_its_line(
    tmp_path: Path, old: str, new: str, entry: str, said: str
) -> None:
    path = file_with(tmp_path, old, new)
    message = complaint(path)
    assert f"mine.yaml, line {line(path, entry)}: " in message
    assert said in message


def test_one_indicator_twice_needs_two_names(tmp_path: Path) -> None:
    path = file_with(tmp_path, "    name: population_growth\n", "")
    assert "two indicators are named 'population'; give one another 'name'" in complaint(path)


def test_everything_wrong_is_said_at_once(tmp_path: Path) -> None:
    path = file_with(tmp_path, "seed: 20260601", "seed: -1")
    path.write_text(path.read_text("utf-8").replace("goal: explore", "goal: guess"), "utf-8")
    with pytest.raises(SelectionError) as caught:
        rulefile.load(path)
    assert len(caught.value.problems) == 2


def test_what_is_missing_and_what_is_no_yaml_is_said(tmp_path: Path) -> None:
    assert "membership: this is missing" in complaint(
        file_with(tmp_path, "membership:\n  basis:", "memberships:\n  basis:")
    )
    broken = file_with(tmp_path, "goal: explore", "goal: [explore")
    assert complaint(broken).startswith("mine.yaml, line ")
    assert "this is not YAML" in complaint(broken)
    assert "there is no such file" in complaint(tmp_path / "none.yaml")
    latin = tmp_path / "latin.yaml"
    latin.write_bytes("title: Målselv".encode("latin-1"))
    assert complaint(latin) == "latin.yaml: byte 8 is not UTF-8 text; save it as UTF-8."


def uncommented(text: str, entry: str) -> str:
    """An alternative that stands in the comments of a text as it is used: without the marks."""
    part = next(part for part in text.split("\n\n") if f"#   {entry}:\n" in part)
    return "".join(
        f"{row.removeprefix('#   ')}\n" for row in part.splitlines() if row.startswith("#   ")
    )


def test_the_alternatives_in_the_comments_of_the_example_can_be_used(tmp_path: Path) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    given = text[text.index("networks:\n  given:") : text.index("# What evidence")]
    path = tmp_path / "mine.yaml"
    path.write_text(
        text.replace(given, uncommented(text, "networks")).replace("# on: 2026", "on: 2026")
        + uncommented(text, "overrides"),
        encoding="utf-8",
    )
    found = rulefile.load(path).rule
    assert found.networks.method is not None
    assert found.networks.method.on == ("district_share",)
    assert found.membership.on == date(2026, 1, 1)
    assert [override.municipality for override in found.overrides] == ["1841"]


def test_an_exclusion_is_not_lost_to_a_key_written_twice(tmp_path: Path) -> None:
    path = file_with(
        tmp_path,
        "\n# The networks are given",
        """
  exclude:
    - where: population < 500
      because: too small
# The networks are given""",
    )
    twice = line(path, "population < 500") - 1
    assert complaint(path) == (
        f"mine.yaml, line {twice}: 'exclude' is written twice in one entry; keep one of them."
    )


@pytest.mark.parametrize(
    ("method", "said"),
    [
        ({"name": "diverse"}, "exactly one of 'categories', 'quantiles' and 'clusters'"),
        ({"name": "most_similar"}, "say in 'differ_on'"),
        ({"name": "best"}, "method: 'best' can't stand here. Possible: crucial, deviant"),
    ],
)
def test_a_method_says_what_it_needs(
    rule_with: RuleWith, method: dict[str, object], said: str
) -> None:
    with pytest.raises(SelectionError, match=said):
        rule_with(method=method)


@pytest.mark.parametrize(
    ("networks", "said"),
    [
        ({"given": ["digiagder"]}, "say in 'because'"),
        ({"choose": 3}, "say in 'method' how the networks are chosen"),
        ({}, "say either 'given'"),
        ({"choose": 3, "method": {"name": "deviant"}}, "neither a regression nor pairs"),
        ({"choose": 3, "method": {"name": "typical"}}, "say 'form: centre'"),
    ],
)
def test_networks_are_given_with_a_reason_or_chosen_without_a_regression(
    rule_with: RuleWith, networks: dict[str, object], said: str
) -> None:
    with pytest.raises(SelectionError, match=said):
        rule_with(networks=networks)


def test_comments_and_layout_do_not_change_the_hash_but_every_entry_does(
    rule_with: RuleWith,
) -> None:
    example = rulefile.load(EXAMPLE).rule
    assert rule_with().rule.hash == example.hash  # the same without its comments
    assert len(example.hash) == 64
    assert rule_with(seed=1).rule.hash != example.hash
    assert rule_with(cases={"per_network": 3}).rule.hash != example.hash


def test_a_default_written_out_is_the_same_rule(rule_with: RuleWith) -> None:
    said = yaml.safe_load(EXAMPLE.read_text("utf-8"))
    written_out = said["method"] | {"scaling": "z"}
    assert rule_with(method=written_out).rule.hash == rule_with().rule.hash


def test_a_frozen_rule_shows_what_was_changed_afterwards(rule_with: RuleWith) -> None:
    kept = frozen.freeze(rule_with(), NOON, "made-up vintage")
    assert (kept.frozen_at, kept.vintage) == ("2026-11-24T12:00:00+00:00", "made-up vintage")
    assert frozen.changes(kept, rule_with().rule) == []
    later = rule_with(seed=7, cases={"per_network": 3})
    again = frozen.read(later)
    assert again == kept
    assert frozen.changes(again, later.rule) == ["cases.per_network: 2 -> 3", "seed: 20260601 -> 7"]


def test_a_rule_frozen_before_an_entry_existed_is_still_the_same_rule(rule_with: RuleWith) -> None:
    file = rule_with()
    frozen.freeze(file, NOON, "made-up vintage")
    path = frozen.path_of(file)
    said = json.loads(path.read_text("utf-8"))
    del said["rule"]["sensitivity"]["vintages"]
    path.write_text(json.dumps(said | {"hash": rule.rule_hash(said["rule"])}), "utf-8")
    kept = frozen.read(file)
    assert kept is not None
    assert frozen.changes(kept, file.rule) == []


def test_a_rule_is_frozen_once(rule_with: RuleWith) -> None:
    frozen.freeze(rule_with(), NOON, "made-up vintage")
    with pytest.raises(SelectionError, match="already frozen, 2026-11-24T12:00:00"):
        frozen.freeze(rule_with(seed=3), NOON, "made-up vintage")


def test_a_freeze_that_was_tampered_with_is_refused(rule_with: RuleWith) -> None:
    file = rule_with()
    assert frozen.read(file) is None
    frozen.freeze(file, NOON, "made-up vintage")
    path = frozen.path_of(file)
    said = json.loads(path.read_text("utf-8"))
    said["rule"]["seed"] = 1
    path.write_text(json.dumps(said), "utf-8")
    with pytest.raises(SelectionError, match="does not have the hash it says"):
        frozen.read(file)


@pytest.mark.parametrize(
    ("goal", "method", "verdict"),
    [
        ("estimate", {"name": "deviant"}, "refused"),
        ("estimate", {"name": "pathway"}, "refused"),
        ("estimate", {"name": "typical"}, "refused"),
        ("estimate", {"name": "extreme", "on": ["accessibility_breaches_per_statement"]},
         "refused"),
        ("estimate", {"name": "most_similar",
                      "differ_on": "accessibility_breaches_per_statement"}, "refused"),
        ("estimate", {"name": "most_similar", "differ_on": "old_age_dependency_ratio"}, "fits"),
        ("estimate", {"name": "random"}, "fits"),
        ("estimate", {"name": "influential"}, "fits"),
        ("estimate", {"name": "extreme"}, "warning"),
        ("explore", {"name": "deviant"}, "fits"),
        ("explore", {"name": "extreme"}, "fits"),
        ("find_mechanisms", {"name": "pathway"}, "fits"),
        ("find_mechanisms", {"name": "typical"}, "fits"),
        ("find_mechanisms", {"name": "deviant"}, "warning"),
        ("test", {"name": "crucial", "kind": "most_likely",
                  "expectation": {"higher_education_share": 1.0}}, "fits"),
        ("describe", {"name": "typical", "form": "centre"}, "fits"),
        ("describe", {"name": "pathway"}, "warning"),
    ],
)  # fmt: skip
def test_the_goal_decides_which_method_fits(
    rule_with: RuleWith, goal: str, method: dict[str, object], verdict: str
) -> None:
    assert goals.fit(rule_with(goal=goal, method=method).rule) == verdict
