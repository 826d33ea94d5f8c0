"""Whatever a selection file says, it is understood or refused in a sentence of ours."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import SelectionError
from selection import rulefile
from selection.conditions import judge
from tests import damage
from tests.selection.conftest import EXAMPLE

CANDIDATES = pd.DataFrame(
    {
        "municipality_name": ["Rana", "Oslo"],
        "is_district": [True, False],
        "population": [25_844.0, None],
    },
    index=pd.Index(["1833", "0301"], name="municipality_code"),
)
WORDS = """
population municipality_code is_district candidate null true not and or = < > ( ) , ; ' " * + / - --
/* select from where in between case when then end sum( over( unnest( [1] {} $1 ? 1e400 ::int 1/0
9999999999999999999 'x'::int interval read_csv('x') glob('*') getenv('HOME') \\ . [ ] @ # % ^
"""


def said(read: Callable[[], object]) -> str:
    """The sentence of ours in which something is refused; nothing if it is read."""
    try:
        read()
    except SelectionError as error:
        return str(error)
    return ""


@given(st.text(max_size=20) | st.lists(st.sampled_from(WORDS.split()), max_size=8).map(" ".join))
def test_any_condition_says_yes_no_or_unknown_of_each_or_is_refused(where: str) -> None:
    def judged() -> None:
        assert set(judge(CANDIDATES, where)) <= {True, False, pd.NA}

    said(judged)


TEXT = EXAMPLE.read_text(encoding="utf-8")


@given(st.data())
def test_a_damaged_selection_file_is_read_or_refused(data: st.DataObject) -> None:
    text = damage.in_text(data.draw, TEXT, damage.YAML)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "rule.yaml"
        path.write_text(text, encoding="utf-8", errors="replace")
        said(lambda: rulefile.load(path).rule.hash)


# --- what was found so, one example each ---------------------------------------------------


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: &a [x]\nb: &b [*a]", "line 2: '*a' stands within another part"),
        ("[" * 2_000, "line 1: nested too deeply, more than 50 levels"),
        ("membership: {on: 2026-13-45}", "line 1: membership.on: '2026-13-45' must be a day"),
        ("a: !!bool x", "is a tag; write the value without it"),
        ("a: !!timestamp x", "is a tag; write the value without it"),
        ("a: !!python/object/apply:os.getcwd []", "os.getcwd' is a tag; write the value without"),
    ],
    ids=["alias", "deep", "day", "bool", "time", "code"],
)
def test_a_rule_that_is_no_plain_yaml_is_refused(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "rule.yaml"
    path.write_text(text, encoding="utf-8")
    assert told in said(lambda: rulefile.load(path))
