"""Charts: how an indicator is spread, where a case stands, and how firm the choice is."""

import math
from collections.abc import Callable, Mapping, Sequence
from textwrap import wrap
from typing import NamedTuple

from markupsafe import Markup

from reports.page import maps, svg

WIDTH = 720.0
_LEFT, _RIGHT = 150.0, 24.0
_BINS = 40
_ROW = 46.0
_POSITION_ROW = 42.0

Write = Callable[[float], str]


class Strip(NamedTuple):
    """One row of a distribution: a name, a colour, the figure of each member, and the cases."""

    name: str
    colour: str
    figures: Sequence[float]
    cases: Mapping[str, float]


class Scale(NamedTuple):
    """From a figure to a place between the left and the right edge; `log` where asked for."""

    low: float
    high: float
    log: bool

    def at(self, figure: float) -> float:
        low, high, value = (
            (math.log(v) for v in (self.low, self.high, figure))
            if self.log
            else (self.low, self.high, figure)
        )
        share = 0.5 if high == low else (value - low) / (high - low)
        return _LEFT + share * (WIDTH - _LEFT - _RIGHT)

    def ticks(self) -> list[float]:
        """Round figures along the scale."""
        if self.log:
            powers = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
            steps = (1, 2, 5) if self.high / self.low < 1000 else (1,)
            round_ones = [step * 10.0**power for power in powers for step in steps]
        else:
            rough = (self.high - self.low or 1) / 5
            power = 10 ** math.floor(math.log10(rough))
            step = next(power * n for n in (1, 2, 2.5, 5, 10) if power * n >= rough)
            first = math.ceil(self.low / step)
            round_ones = [step * n for n in range(first, first + 12)]
        return [tick for tick in round_ones if self.low <= tick <= self.high]


def distribution(
    strips: Sequence[Strip],
    *,
    log: bool,
    unit: str,
    write: Write,
    ticks: Sequence[float] | None = None,
) -> tuple[tuple[float, float], Markup]:
    """Bars for the first strip, a line a member for the others, and the cases by number.

    The scale has round figures along it, or the given `ticks`. Returns the size of the picture and
    what is in it.
    """
    everything = [figure for strip in strips for figure in strip.figures]
    scale = Scale(min(everything), max(everything), log and min(everything) > 0)
    first, *others = strips
    parts = [_bars(first, scale, 74)]
    y = 84.0
    for strip in others:
        parts.append(_strip(strip, scale, y))
        y += _ROW
    return (WIDTH, y + 34), Markup("").join(
        [_axis(scale, ticks or scale.ticks(), y, unit, write), *parts]
    )


def _axis(scale: Scale, at: Sequence[float], y: float, unit: str, write: Write) -> Markup:
    ticks = [
        svg.element("line", x1=scale.at(t), x2=scale.at(t), y1=10, y2=y, stroke="#e3e5ea")
        + svg.text(scale.at(t), y + 15, write(t), text_anchor="middle", font_size=12, fill=svg.SOFT)
        for t in at
    ]
    name = svg.text(WIDTH - _RIGHT, y + 30, unit, text_anchor="end", font_size=12, fill=svg.SOFT)
    return svg.group([*ticks, name])


def _bars(strip: Strip, scale: Scale, base: float) -> Markup:
    """How many have a figure in each fortieth of the scale."""
    wide = (WIDTH - _LEFT - _RIGHT) / _BINS
    counts = [0] * _BINS
    for figure in strip.figures:
        counts[min(int((scale.at(figure) - _LEFT) / wide), _BINS - 1)] += 1
    tall = (base - 14) / max(counts)
    bars = [
        svg.element("rect", x=_LEFT + place * wide, y=base - number * tall, width=wide - 1,
                    height=number * tall, fill=strip.colour)
        for place, number in enumerate(counts) if number
    ]  # fmt: skip
    floor = svg.element("line", x1=_LEFT, x2=WIDTH - _RIGHT, y1=base, y2=base, stroke=svg.LINE)
    return svg.group([*_name(strip, base - 24), *bars, floor])


def _strip(strip: Strip, scale: Scale, top: float) -> Markup:
    base = top + 34
    lines = [
        svg.element("line", x1=scale.at(f), x2=scale.at(f), y1=base - 12, y2=base,
                    stroke=strip.colour, stroke_width=1.6, stroke_opacity=0.65)
        for f in strip.figures
    ]  # fmt: skip
    floor = svg.element("line", x1=_LEFT, x2=WIDTH - _RIGHT, y1=base, y2=base, stroke=svg.LINE)
    return svg.group([*_name(strip, base - 12), floor, *lines, _cases(strip, scale, base - 20)])


def _name(strip: Strip, y: float) -> list[Markup]:
    return [
        svg.text(0, y, strip.name, font_weight=600),
        svg.text(0, y + 15, f"n = {len(strip.figures)}", font_size=12, fill=svg.SOFT),
    ]


def _cases(strip: Strip, scale: Scale, y: float) -> Markup:
    """Numbered discs above the cases' figures, side by side where they would cover each other."""
    marks = []
    last = -math.inf
    for number, figure in sorted(strip.cases.items(), key=lambda case: case[1]):
        x = max(scale.at(figure), last + 19)
        last = x
        pin = svg.element("line", x1=x, x2=scale.at(figure), y1=y + 8, y2=y + 20,
                          stroke=svg.INK, stroke_width=1.4)  # fmt: skip
        marks.append(pin + maps.mark((x, y), number, 9))
    return svg.group(marks)


