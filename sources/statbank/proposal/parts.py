"""The numerator and the denominator of a share, found by the publisher's own figures.

Whether one contents is another divided by a third is a question of figures, not of words: of the
newest period every municipality is asked for, and the two whose quotient gives the published figure
in nearly all of them are its parts. Words decide between several.
"""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sources.jsonstat import Cube
from sources.statbank.selection import CONTENTS

_FACTORS = (1, 10, 100, 1000, 10_000, 100_000)
_FEWEST = 30  # municipalities with all three figures
_AGREE = 0.95  # of them
_ROUNDED = 0.005  # of a figure: parts are published rounded too

Figures = Mapping[str, npt.NDArray[np.float64]]


@dataclass(frozen=True)
class Parts:
    """A contents is `factor` times `numerator` divided by `denominator`, in `agree` of `seen`."""

    numerator: str
    denominator: str
    factor: float
    agree: int
    seen: int


def find_all(cube: Cube, codes: Sequence[str], additive: Sequence[str]) -> dict[str, Parts]:
    """The parts of each contents that has them, by the figures of one period."""
    contents = cube.dimension(CONTENTS)
    labels = dict(zip(contents.codes, contents.labels, strict=True))
    figures = _by_contents(cube)
    found = {}
    for code in codes:
        unit = contents.units.get(code)
        decimals = (unit.decimals or 0) if unit else 0
        if parts := _find(code, decimals, figures, additive, labels):
            found[code] = parts
    return found


def _find(
    code: str, decimals: int, figures: Figures, additive: Sequence[str], labels: Mapping[str, str]
) -> Parts | None:
    """The one pair of additive contents that a contents is made of, or None."""
    found = [
        parts
        for numerator, denominator in itertools.permutations(additive, 2)
        for factor in _FACTORS
        if (parts := _tried(code, decimals, figures, (numerator, denominator, factor)))
    ]
    if len(found) > 1:
        text = labels[code].casefold()
        found = [
            each
            for each in found
            if _names(text, labels[each.numerator]) and _names(text, labels[each.denominator])
        ]
    return found[0] if len(found) == 1 else None


def _tried(
    code: str, decimals: int, figures: Figures, made_of: tuple[str, str, float]
) -> Parts | None:
    numerator, denominator, factor = made_of
    published, above, below = figures[code], figures[numerator], figures[denominator]
    with np.errstate(divide="ignore", invalid="ignore"):
        made = factor * above / below
    there = np.isfinite(published) & np.isfinite(made)
    seen = int(there.sum())
    if seen < _FEWEST or (np.ptp(published[there]) == 0 and np.ptp(above[there]) == 0):
        return None
    room = np.maximum(0.6 * 10.0**-decimals, _ROUNDED * np.abs(published[there]))
    agree = int((np.abs(made[there] - published[there]) <= room).sum())
    return Parts(numerator, denominator, factor, agree, seen) if agree >= _AGREE * seen else None


def _names(text: str, label: str) -> bool:
    return label.casefold().partition(" (")[0] in text


def _by_contents(cube: Cube) -> Figures:
    """The figures of a reply, those of all regions for each contents."""
    place = next(n for n, each in enumerate(cube.dimensions) if each.code == CONTENTS)
    values = cube.values.to_numpy(zero_copy_only=False).reshape(cube.shape)
    return {
        code: np.take(values, n, place).ravel()
        for n, code in enumerate(cube.dimension(CONTENTS).codes)
    }
