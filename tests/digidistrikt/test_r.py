"""The functions for R, in R; skipped where it is not installed."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from flows.settings import Settings

FILE = Path(__file__).parents[2] / "r" / "digidistrikt.R"
pytestmark = pytest.mark.skipif(not shutil.which("Rscript"), reason="R is not installed here")


def in_r(code: str, home: Path) -> "subprocess.CompletedProcess[str]":
    command = Path(sys.executable).with_name("digidistrikt")
    head = (
        f"source('{FILE}', encoding = 'UTF-8');"
        f"options(digidistrikt.home = '{home}', digidistrikt.command = '{command}');"
    )
    return subprocess.run(
        ["Rscript", "--vanilla", "-e", head + code], capture_output=True, text=True, check=False
    )


def test_a_series_in_r_has_codes_as_text_and_figures_as_numbers(small_home: Settings) -> None:
    code = """
        x <- dd_series('population', division = 2019, municipality = 'Haram')
        y <- dd_candidates()
        s <- dd_sql("select '0301' as code, 2.5 as n, null::double as m, true as b")
        stopifnot(
          unique(x$municipality_code) == '1534', is.numeric(x$value), !anyNA(x$value),
          is.character(x$period), nrow(y) == 357, '0301' %in% y$municipality_code,
          is.logical(y$is_district), is.numeric(y$population),
          s$code == '0301', s$n == 2.5, is.na(s$m), s$b,
          nrow(dd_networks()) > 3, nrow(dd_municipality('Haram')) > 5,
          nrow(dd_catalog('nurses')) > 0, nrow(dd_peers('1580', 3)) == 3,
          nrow(dd_describe('observation')) > 5, nrow(dd_status()) > 5, nrow(dd_indicators()) > 5,
          nrow(dd_networks('digiagder')) > 5, grepl('Statistisk', dd_cite('population'))
        )
        cat('all true')
    """
    done = in_r(code, small_home.home)
    assert done.stdout == "all true", done.stderr


def test_r_reads_where_its_option_says(small_home: Settings, tmp_path: Path) -> None:
    code = f"options(digidistrikt.warehouse = '{small_home.warehouse}'); cat(nrow(dd_networks()))"
    done = in_r(code, tmp_path / "none")
    assert int(done.stdout) > 3, done.stderr


def test_an_error_in_r_is_in_the_words_of_the_command(small_home: Settings) -> None:
    done = in_r("dd_series('popluation')", small_home.home)
    assert done.returncode != 0
    assert "there is no indicator 'popluation'; the nearest are population" in done.stderr
