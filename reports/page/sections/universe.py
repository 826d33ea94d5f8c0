"""Who could be chosen, and who was excluded."""

from collections.abc import Iterator
from typing import NamedTuple

from reports.page.explanation import condition_in_words
from reports.page.sections.section import Section, rows_of
from reports.page.table import PageTable, table


class FlowStep(NamedTuple):
    """One step from all municipalities to the cases."""

    title: str
    reason: str
    condition: str
    left_out: str
    remain: str
    names: list[str]


class UniverseSection(Section):
    """Who could be chosen, and who was excluded."""

    def flow(self) -> Iterator[FlowStep]:
        """From all municipalities to the cases, step by step."""
        w, who = self.words, self.selection.universe
        kinds = {"district definition": "district", "missing figure": "missing"}
        for step in who.steps:
            kind = kinds.get(step.kind, step.kind)
            reason = self.names.in_language(step.because)
            if kind == "district":
                reason = self.names.definition(self.rule.universe.district_definition)
            elif kind == "missing":
                reason = self.names.title(step.where)
            if step.unjudged:
                reason = f"{reason.rstrip('.')} ({self.names.unjudged(step)})"
            is_condition = kind in ("include", "exclude")
            condition = (
                self.sentence(condition_in_words(self.names, step.where)) if is_condition else ""
            )
            yield FlowStep(
                w(f"step_{kind}"), self.sentence(reason), condition,
                w("left_out", count=step.before - step.after), w("remain", count=step.after),
                [self.names.municipality(code) for code in step.left_out],
            )  # fmt: skip
        inside = len(set().union(*self.selection.strata.values()))  # some are in two networks
        parts = ", ".join(
            f"{self.names.network(n)} {len(codes)}" for n, codes in self.selection.strata.items()
        )
        title = w("step_networks", count=len(self.selection.networks))
        yield FlowStep(title, w("step_networks_why"), "", parts, w("remain", count=inside), [])
        chosen = [self.names.municipality(code) for code in self.selection.codes]
        yield FlowStep(w("step_chosen"), ", ".join(chosen), "", "", str(len(chosen)), [])

    def bounds(self) -> PageTable | None:
        """Whether those without figures could have been chosen."""
        found, w = self.findings.bounds, self.words
        if found.empty:
            return None
        columns = [w("municipality"), w("network"), w("missing_what"), w("with_lowest"),
                   w("with_highest")]  # fmt: skip
        rows = [
            [
                row.municipality_name,
                self.names.network(str(row.network_id)),
                ", ".join(self.names.title(name) for name in row.missing),
                self.yes_or_no(row.lowest),
                self.yes_or_no(row.highest),
            ]
            for row in rows_of(found)
        ]
        return table(w("bounds_title"), columns, rows)
