"""Every key of a selection file is explained, and a file to start from runs for every method."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import duckdb
import pytest
import yaml
from pydantic import BaseModel, TypeAdapter

from common.errors import InputError, SelectionError
from common.text import Language
from reports import findings
from reports.findings import Findings
from reports.page import explanation
from reports.page.html import page
from selection import candidates, check, keys, rulefile, starter
from tests.selection.conftest import Read, RuleWith

PARTS = [*keys.PARTS.values(), *keys.methods().values()]


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.__name__)
def test_every_key_says_what_it_means_and_its_example_is_accepted(part: type[BaseModel]) -> None:
    for key in keys.of(part):
        assert key.meaning.endswith("."), key
        assert key.example is not None, key
        field = part.model_fields[key.name]
        shape: Any = Annotated[field.annotation, field]
        assert TypeAdapter(shape).validate_python(key.example) is not None


def started(method: str, folder: Path) -> rulefile.RuleFile:
    path = folder / f"{method}.yaml"
    path.write_text(starter.written(method), "utf-8")
    return rulefile.load(path)


@pytest.mark.parametrize("method", keys.methods())
def test_a_file_to_start_from_passes_the_check_and_names_every_key(
    method: str, real: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    file = started(method, tmp_path)
    who = candidates.read(real, file.rule)
    chosen = check.check(file, who)
    assert file.rule.method.method_name() == method
    assert len(chosen.codes) == 4
    assert explanation.sentences(file, who, Language.NB)
    text = file.path.read_text("utf-8")
    for part in (*keys.PARTS.values(), keys.methods()[method]):
        missing = [key.name for key in keys.of(part) if f"{key.name}:" not in text]
        is_example_only = part.__name__ in {"Condition", "Override", "RuleIndicator"}
        assert is_example_only or missing == []


def test_a_commented_entry_of_a_file_to_start_from_can_be_taken_in(
    read: Read, tmp_path: Path
) -> None:
    said = starter.written("random").replace("# tie_break:", "tie_break:")
    path = tmp_path / "rule.yaml"
    path.write_text(said.replace("  # year:", "  year:"), "utf-8")
    file = rulefile.load(path)
    assert (file.rule.tie_break, file.rule.universe.year) == (("population asc",), 2026)
    check.check(file, read(file))


@pytest.mark.thorough
@pytest.mark.parametrize("method", keys.methods())
def test_a_file_to_start_from_makes_a_report_as_it_is(
    method: str, real: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    found = findings.find(real, started(method, tmp_path))
    assert len(page(found, Language.NB, "x")) > 100_000


def test_a_method_that_there_is_not_is_refused_with_those_there_are() -> None:
    with pytest.raises(InputError, match=r"no method .diversity.. Did you mean diverse"):
        starter.written("diversity")


# --- one language is enough ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "is_said"), [("Bare bokmål", True), ({"nb": "Bare bokmål"}, False)]
)
def test_a_text_in_one_language_stands_so_in_the_other_report_which_says_so(
    rule_with: RuleWith, found: Findings, title: Any, is_said: bool
) -> None:
    found = replace(found, file=rule_with(title=title))
    english = page(found, Language.EN, "x")
    assert "<h1>Bare bokmål</h1>" in english
    note = "Some of the text of the rule is in Norwegian only and stands so here."
    assert (note in english) is not is_said
    assert "finnes bare på engelsk" not in page(found, Language.NB, "x")


def test_a_text_in_no_language_is_refused(rule_with: RuleWith) -> None:
    with pytest.raises(SelectionError, match="write a text, or one for 'nb' or 'en'"):
        rule_with(title={"nb": ""})


# --- years -----------------------------------------------------------------------------------


def with_year(**changes: Any) -> Callable[[dict[str, Any]], None]:
    return lambda said: said["indicators"][2].update(changes)


@pytest.mark.parametrize(
    ("change", "place", "sentence"),
    [
        (lambda said: said["universe"].update(year=2099), "year: 2099",
         "there are no figures of 2099; the rule's indicators have figures of 1986-2027."),
        (lambda said: said["sensitivity"].update(years=[2024, 1850]), "1850",
         "there are no figures of 1850; the rule's indicators have figures of 1986-2027."),
        (with_year(year=2040), "year: 2040",
         "there are no figures of 2040; 'population' has figures of 1986-2026."),
        (with_year(change_since=1900), "change_since: 1900",
         "there are no figures of 1900; 'population' has figures of 1986-2026."),
        (lambda said: said["indicators"][0].update(mean_of_years=3), "mean_of_years: 3",
         "there are no figures of 2024; 'accessibility_breaches_per_statement' has figures of 2026."),  # noqa: E501
    ],
)  # fmt: skip
def test_years_outside_the_figures_are_refused_with_the_years_there_are(
    read: Read, rule_with: RuleWith, change: Callable[[dict[str, Any]], None],
    place: str, sentence: str,
) -> None:  # fmt: skip
    said = yaml.safe_load(rule_with().path.read_text("utf-8"))
    change(said)
    file = rule_with(**said)
    with pytest.raises(SelectionError) as refused:
        check.check(file, read(file))
    lines = file.path.read_text("utf-8").splitlines()
    [line] = [number for number, text in enumerate(lines, start=1) if place in text]
    assert refused.value.problems == (f"changed.yaml, line {line}: {sentence}",)
