"""Choices in a sentence, and what was probably meant."""

import pytest

from common.text import did_you_mean, listed, nearest, shown

KNOWN = ["population", "population_growth", "nurses_fte_per_1000"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [([], ""), (["a"], "a"), (["a", "b"], "a or b"), (["a", "b", "c"], "a, b or c")],
)
def test_choices_are_listed_as_in_a_sentence(words: list[str], sentence: str) -> None:
    assert listed(words, "or") == sentence


def test_the_nearest_word_is_found_whatever_its_case_and_given_as_it_is_written() -> None:
    assert nearest("POPULATON", KNOWN) == ["population", "population_growth"]
    assert nearest("diginordlnad", ["DigiNordland"]) == ["DigiNordland"]


def test_a_word_far_from_all_is_given_no_suggestion_but_the_words_there_are() -> None:
    assert nearest("zzz", KNOWN) == []
    assert did_you_mean("zzz", KNOWN) == (
        "There are: nurses_fte_per_1000, population, population_growth."
    )
    assert (
        did_you_mean("zzz", KNOWN, shown_at_most=1) == "There are: nurses_fte_per_1000 and 2 more."
    )
    assert did_you_mean("nurses_per_1000", KNOWN) == "Did you mean nurses_fte_per_1000?"


def test_what_came_from_outside_is_quoted_on_one_line_and_cut() -> None:
    assert shown("a\nb\x1b[2J") == "'a\\nb\\x1b[2J'"
    assert len(shown("x" * 1000)) == 80
