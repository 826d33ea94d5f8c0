"""Two ways to write the name of one place have one key."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.names import name_and_county, name_key, name_keys, same_place


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ulvik herad", "Ulvik"),
        ("BERGEN KOMMUNE", "bergen"),
        ("Vinje kommuna", "Vinje"),
        ("Kárášjoga gielda", "karasjoga"),
        ("Guovdageainnu suohkan", "GUOVDAGEAINNU"),
        ("Guovdageainnu suohkan", "Guovdageaidnu"),
        ("Deanu gielda", "Deatnu"),
        ("Kárášjoga gielda", "Kárášjohka"),
        ("Porsangin komuuni", "Porsanki"),
        ("Aarborten tjïelte", "Aarborte"),
        ("Aarborten tjïelte", "Aarborten"),
        ("Raarvihken gïelda", "raarvihken"),
        ("Nord-Odal", "nord odal"),
        ("Nord\u2011Odal", "Nord\u2013Odal"),
        ("Ålesund", "AAlesund"),
        ("Tromsø", "Tromsoe"),
        ("Sauda\u0301", "Saudá"),
        ("  Herøy  ", "herøy"),
    ],
)
def test_one_place_written_in_two_ways_has_one_key(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Bø", "Bo"), ("Os", "Oslo"), ("Nord-Odal", "Sør-Odal"), ("Herad", "")]
)
def test_two_places_have_two_keys(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


@pytest.mark.parametrize("part", ["Porsanger", "Porsáŋgu", "Porsanki", "Porsanger kommune"])
def test_a_name_in_several_languages_is_found_by_each(part: str) -> None:
    assert name_key(part) in name_keys("Porsanger - Porsáŋgu - Porsanki")


def test_a_county_is_the_same_in_each_of_its_languages() -> None:
    assert same_place("Nordland", "Nordland - Nordlánnda")
    assert same_place("Trööndelage", "Trøndelag - Trööndelage")
    assert not same_place("Nordland", "Troms - Romsa - Tromssa")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Herøy (Nordland)", ("Herøy", "Nordland")),
        ("Herøy, Møre og Romsdal", ("Herøy", "Møre og Romsdal")),
        ("Bø i Telemark", ("Bø", "Telemark")),
        ("Oslo", ("Oslo", None)),
        ("Porsanger - Porsáŋgu - Porsanki", ("Porsanger - Porsáŋgu - Porsanki", None)),
    ],
)
def test_a_county_is_taken_apart_from_the_name(text: str, expected: tuple[str, str | None]) -> None:
    assert name_and_county(text) == expected


@given(st.text("abcåæøáŋ- ", max_size=30))
def test_a_key_is_its_own_key_and_knows_no_case(name: str) -> None:
    assert name_key(name_key(name)) == name_key(name)
    assert name_key(name.upper()) == name_key(name)
