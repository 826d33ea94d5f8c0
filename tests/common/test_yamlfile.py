"""One reader of YAML: its words, its bounds, and the lines it tells."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from common import yamlfile
from common.errors import InputError


def content(folder: Path, text: str) -> Any:
    path = folder / "given.yaml"
    path.write_text(text, encoding="utf-8")
    return yamlfile.load(path).content


def refusal(folder: Path, text: str) -> str:
    with pytest.raises(InputError) as caught:
        content(folder, text)
    return str(caught.value)


@pytest.mark.parametrize("word", ["on", "off", "yes", "no", "y", "n", "On", "NO"])
def test_a_word_that_older_yaml_took_for_true_or_false_is_text(tmp_path: Path, word: str) -> None:
    assert content(tmp_path, f"{word}: {word}") == {word: word}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("true", True),
        ("False", False),
        ("~", None),
        ("", None),
        ("357", 357),
        ("-1", -1),
        ("0x1F", 31),
        ("0301", "0301"),  # a municipality code keeps its zero
        ("1E5", "1E5"),  # and a code its letter
        ("1.0e5", 100_000.0),
        ("0o7", "0o7"),
        ("-.5", -0.5),
        ("12:30", "12:30"),
        ("1_000", "1_000"),
        ("2026-01-01", "2026-01-01"),
    ],
)
def test_a_value_is_what_yaml_1_2_says(tmp_path: Path, written: str, meant: object) -> None:
    found = content(tmp_path, f"a: {written}")["a"]
    assert (type(found), found) == (type(meant), meant)


def test_a_date_becomes_a_day_in_a_shape_that_has_one(tmp_path: Path) -> None:
    class Shape(BaseModel):
        on: date
        published_on: str

    path = tmp_path / "dated.yaml"
    path.write_text("on: 2026-01-01\npublished_on: 2026-01-01\n", encoding="utf-8")
    found, _ = yamlfile.read(path, Shape)
    assert (found.on, found.published_on) == (date(2026, 1, 1), "2026-01-01")


@pytest.mark.parametrize(
    "text",
    ["exclude: [a]\nseed: 1\nexclude: [b]\n", "a:\n  - b: 1\n    b: 2\n", "1: a\n1.0: b\n"],
    ids=["at the top", "in a list", "two ways to write one number"],
)
def test_a_key_written_twice_is_refused_with_its_line(tmp_path: Path, text: str) -> None:
    line = text.count("\n")
    assert f"given.yaml, line {line}: " in refusal(tmp_path, text)
    assert "is written twice in one entry; keep one of them" in refusal(tmp_path, text)


def test_an_entry_may_replace_what_it_takes_from_another(tmp_path: Path) -> None:
    text = "a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}\n"
    assert content(tmp_path, text)["b"] == {"x": 1, "y": 3}


def test_a_key_that_is_a_list_is_refused_with_its_line(tmp_path: Path) -> None:
    told = "given.yaml, line 2: a key must be a word or a number."
    assert refusal(tmp_path, "a: 1\n? [b]\n: 2\n") == told


def test_a_deep_file_is_read_to_the_bound_and_refused_beyond_it(tmp_path: Path) -> None:
    deepest = yamlfile.MAX_DEPTH
    assert content(tmp_path, "[" * deepest + "]" * deepest)
    told = refusal(tmp_path, "\n" + "[" * 100_000)
    assert told == f"given.yaml, line 2: nested too deeply, more than {deepest} levels."


def test_a_file_larger_than_any_rule_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.yaml"
    with path.open("wb") as file:
        file.truncate(3_000_000_000)  # takes no room on the disk
    with pytest.raises(InputError, match="3,000,000,000 bytes are more than 5,000,000"):
        yamlfile.load(path)


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("a",), 2),
        (("a", 1), 4),
        (("a", 1, "c"), 5),
        (("a", 1, "extreme", "c"), 5),  # the name of a kind, which is not written
        (("a", 7), 2),
        (("nowhere",), 1),
    ],
)
def test_a_part_is_found_on_its_line(
    tmp_path: Path, path: tuple[str | int, ...], line: int
) -> None:
    file = tmp_path / "lines.yaml"
    file.write_text("# a comment\na:\n  - b: 1\n  - b: 2\n    c: 3\n", encoding="utf-8")
    assert yamlfile.load(file).at(*path) == f"lines.yaml, line {line}"


NESTED = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.sampled_from(["on", "1e5", "0301", "0x1", "0o7", "<<", "~", "2026-01-01", "=", ".5", "1."])
    | st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text("abcon01", min_size=1, max_size=3), inner, max_size=3)
    ),
    max_leaves=9,
)


@given(st.from_regex(r"[-+.0-9a-fA-FoxyYnNE:~<_]{1,9}", fullmatch=True))
def test_a_text_written_by_a_writer_of_yaml_1_1_is_read_as_the_same_text(
    tmp_path_factory: pytest.TempPathFactory, word: str
) -> None:
    path = tmp_path_factory.mktemp("yaml") / "written.yaml"
    path.write_text(yaml.safe_dump({word: [word]}, allow_unicode=True), encoding="utf-8")
    assert yamlfile.load(path).content == {word: [word]}


@given(NESTED)
def test_what_is_written_is_read_as_the_same(
    tmp_path_factory: pytest.TempPathFactory, given_content: Any
) -> None:
    path = tmp_path_factory.mktemp("yaml") / "written.yaml"
    path.write_text(yamlfile.dump(given_content), encoding="utf-8")
    assert yamlfile.load(path).content == given_content
