"""The pictures of a report: for the page, and each for a file of its own."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from textwrap import shorten
from typing import Any

import numpy as np
from markupsafe import Markup

from reports.page import charts, classes, maps, netpicture, svg
from reports.page.charts import Bar, Position, Strip
from reports.page.land import Box, Land
from reports.page.maps import Paint
from reports.page.names import Names

_KEY = 6  # from one stripe to the next in a key
_PRINTED_MARK = 17.0  # legible where the map of the networks is printed half a page wide
_NOT_CANDIDATE = "#b3bac7"
_LONGEST_NAME = 44  # letters of a group in the picture of the net
_TITLE = 20.0  # size of the title of a window; smaller where the name is long
_LETTER = 0.62  # the width of a bold letter, of its size
_EDGE = 1.5  # half a frame's line, within the picture


@dataclass(frozen=True)
class Figure:
    """A picture with its title and what it shows in words; `name` is that of its file."""

    name: str
    title: str
    description: str
    picture: Markup


def draw(names: Names) -> list[Figure]:
    """Every figure of a report, for its page; `standalone` makes a file of one."""
    return list(_Drawing(names).all())


def patterns(names: Names) -> list[Markup]:
    """The stripes that the keys of the figures refer to."""
    drawing = _Drawing(names)
    every = {f"weak-{n}": colour for n, colour in drawing.colours.items()}
    every["no-figure"] = svg.SOFT
    return [svg.stripes(name, colour, _KEY) for name, colour in every.items()]


def standalone(land: Land, figure: Figure, stripes: Sequence[Markup]) -> Markup:
    """A figure whole in itself: with the stripes and the shapes that a page holds once."""
    head, mark, rest = maps.with_shapes(land, figure.picture).partition("</desc>")
    return Markup(head + mark) + svg.element("defs", *stripes) + Markup(rest)  # noqa: S704 - ours


class _Drawing:
    """Draws the figures of one report."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.land = names.findings.land
        self._words = names.words
        self._pictures = svg.Pictures()
        networks = names.findings.selection.networks
        self.colours = {
            network: svg.NETWORK_COLOURS[place % len(svg.NETWORK_COLOURS)]
            for place, network in enumerate(networks)
        }

    def _figure(
        self, name: str, size: tuple[float, float], described: tuple[str, str], inside: Markup
    ) -> Figure:
        title, description = described
        picture = self._pictures.picture(size, title, description, inside)
        return Figure(name, title, description, picture)

    def all(self) -> Iterator[Figure]:
        """Every picture there is."""
        yield self.networks()
        for network in self.names.findings.selection.networks:
            yield self.network(network)
        for entry in self.names.entries:
            yield self.choropleth(entry.name)
            yield self.distribution(entry.name)
        for code in self.names.findings.selection.codes:
            yield self.case(code)
        if not self.names.findings.ties.empty:
            yield self.net()
        yield self.stability()

    def net(self) -> Figure:
        """The cases, and the groups that the register knows them in."""
        ties, names = self.names.findings.ties, self.names
        cases = {code: names.case(code) for code in names.findings.selection.codes}
        groups = {
            str(row.group_id): self._words(
                "net_group",
                name=shorten(str(row.group_name), _LONGEST_NAME, placeholder=" …"),
                members=row.members,
            )
            for row in ties.itertuples()
        }
        size, inside = netpicture.draw(ties, cases, groups, self.colours)
        described = self._words("net_picture_described", cases=len(cases), groups=len(groups))
        return self._figure("net", size, (self._words("net_picture"), described), inside)

    # --- maps ---

    def _members(self, network: str) -> tuple[dict[str, str], dict[str, str]]:
        """The colour of each member on strong evidence, and of each on weak evidence only."""
        who = self.names.findings.candidates
        rows = who.membership[who.membership["network_id"] == network]
        strong = set(rows.loc[rows["strength"] == "strong", "municipality_code"])
        colour = self.colours[network]
        weak = [code for code in who.members(network) if code not in strong]
        return dict.fromkeys(sorted(strong), colour), dict.fromkeys(weak, colour)

    def _cases(self, codes: list[str]) -> str:
        return "; ".join(self.names.case(code) for code in codes)

    def networks(self) -> Figure:
        """The whole country, with a window on each network where the map leaves room."""
        names, land = self.names, self.land
        strong: dict[str, str] = {}
        weak: dict[str, str] = {}
        key: dict[str, str] = {}
        for network in reversed(names.findings.selection.networks):
            of_this = self._members(network)
            strong |= of_this[0]
            weak |= of_this[1]
        for network in names.findings.selection.networks:
            key |= self._key(network)
        weak = {code: colour for code, colour in weak.items() if code not in strong}
        paint = Paint(strong, names.case_numbers, weak, radius=_PRINTED_MARK)
        key[self._words("other_municipalities")] = paint.rest
        height = 860.0
        width = height * land.size[0] / land.size[1]
        whole: Box = (0, 0, land.size[0], land.size[1])
        parts = [
            maps.window(self.land, Paint(strong, {}, weak), whole, (0, 0, width, height)),
            svg.legend(key, 0, 24, 30),
        ]
        windows = self._windows(names.findings.selection.networks)
        left, top, wide = width * 0.47, height * 0.5, 190.0
        rows = max(math.ceil(len(windows) / 2), 1)
        tall = (height - top) / rows
        for place, (network, box) in enumerate(windows.items()):
            x, y = left + place % 2 * (wide + 12), top + place // 2 * tall
            parts.append(self._frame(box, width / land.size[0]))
            name = names.network(network)
            fitting = min(_TITLE, wide / (_LETTER * len(name)))
            title = svg.text(x, y + 16, name, font_weight=700, font_size=round(fitting, 1))
            chosen = names.findings.selection.chosen
            own = chosen.loc[chosen["network_id"] == network, "municipality_code"]
            marks = {str(code): names.case_numbers[code] for code in own}
            size = (x, y + 24, wide, tall - 34)
            parts.append(title + maps.window(self.land, replace(paint, marks=marks), box, size))
        described = self._words(
            "map_networks_described", cases=self._cases(names.findings.selection.codes)
        )
        titled = (self._words("map_networks", count=len(self.colours)), described)
        size_of_all = (left + 2 * wide + 12, height)
        return self._figure("map-networks", size_of_all, titled, Markup("").join(parts))

    def _windows(self, networks: tuple[str, ...]) -> dict[str, Box]:
        members = self.names.findings.candidates.members
        return {n: self.land.box_of(members(n)) for n in networks if members(n)}

    def _frame(self, box: Box, scale: float) -> Markup:
        """Where a window is; what lies beyond the edge of the country is not drawn."""
        wide, tall = (side * scale - _EDGE for side in self.land.size)
        x, y, right, low = (side * scale for side in box)
        x, y, right, low = max(x, _EDGE), max(y, _EDGE), min(right, wide), min(low, tall)
        return svg.element("rect", x=x, y=y, width=right - x, height=low - y, fill="none",
                           stroke=svg.INK, stroke_width=2.5)  # fmt: skip

    def _key(self, network: str) -> dict[str, str]:
        strong, weak = self._members(network)
        name, words = self.names.network(network), self._words
        key = {}
        if strong:
            key[f"{name}: {words('strong_evidence')}"] = self.colours[network]
        if weak:
            key[f"{name}: {words('weak_evidence')}"] = f"url(#weak-{network})"
        return key

    def network(self, network: str) -> Figure:
        """One network: its members, those of them that are no candidates in grey."""
        names = self.names
        selection, members = names.findings.selection, names.findings.candidates.members(network)
        inside = set(selection.strata[network])
        strong, weak = self._members(network)
        out = dict.fromkeys((code for code in members if code not in inside), _NOT_CANDIDATE)
        mine = selection.chosen[selection.chosen["network_id"] == network]
        codes = list(mine["municipality_code"])
        paint = Paint(
            {**strong, **out},
            {code: names.case_numbers[code] for code in codes},
            {code: colour for code, colour in weak.items() if code not in out},
        )
        box = self.land.box_of(members)
        height = 460.0
        width = min(height * (box[2] - box[0]) / (box[3] - box[1]), 460.0)
        height = width * (box[3] - box[1]) / (box[2] - box[0])
        drawn = maps.window(self.land, paint, box, (0, 0, width, height))
        key = {**self._key(network), self._words("not_candidate"): _NOT_CANDIDATE}
        drawn += svg.legend(key, 4, height + 24)
        described = self._words("map_network_described", members=len(members),
                                candidates=len(inside), cases=self._cases(codes))  # fmt: skip
        title = self._words("map_network", network=names.network(network))
        size = (460.0, height + 24 + 20 * len(key))
        return self._figure(f"map-{network}", size, (title, described), drawn)

    def choropleth(self, name: str) -> Figure:
        """All municipalities by an indicator, in five classes of the same size."""
        names, words = self.names, self._words
        values = names.findings.candidates.table[name].astype(float)
        known = values.dropna()
        place, shades = classes.of_equal_size(known)
        colours = [svg.CLASS_COLOURS[shade] for shade in shades]
        fills = {code: colours[number] for code, number in zip(known.index, place, strict=True)}
        unknown = {str(code): svg.SOFT for code in values.index[values.isna()]}
        land = self.land
        height = 420.0
        width = height * land.size[0] / land.size[1]
        whole: Box = (0, 0, land.size[0], land.size[1])
        drawn = maps.window(self.land, Paint(fills, {}, unknown), whole, (0, 0, width, height))
        key = {}
        for number, colour in enumerate(colours):
            inside = known[place == number]
            if len(inside):
                low, high = (names.figure(name, end) for end in (inside.min(), inside.max()))
                key[low if low == high else f"{low} – {high}"] = colour
        if values.isna().any():
            key[f"{words('no_figure')} ({int(values.isna().sum())})"] = "url(#no-figure)"
        drawn += svg.legend(key, width * 0.5, height * 0.64)
        described = words(
            "choropleth_described", low=names.figure(name, known.min()),
            median=names.figure(name, known.median()), high=names.figure(name, known.max()),
            unit=names.unit(name), known=len(known),
        )  # fmt: skip
        titled = (f"{names.title(name)} ({names.periods(name)})", described)
        return self._figure(f"map-{name}", (width, height), titled, drawn)

    # --- charts ---

    def distribution(self, name: str) -> Figure:
        """All candidates, then those of each network, and the cases by number."""
        names, selection = self.names, self.names.findings.selection
        everybody = selection.universe.table[name].astype(float).dropna()
        strips = [Strip(self._words("all_candidates"), "#8b93a5", list(everybody), {})]
        cases = []
        for network, codes in selection.strata.items():
            inside = everybody[everybody.index.isin(codes)]
            own = selection.chosen.loc[selection.chosen["network_id"] == network]
            chosen = {
                names.case_numbers[code]: float(everybody[code])
                for code in own["municipality_code"]
                if code in everybody.index
            }
            cases += [
                f"{names.case(code)} {names.shown(code, name)}" for code in own["municipality_code"]
            ]
            strips.append(Strip(names.network(network), self.colours[network], list(inside),
                                chosen))  # fmt: skip
        entry = next(e for e in names.entries if e.name == name)
        log = entry.transform == "log"
        unit = f"{names.unit(name)}, {self._words('log_scale')}" if log else names.unit(name)
        ends = [0.0, 1.0] if names.is_yes_or_no(name) else None
        write = names.numbers.figure
        size, drawn = charts.distribution(strips, log=log, unit=unit, write=write, ticks=ends)
        low, middle, high = (
            names.figure(name, one)
            for one in (everybody.min(), everybody.median(), everybody.max())
        )
        described = self._words("distribution_described", low=low, median=middle, high=high,
                                cases="; ".join(cases))  # fmt: skip
        titled = (f"{names.title(name)} ({names.periods(name)})", described)
        return self._figure(f"distribution-{name}", size, titled, drawn)

    def case(self, code: str) -> Figure:
        """Where a case stands in each indicator among all, with the middle of its groups."""
        names, words, findings = self.names, self._words, self.names.findings
        own = findings.groups[findings.groups["municipality_code"] == code]
        rows, values = [], []
        for entry in names.entries:
            mine = findings.positions[entry.name].get(code)
            of_groups = own[own["indicator"] == entry.name].set_index("group")["median"]
            medians = {
                group: _percentile(findings.candidates.table[entry.name], of_groups[group])
                for group in ("network", "centrality_class", "kostra_group")
            }
            at = None if mine is None or np.isnan(mine) else float(mine)
            rows.append(Position(names.title(entry.name), at, medians))
            values.append(f"{names.title(entry.name)} {names.numbers.fixed(mine, 0)}")
        group_names = {
            group: words("median_of", what=self.group(code, group))
            for group in ("network", "centrality_class", "kostra_group")
        }
        ends = (words("lowest_in_country"), words("highest_in_country"))
        size, drawn = charts.positions(rows, names.case_numbers[code], ends, group_names)
        name = names.municipality(code)
        described = words("positions_described", name=name, values="; ".join(values))
        titled = (f"{words('positions')}: {name}", described)
        return self._figure(f"case-{code}", size, titled, drawn)

    def group(self, code: str, group: str) -> str:
        """What a group of a case is called."""
        groups = self.names.findings.groups
        own = groups[(groups["municipality_code"] == code) & (groups["group"] == group)]
        name = str(own["name"].iloc[0])
        if group == "network":
            return self.names.network(name)
        if group == "country":
            return self._words("country")
        group_words = "its_centrality" if group == "centrality_class" else "its_kostra"
        return self._words(group_words, name=name.removesuffix(".0").removeprefix("EKG"))

    def stability(self) -> Figure:
        """How often each case, and those nearest to it, is chosen when the rule is turned."""
        names, findings = self.names, self.names.findings
        table, asked = findings.sensitivity.stability, findings.rule.sensitivity
        bars: dict[str, list[Bar]] = {}
        for network in findings.selection.networks:
            rows = table[table["network_id"] == network]
            near = rows[~rows["chosen"]].head(3)
            shown: list[Any] = [*rows[rows["chosen"]].itertuples(), *near.itertuples()]
            bars[names.network(network)] = [
                Bar(
                    self._numbered(str(row.municipality_code)),
                    float(row.stability),
                    bool(row.chosen),
                    names.numbers.percent(row.stability)
                    + (f" {self._words.of('label', row.label)}" if row.chosen else ""),
                )
                for row in shown  # one a municipality
            ]
        limits: Mapping[str, float] = {
            self._words("label_fragile") + f" < {names.numbers.percent(asked.fragile)}":
                asked.fragile,
            self._words("label_robust") + f" ≥ {names.numbers.percent(asked.robust)}": asked.robust,
        }  # fmt: skip
        size, drawn = charts.stability(bars, limits, self._words("stability_needs"))
        values = "; ".join(f"{bar.name} {bar.value}" for group in bars.values() for bar in group)
        titled = (self._words("stability_chart"), self._words("stability_described", values=values))
        return self._figure("stability", size, titled, drawn)

    def _numbered(self, code: str) -> str:
        number = self.names.case_numbers.get(code)
        name = self.names.municipality(code)
        return f"{number} {name}" if number else name


def _percentile(values: object, figure: float) -> float | None:
    """The share of municipalities with a lower figure, ties counting half, in percent."""
    known = np.asarray(values, dtype=float)
    known = known[~np.isnan(known)]
    if np.isnan(figure):
        return None
    return float(100 * ((known < figure).sum() + (known == figure).sum() / 2) / len(known))