class Position(NamedTuple):
    """One row of a case's positions: percentiles of the case and of the medians of its groups."""

    name: str
    case: float | None
    medians: Mapping[str, float | None]


SHAPES = ("triangle", "square", "diamond")


def positions(
    rows: Sequence[Position], number: str, ends: tuple[str, str], groups: Mapping[str, str]
) -> tuple[tuple[float, float], Markup]:
    """Where a case stands among all municipalities on a scale from 0 to 100, and its groups.

    `groups` names the groups in the order of SHAPES. Returns the size and what is in it.
    """
    wide, left = WIDTH, 290.0

    def at(percentile: float) -> float:
        return left + percentile / 100 * (wide - left - 20)

    parts = []
    for place, (group, shape) in enumerate(zip(groups.values(), SHAPES, strict=False)):
        parts.append(_shape(shape, 12 + place * 232, 14) + svg.text(24 + place * 232, 18, group,
                                                                    font_size=12))  # fmt: skip
    top = 58.0
    for place, label in enumerate(ends):
        parts.append(svg.text(at(100 * place), 44, label, font_size=12, fill=svg.SOFT,
                              text_anchor="end" if place else "start"))  # fmt: skip
    for place, row in enumerate(rows):
        y = top + 16 + place * _POSITION_ROW
        parts.append(svg.element("line", x1=at(0), x2=at(100), y1=y, y2=y, stroke=svg.LINE))
        parts.append(svg.element("rect", x=at(25), y=y - 5, width=at(75) - at(25), height=10,
                                 fill="#dfe3ec"))  # fmt: skip
        parts.append(svg.element("line", x1=at(50), x2=at(50), y1=y - 8, y2=y + 8,
                                 stroke=svg.SOFT, stroke_width=1.5))  # fmt: skip
        lines = wrap(row.name, 42, max_lines=2, placeholder=" …")
        first = y + 4 - 7.5 * (len(lines) - 1)
        for number_of_line, line in enumerate(lines):
            parts.append(svg.text(0, first + 15 * number_of_line, line, font_size=12.5))
        for shape, median in zip(SHAPES, row.medians.values(), strict=False):
            if median is not None:
                parts.append(_shape(shape, at(median), y + 9))
        if row.case is not None:
            parts.append(maps.mark((at(row.case), y - 5), number, 10))
    return (wide, top + _POSITION_ROW * len(rows) + 4), Markup("").join(parts)


def _shape(shape: str, x: float, y: float) -> Markup:
    points = {
        "triangle": f"{x:.1f},{y - 7:.1f} {x + 6.5:.1f},{y + 5:.1f} {x - 6.5:.1f},{y + 5:.1f}",
        "square": f"{x - 5:.1f},{y - 5:.1f} {x + 5:.1f},{y - 5:.1f} {x + 5:.1f},{y + 5:.1f} "
        f"{x - 5:.1f},{y + 5:.1f}",
        "diamond": f"{x:.1f},{y - 7:.1f} {x + 6:.1f},{y:.1f} {x:.1f},{y + 7:.1f} "
        f"{x - 6:.1f},{y:.1f}",
    }[shape]
    colour = dict(zip(SHAPES, ("#D55E00", "#0072B2", "#007A5A"), strict=True))[shape]
    return svg.element("polygon", points=points, fill=colour, stroke="#ffffff")


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


class Bar(NamedTuple):
    """A case with its share of runs, and whether the rule chose it."""

    name: str
    share: float
    chosen: bool
    value: str


def stability(
    groups: Mapping[str, Sequence[Bar]], limits: Mapping[str, float], note: str
) -> tuple[tuple[float, float], Markup]:
    """A bar for each case, filled for those chosen, with the thresholds of the rule as lines,
    and a note below them.

    Returns the size of the picture and what is in it.
    """
    left, right = 250.0, 140.0

    def at(share: float) -> float:
        return left + share * (WIDTH - left - right)

    parts, y = [], 30.0
    for network, bars in groups.items():
        parts.append(svg.text(0, y + 10, network, font_weight=700))
        y += 20
        for bar in bars:
            look = {"fill": "#12355B"} if bar.chosen else {"fill": "#ffffff", "stroke": svg.SOFT}
            parts.append(svg.text(12, y + 11, _cut(bar.name, 34)))
            parts.append(svg.element("rect", x=left, y=y, width=max(at(bar.share) - left, 0.5),
                                     height=14, **look))  # fmt: skip
            halo = {"stroke": "#ffffff", "stroke_width": 4, "paint_order": "stroke"}
            parts.append(svg.text(at(bar.share) + 6, y + 12, bar.value, font_size=12, **halo))
            y += 21
        y += 8
    note_lines = wrap(note, 100)
    lines: list[Markup] = []
    for label, limit in limits.items():
        lines.append(svg.element("line", x1=at(limit), x2=at(limit), y1=22, y2=y, stroke="#B3261E",
                                 stroke_dasharray="4 3", stroke_width=1.3))  # fmt: skip
        lines.append(svg.text(at(limit), 14, label, font_size=12, text_anchor="middle"))
    lines += [
        svg.text(0, y + 16 + 16 * place, line, font_size=12, fill=svg.SOFT)
        for place, line in enumerate(note_lines)
    ]
    return (WIDTH, y + 6 + 16 * len(note_lines)), Markup("").join([*lines, *parts])
