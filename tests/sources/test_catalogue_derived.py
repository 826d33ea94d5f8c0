"""Composites and district definitions that a researcher declares: read, or refused by line."""

from pathlib import Path

import pytest

from common.errors import InputError
from sources import catalogue


def written(folder: Path, text: str) -> Path:
    (folder / "invented.yaml").write_text(text, encoding="utf-8")
    return folder


DERIVED = """\
theme: invented
composites:
  - id: index
    title: {nb: Oppdiktet, en: Invented}
    periods: ["2025"]
    transformation: z-score
    minimum_coverage: 0.5
    parts:
      - {indicator: population, direction: positive, weight: 1}
      - {indicator: nurses_fte, direction: negative, weight: 2.5, growth_over: 10}
district_definitions:
  - id: low
    title: {nb: Oppdiktet, en: Invented}
    index: index
    period: "2025"
    below: 46
    source_url: https://example.org
"""


def test_a_composite_says_in_words_what_it_is_made_of(tmp_path: Path) -> None:
    found = catalogue.load(catalogue.FOLDER, written(tmp_path, DERIVED))
    [composite] = found.composites
    assert composite.theme == "invented"
    assert composite.recipe == (
        "declared composite: weighted mean of z-scores over all municipalities (sample standard"
        " deviation), of 1 x population; 2.5 x nurses_fte, growth over 10 years, turned round."
        " Missing unless parts with 50 % of the weight have a figure."
    )
    assert found.district_definitions[-1].rule == "index of 2025 below 46"
    assert composite.parts[1].base_period("2025") == "2015"
    assert composite.parts[1].base_period("2025K3") == "2015K3"


@pytest.mark.parametrize(
    ("before", "after", "line", "fault"),
    [
        ("indicator: population", "indicator: popluation", 3, "'popluation' is no indicator; nam"),
        ("z-score", "z-skore", 6, "transformation: Input should be 'z-score', 'min-max' or 'rank'"),
        ("z-score", "rank\n    truncate: 2", 3, "'truncate' belongs to a z-score; leave it out"),
        (
            "z-score",
            "rank\n    rescale: [9, 1]",
            3,
            "'rescale' is the lowest and the highest value",
        ),
        ("coverage: 0.5", "coverage: 50", 7, "minimum_coverage: Input should be less than or equa"),
        ("weight: 1}", "weight: 0}", 9, "weight: Input should be greater than 0"),
        ("direction: positive, ", "", 9, "direction: this is missing"),
        ('["2025"]', '["next year"]', 5, "periods.0: String should match pattern"),
        ("      - {indicator: population, direction: positive, weight: 1}\n", "", 8, "at least 2"),
        ("index: index", "index: indeks", 12, "there is no indicator 'indeks'"),
        ("    below: 46\n", "", 12, "'period' and 'below' belong to 'index', and it needs both"),
        ("index: index", "area: action_zone\n    index: index", 12, "has one of 'centrality_cl"),
        ("id: low", "id: population", 12, "'population' is already declared in population.yaml"),
        (
            "id: index\n",
            "id: other\n    title: {nb: a, en: b}\n"
            "    periods: ['2025']\n    transformation: rank\n"
            "    minimum_coverage: 1\n    parts:\n"
            "      - {indicator: index, direction: positive, weight: 1}\n"
            "      - {indicator: population, direction: positive, weight: 1}\n  - id: index\n",
            3,
            "'index' is a composite itself; name an indicator",
        ),
    ],
)
def test_a_derived_entry_that_does_not_fit_is_refused_by_file_and_line(
    tmp_path: Path, before: str, after: str, line: int, fault: str
) -> None:
    assert before in DERIVED
    folder = written(tmp_path, DERIVED.replace(before, after, 1))
    with pytest.raises(InputError, match=rf"^invented\.yaml, line {line}: .*{fault}"):
        catalogue.load(catalogue.FOLDER, folder)
