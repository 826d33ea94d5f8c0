"""Any cube is read as it says, and damaged ones never break."""

import itertools
import json
import re
from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sources.jsonstat import JsonStatError, read
from tests.damage import CODES, mutated
from tests.sources.small_cube import compact, reply, rows, small, spaced


def read_or_sentence(body: bytes) -> str:
    """Nothing if the body can be read and made a table of; the sentence of the refusal if not."""
    try:
        cube = read(body)
        rows_found = len(cube.values) if cube.is_metadata else cube.table().num_rows
    except JsonStatError as error:
        return str(error)
    assert rows_found == len(cube.values)
    return ""


# --- any cube at all ---------------------------------------------------------------------------

NUMBERS = (
    st.none() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
)

SYMBOLS = st.sampled_from([".", "..", ":", "*"])


@st.composite
def categories(draw: st.DrawFn) -> tuple[list[tuple[str, str]], dict[str, Any]]:
    """Codes with labels in their order, and one of the ways to write them down."""
    codes = draw(st.lists(CODES, min_size=1, max_size=4, unique=True))
    labelled = [(code, draw(st.sampled_from(["Herøy", "Våler", code]))) for code in codes]
    shuffled = draw(st.permutations(labelled))
    written: dict[str, Any] = {"label": dict(shuffled)}
    ways = ["list", "object"] + (["absent"] if len(codes) == 1 else [])
    way = draw(st.sampled_from(ways))
    if way == "list":
        written["index"] = codes
    elif way == "object":
        written["index"] = {code: codes.index(code) for code, _ in draw(st.permutations(labelled))}
    return labelled, written


@st.composite
def cubes(draw: st.DrawFn) -> tuple[list[tuple[Any, ...]], dict[str, Any]]:
    """The rows a slow and plain reading gives, and the data set they are written as."""
    dimensions = draw(st.lists(categories(), min_size=1, max_size=4))
    places = list(itertools.product(*(labelled for labelled, _ in dimensions)))
    values = draw(st.lists(NUMBERS, min_size=len(places), max_size=len(places)))
    symbols = draw(st.lists(st.none() | SYMBOLS, min_size=len(places), max_size=len(places)))
    expected = [
        (*itertools.chain.from_iterable(place), value, symbol)
        for place, value, symbol in zip(places, values, symbols, strict=True)
    ]
    cells = draw(st.permutations(range(len(places))))
    sparse, listed = draw(st.booleans()), draw(st.booleans())
    names = [f"D{number}" for number in range(len(dimensions))]
    by_cell = {str(cell): values[cell] for cell in cells if values[cell] is not None}
    data_set = {
        "version": "2.0",
        "class": "dataset",
        "id": names,
        "size": [len(labelled) for labelled, _ in dimensions],
        "dimension": {
            name: {"category": written}
            for name, (_, written) in zip(names, dimensions, strict=True)
        },
        "value": by_cell if sparse else values,
        "status": symbols
        if listed
        else {str(cell): symbols[cell] for cell in cells if symbols[cell] is not None},
    }
    return expected, data_set


@given(cubes(), st.sampled_from([compact, spaced]))
def test_any_cube_reads_as_a_slow_and_plain_expansion_does(
    cube: tuple[list[tuple[Any, ...]], dict[str, Any]], written: Callable[[object], bytes]
) -> None:
    expected, data_set = cube
    assert rows(read(written(data_set))) == expected


@settings(max_examples=400)
@given(
    st.data(), st.sampled_from(["small", "sparse", "11118_data", "12134_data", "05810_metadata"])
)
def test_a_damaged_reply_is_read_or_refused_in_a_sentence_and_never_breaks(
    data: st.DataObject, name: str
) -> None:
    whole = {"small": small(), "sparse": small(value={"0": 1, "4": 2.5})}
    damaged = whole.get(name) or json.loads(reply(name))
    for _ in range(data.draw(st.integers(1, 3))):
        damaged = mutated(data.draw, damaged) if isinstance(damaged, dict | list) else damaged
    sentence = read_or_sentence(compact(damaged))
    assert read_or_sentence(spaced(damaged)) == sentence
    assert sentence == "" or re.fullmatch(r".*expected .*, came .*\.", sentence, re.IGNORECASE)


@given(st.binary(max_size=60), st.integers(0, 1000))
def test_damaged_bytes_are_read_or_refused_and_never_break(splinter: bytes, at: int) -> None:
    body = compact(small())
    sentence = read_or_sentence(body[:at] + splinter + body[at + len(splinter) :])
    assert sentence == "" or "xpected" in sentence
