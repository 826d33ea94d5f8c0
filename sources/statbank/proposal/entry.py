"""The catalogue entry for a table, or for a part of one."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from common.errors import InputError
from common.text import nearest
from sources import catalogue
from sources.catalogue import Catalogue, Indicator, Origin, Regions
from sources.catalogue.cube import CubeLayout
from sources.catalogue.entry import WarningKind
from sources.http import Upstream
from sources.infer import Known, Question
from sources.jsonstat import Cube, Dimension
from sources.statbank import api, planning
from sources.statbank.proposal import addition, combinations, parts, periods, places
from sources.statbank.proposal.addition import Addition
from sources.statbank.proposal.combinations import Choice
from sources.statbank.proposal.naming import Ids, Naming, labels_of
from sources.statbank.proposal.parts import Parts
from sources.statbank.proposal.places import Places
from sources.statbank.proposal.wishes import SAID, Decision, Wishes
from sources.statbank.selection import CONTENTS, TIME, select

MOST_INDICATORS = 30  # combinations up to which each is an indicator; a table of more is a cube
MOST_CELLS = 100_000_000  # what a table may come to; models of so many take some 6 GB of memory
_WEIGHT = "population"
_AGGREGATES = ("sum", "none", "weighted_mean", "ratio")


@dataclass(frozen=True)
class Proposal:
    """The entry of a table, its indicators, why, and what it takes to fetch them."""

    table: catalogue.Table
    indicators: tuple[Indicator, ...]
    decisions: tuple[Decision, ...]
    cells: int
    requests: int


def propose(wishes: Wishes, entries: Catalogue, known: Known, upstream: Upstream) -> Proposal:
    """What a table would be in the catalogue. Raises Question for what is in doubt, UpstreamError.

    Asks for the metadata in both languages, for the limit of cells and, where a contents may be a
    share of two others, for the newest figures.
    """
    return _Proposing(wishes, entries, known, upstream).proposal()


@dataclass(frozen=True)
class _Proposing:
    wishes: Wishes
    entries: Catalogue
    known: Known
    upstream: Upstream

    @cached_property
    def cube(self) -> Cube:
        return api.metadata(self.upstream, self.wishes.number)

    @cached_property
    def naming(self) -> Naming:
        return Naming(self.cube, api.metadata(self.upstream, self.wishes.number, "en"))

    def proposal(self) -> Proposal:
        self._require_known(self.wishes.select, "select")
        if self.wishes.context:
            return self._of_context()
        asked = self._periods()
        kind = periods.kind_of(self.wishes.number, asked)
        place = places.find(self._of(asked), self.wishes, self.known)
        if place is None:
            raise Question(
                f"table {self.wishes.number} has no dimension of municipalities (it has"
                f" {', '.join(f'{d.code} ({d.label})' for d in self.cube.dimensions)}), so nothing"
                " of it can be said of one. Write --context to keep it as figures of the country.",
                "context",
            )
        contents = self._contents()
        additions = {code: self._addition(code) for code in contents}
        others = [
            each
            for each in self.cube.dimensions
            if each.code not in {place.dimension.code, CONTENTS, TIME}
        ]
        all_add_up = all(each.aggregate == "sum" for each in additions.values())
        choices = [combinations.chosen(d, self.wishes, all_add_up=all_add_up) for d in others]
        combined = combinations.combined(choices)
        decisions = [*place.decisions, kind, *(choice.decision for choice in choices)]
        count = len(contents) * len(combined)
        cells = self._cells(place, asked, choices, len(contents))
        self._require_fetchable(cells)
        if self.wishes.whole or count > MOST_INDICATORS:
            return self._as_cube(place, additions, choices, [*decisions, _why_cube(count)], cells)
        return self._as_indicators(place, additions, combined, decisions, cells)

    # --- what is asked for -----------------------------------------------------------------

    def _require_known(self, named: Mapping[str, object], option: str) -> None:
        codes = [dimension.code for dimension in self.cube.dimensions]
        for name in named:
            if name not in codes:
                raise InputError(
                    f"--{option} {name}: table {self.wishes.number} has no such dimension; it has"
                    f" {', '.join(codes)}."
                )
        for name, expressions in self.wishes.select.items():
            for expression in expressions:
                _require_chosen(self.cube.dimension(name), expression)

    def _periods(self) -> list[str]:
        codes = self.cube.dimension(TIME).codes
        return (
            select(self.wishes.periods, codes, newest_first=True)
            if self.wishes.periods
            else [*codes]
        )

    def _of(self, asked: Sequence[str]) -> Cube:
        """The metadata as if the table had only the periods asked for."""
        kept = tuple(
            Dimension(**{**vars(d), "codes": tuple(asked), "labels": tuple(asked)})
            if d.code == TIME
            else d
            for d in self.cube.dimensions
        )
        return Cube(**{**vars(self.cube), "dimensions": kept})

    def _contents(self) -> list[str]:
        dimension = self.cube.dimension(CONTENTS)
        by_lower = {code.casefold(): code for code in dimension.codes}
        for code in self.wishes.contents:
            if code.casefold() not in by_lower:
                near = nearest(code, [*dimension.codes, *dimension.labels], likeness=0)
                raise InputError(
                    f"--contents {code}: table {self.wishes.number} has no such contents; the"
                    f" nearest are {'; '.join(near)}. digidistrikt table {self.wishes.number} lists"
                    " them."
                )
        return [by_lower[code.casefold()] for code in self.wishes.contents] or [*dimension.codes]

    def _addition(self, code: str) -> Addition:
        aggregate = self.wishes.aggregate.get(code) or self.wishes.aggregate.get("*")
        if aggregate and aggregate not in _AGGREGATES[:2]:
            raise InputError(f"--aggregate {code}={aggregate}: write sum or none.")
        if aggregate:
            return Addition(aggregate, SAID)
        found = addition.of_contents(self.cube.dimension(CONTENTS), code)
        if found.aggregate is None:
            raise Question(
                f"table {self.wishes.number}, contents {code}: {found.why}. Write --aggregate"
                f" {code}=sum if merged municipalities' figures can be added, or {code}=none.",
                "aggregate",
                (f"{code}=sum", f"{code}=none"),
            )
        return found

    def _cells(
        self, place: Places, asked: Sequence[str], choices: Sequence[Choice], contents: int
    ) -> int:
        return math.prod(
            [
                len(select([place.codes], place.dimension.codes)),
                len(asked),
                contents,
                *(
                    sum(len(select([e], c.dimension.codes)) for e in c.expressions)
                    for c in choices
                    if c.expressions
                ),
            ]
        )

    def _require_fetchable(self, cells: int) -> None:
        if cells > MOST_CELLS:
            requests = math.ceil(cells / api.cell_limit(self.upstream))
            raise InputError(
                f"table {self.wishes.number}: that would be {spaced(cells)} cells in"
                f" {spaced(requests)} requests or more, over the {spaced(MOST_CELLS)} cells that"
                " can be read. Choose with --contents, --select DIMENSION=CODE or --periods."
            )

    # --- what it becomes -------------------------------------------------------------------

    def _as_indicators(
        self,
        place: Places,
        additions: Mapping[str, Addition],
        combined: Sequence[Mapping[str, str]],
        decisions: Sequence[Decision],
        cells: int,
    ) -> Proposal:
        self._require_single(additions, combined)
        table = self._table(place)
        shares = self._shares(place, additions, combined[0])
        ids = self.naming.ids(self.wishes, additions, combined)
        carried = [self._carried(code, adds, shares.get(code)) for code, adds in additions.items()]
        indicators = [
            self._indicator(table, code, chosen, adds, shares.get(code), ids)
            for code, adds in additions.items()
            for chosen in combined
        ]
        return self._whole(table, indicators, [*decisions, *carried], cells)

    def _require_single(
        self, additions: Mapping[str, Addition], combined: Sequence[Mapping[str, str]]
    ) -> None:
        """Refuses a selection of several codes for figures that don't add up."""
        no_sum = [code for code, adds in additions.items() if adds.aggregate != "sum"]
        for name, expression in {pair for each in combined for pair in each.items()}:
            count = len(select([expression], self.cube.dimension(name).codes))
            if count > 1 and no_sum:
                raise InputError(
                    f"--select {name}={expression}: it adds {count} codes up, which contents"
                    f" {no_sum[0]} ({self.naming.label(no_sum[0])}) can't be. Write one code, or"
                    " choose other contents with --contents."
                )

    def _indicator(
        self,
        table: catalogue.Table,
        code: str,
        chosen: Mapping[str, str],
        adds: Addition,
        share: Parts | None,
        ids: Ids,
    ) -> Indicator:
        codes = tuple(chosen.values())
        about = {
            "id": ids[code, codes],
            "title": self.wishes.title or self.naming.title(code, chosen),
            "unit": self.wishes.unit or self.naming.unit(code),
            "minimum": adds.minimum,
            "maximum": adds.maximum,
        }
        if share:
            return Indicator(
                **about,
                aggregate="ratio",
                numerator=ids[share.numerator, codes],
                denominator=ids[share.denominator, codes],
                factor=share.factor,
            )
        origin = Origin(
            table=table.id,
            contents=code,
            select={dimension: (expression,) for dimension, expression in chosen.items()},
        )
        if adds.aggregate == "per inhabitant" and self._has_weight:
            return Indicator(**about, aggregate="weighted_mean", weight=_WEIGHT, origins=(origin,))
        aggregate = "sum" if adds.aggregate == "sum" else "none"
        return Indicator(**about, aggregate=aggregate, origins=(origin,))

    def _as_cube(
        self,
        place: Places,
        additions: Mapping[str, Addition],
        choices: Sequence[Choice],
        decisions: Sequence[Decision],
        cells: int,
    ) -> Proposal:
        taken = {
            choice.dimension.code: ("*",) if choice.is_whole else choice.expressions
            for choice in choices
            if choice.expressions
        }
        carried = {
            code: "sum" if adds.aggregate == "sum" else "none" for code, adds in additions.items()
        }
        layout = CubeLayout(contents=carried, select=taken)
        plain = self._table(place)
        table = plain.model_copy(
            update={"id": f"ssb_{self.wishes.number}_cube", "holds": "cube", "cube": layout}
        )
        dimensions_decided = [
            Decision(f"{code} {self.naming.label(code)}", carried[code], adds.why)
            for code, adds in additions.items()
        ]
        return self._whole(table, [], [*decisions, *dimensions_decided], cells)

    def _of_context(self) -> Proposal:
        cells = math.prod(self.cube.shape)
        self._require_fetchable(cells)
        table = self._table(None)
        decision = Decision("table", "context", "as you say; nothing of it is of one municipality")
        return self._whole(table, [], [decision], cells)

    def _whole(
        self,
        table: catalogue.Table,
        indicators: Sequence[Indicator],
        decisions: Sequence[Decision],
        cells: int,
    ) -> Proposal:
        entries = Catalogue(tables=(table,), indicators=tuple(indicators))
        planned = planning.plan(entries, table, self.upstream)
        return Proposal(table, tuple(indicators), tuple(decisions), cells, len(planned))

    # --- its parts -------------------------------------------------------------------------

    def _table(self, place: Places | None) -> catalogue.Table:
        number = self.wishes.number
        title = self.naming.table
        regions = Regions(
            codes=(place.codes if place else "*",),
            division=place.division if place else "own",
            periods=self.wishes.periods or ("*",),
        )
        return catalogue.Table(
            id=self._table_id,
            kind="statbank",
            table=number,
            publisher="Statistisk sentralbyrå",
            title=title,
            licence="CC BY 4.0",
            citation=f"Statistics Norway, StatBank table {number}: {title.en}",
            url=f"https://www.ssb.no/statbank/table/{number}",
            recorded=False,
            region_dimension=place.dimension.code if place else "Region",
            regions=(regions,),
            holds="observation" if place else "context_observation",
            note=" ".join(self.cube.mandatory),
            warnings={WarningKind.PARTIAL_COVERAGE: ()} if place and place.is_partial else {},
        )

    @property
    def _table_id(self) -> str:
        """One of its own, beside what is shipped of the same table."""
        shipped = {t.id for t in self.entries.tables if t.id not in self.entries.added}
        name = f"ssb_{self.wishes.number}"
        return f"{name}_added" if name in shipped else name

    @property
    def _has_weight(self) -> bool:
        return any(indicator.id == _WEIGHT for indicator in self.entries.indicators)

    def _carried(self, code: str, adds: Addition, share: Parts | None) -> Decision:
        subject = f"{code} {self.naming.label(code)}"
        if share:
            made_of = (
                f"{self.naming.label(share.numerator)} / {self.naming.label(share.denominator)}"
            )
            why = f"so it is in {share.agree} of {share.seen} municipalities of the newest period"
            return Decision(subject, f"ratio: {share.factor:g} x {made_of}", why)
        if adds.aggregate != "per inhabitant":
            return Decision(subject, adds.aggregate or "none", adds.why)
        if self._has_weight:
            return Decision(subject, f"weighted_mean by {_WEIGHT}", adds.why)
        return Decision(subject, "none", f"{adds.why}; there is no indicator '{_WEIGHT}'")

    def _shares(
        self, place: Places, additions: Mapping[str, Addition], chosen: Mapping[str, str]
    ) -> dict[str, Parts]:
        """The contents that are a quotient of two others, by the newest figures."""
        additive = [code for code, adds in additions.items() if adds.aggregate == "sum"]
        rest = [
            code for code, adds in additions.items() if adds.aggregate != "sum" and adds.why != SAID
        ]
        if len(additive) < 2 or not rest:
            return {}
        codes = {
            place.dimension.code: tuple(select([place.codes], place.dimension.codes)),
            **{d: tuple(select([e], self.cube.dimension(d).codes)) for d, e in chosen.items()},
            CONTENTS: (*additive, *rest),
            TIME: (self._periods()[-1],),
        }
        query = planning.Query(self.wishes.number, codes, {})
        if query.cells > api.cell_limit(self.upstream):
            return {}
        newest = api.cube(self.upstream.fetch(query.request()))
        return parts.find_all(newest, rest, additive)


def spaced(number: int) -> str:
    """A number with its thousands apart."""
    return f"{number:,}".replace(",", " ")


def _require_chosen(dimension: Dimension, expression: str) -> None:
    try:
        select([expression], dimension.codes)
    except InputError as error:
        texts = [f"{c} {text}" for c, text in labels_of(dimension).items()]
        near = nearest(expression, texts, likeness=0)
        raise InputError(
            f"--select {dimension.code}={expression}: {error} The nearest are {'; '.join(near)}."
        ) from error


def _why_cube(count: int) -> Decision:
    why = (
        f"{count} combinations of contents and codes are more than {MOST_INDICATORS} indicators;"
        " an indicator of one: --contents and --select"
        if count > MOST_INDICATORS
        else SAID
    )
    return Decision("table", "cube", why)
