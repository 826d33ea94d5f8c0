"""Maps, and how figures and sentences are written."""

import re

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.page.land import land_of_today
from reports.page.numbers import MISSING, Numbers
from reports.page.wording import sentences


def test_the_map_has_every_municipality_where_it_lies(real: duckdb.DuckDBPyConnection) -> None:
    land = land_of_today(real)
    codes = {
        row[0] for row in real.sql("select municipality_code from mart.municipality").fetchall()
    }
    assert codes == land.paths.keys()
    oslo, bergen, tromso, vardo = (land.middles[c] for c in ("0301", "4601", "5501", "5634"))
    assert bergen[0] < oslo[0] < tromso[0] < vardo[0]
    assert vardo[1] < oslo[1]
    assert tromso[1] < bergen[1]
    # Oslo to Bergen is 305 km as the crow flies; a unit is 250 metres
    apart = ((oslo[0] - bergen[0]) ** 2 + (oslo[1] - bergen[1]) ** 2) ** 0.5
    assert apart * 0.25 == pytest.approx(305, rel=0.03)


@pytest.mark.parametrize(
    ("language", "value", "shown"),
    [
        ("nb", 5627400, "5\N{NO-BREAK SPACE}627\N{NO-BREAK SPACE}400"),
        ("en", 5627400, "5,627,400"),
        ("nb", 2.5, "2,50"),
        ("en", -14.52, "−14.5"),
        ("nb", None, MISSING),
        ("nb", float("nan"), MISSING),
        ("en", 0, "0"),
    ],
)
def test_figures_are_written_as_the_language_does(
    language: str, value: float | None, shown: str
) -> None:
    assert Numbers(language).figure(value) == shown


@given(st.floats(-1e9, 1e9), st.integers(0, 6))
def test_a_written_figure_can_be_read_back(value: float, decimals: int) -> None:
    shown = Numbers("nb").fixed(value, decimals)
    plain = shown.replace("\N{NO-BREAK SPACE}", "").replace(",", ".").replace("−", "-")
    assert float(plain) == pytest.approx(value, abs=0.5000001 * 10**-decimals)
    assert not plain.startswith("-0") or float(plain) != 0


def test_every_sentence_is_there_in_both_languages_with_the_same_blanks() -> None:
    assert len(sentences()) > 400
    for key, said in sentences().items():
        assert said.keys() == {"nb", "en"}, key
        blanks = [set(re.findall(r"\{(\w+)[:}]", said[language])) for language in ("nb", "en")]
        assert blanks[0] == blanks[1], key
