"""What changes the choice, and who came nearest."""

from typing import Any

import pandas as pd

from reports.page.sections.section import Section, rows_of
from reports.page.table import PageTable, table
from selection.distance import METRICS, SCALINGS

OFTEN = 0.05  # the share of runs from which a municipality that was not chosen is shown


class SensitivitySection(Section):
    """What changes the choice, and who came nearest."""

    def lead(self) -> str:
        """What stability is, from where a case is robust, and what else that needs."""
        w, percent, asked = self.words, self.numbers.percent, self.rule.sensitivity
        lead = w("sensitivity_lead", robust=percent(asked.robust), fragile=percent(asked.fragile))
        evidence = w("robust_needs_evidence") if asked.weak_evidence == "lowers" else ""
        model = (
            w("robust_needs_model", r2=percent(asked.minimum_r_squared),
              candidates=asked.candidates_per_predictor)
            if self.findings.model
            else ""
        )  # fmt: skip
        return f"{lead} {w('robust_needs', evidence=evidence, model=model)}"

    def kinds_of_change(self) -> PageTable:
        """What moves the choice, by kind of change."""
        w = self.words
        rows = [
            [w.of("kind", r.kind), self.numbers.figure(r.runs), self.numbers.percent(r.agreement)]
            for r in rows_of(self.findings.sensitivity.kinds)
        ]
        columns = [w("change"), w("runs"), w("agreement")]
        return table(w("by_kind"), columns, rows, numeric=[1, 2])

    def stability(self) -> PageTable:
        """The cases, and others often chosen, with the share of runs of each kind."""
        w, found = self.words, self.findings.sensitivity.stability
        shown = found[found["chosen"] | (found["stability"] >= OFTEN)]
        kinds = [name for name in found if str(name).startswith("share_")]
        ranked = bool(shown["best_place"].notna().any())
        columns = [w("municipality"), w("network"), w("stability"), w("lowered_by"),
                   *([w("best_worst")] if ranked else []),
                   *(w.of("kind", str(kind).removeprefix("share_")) for kind in kinds)]  # fmt: skip
        rows, marked = [], []
        order = {n: place for place, n in enumerate(self.selection.networks)}
        shown = shown.sort_values("network_id", key=lambda ids: ids.map(order), kind="stable")
        row: Any
        for place, (_, row) in enumerate(shown.iterrows()):
            code = str(row["municipality_code"])
            share = self.numbers.percent(row["stability"])
            label = self.stability_label(code) if row["chosen"] else share
            places = self._places(row["best_place"], row["worst_place"])
            number = self.names.case_numbers.get(code) if row["chosen"] else None
            name = f"{number} {row['municipality_name']}" if number else row["municipality_name"]
            lowered = self.reasons(row["lowered_by"]) if row["chosen"] else ""
            shares = [self.numbers.percent(row[kind]) for kind in kinds]
            rows.append([name, self.names.network(str(row["network_id"])), label, lowered,
                         *([places] if ranked else []), *shares])  # fmt: skip
            if row["chosen"]:
                marked.append(place)
        return table(w("by_case"), columns, rows, range(4 + ranked, len(columns)), marked)

    def _places(self, best: float, worst: float) -> str:
        """The best and the worst place of a municipality in its network; empty for pairs."""
        if pd.isna(best):
            return ""
        wording, figure = self.words, self.numbers.figure
        between = wording("best_worst_value", best=figure(best), worst=figure(worst))
        return figure(best) if best == worst else between

    def runs(self) -> PageTable:
        """Each variant of the rule with who dropped out and who came in; not the random weights,
        nor the earlier vintages."""
        w, runs = self.words, self.findings.sensitivity.runs
        by_run = runs[~runs["kind"].isin(["weights", "vintage"])].groupby(
            ["kind", "run"], sort=False
        )
        rows = [
            [w.of("kind", kind), self._run(str(kind), str(run)),
             *self._moved(set(part["municipality_code"]))]
            for (kind, run), part in by_run
        ]  # fmt: skip
        columns = [w("change"), w("run"), w("not_chosen_again"), w("came_in")]
        return table(w("each_run"), columns, rows)

    def notes(self) -> list[str]:
        """What each change of the rule could not do."""
        return [
            ", ".join(
                filter(None, [self.words.of("kind", n.kind), self._run(n.kind, n.run)])
            ) + f": {self.names.with_names(getattr(n.text, self.words.language))}"
            for n in self.findings.sensitivity.notes
        ]  # fmt: skip

    def revisions_lead(self) -> str:
        """Whether there are earlier vintages to compare with, and how many are tried."""
        moved = self.findings.sensitivity
        if not moved.differing:
            return self.words("revisions_none")
        if moved.vintages.empty:
            return self.words("revisions_not_asked")
        if len(moved.vintages) == moved.differing:
            return self.words("revisions_lead_all", all=moved.differing)
        return self.words("revisions_lead", tried=len(moved.vintages), all=moved.differing)

    def revisions(self) -> PageTable | None:
        """Each earlier vintage: how many figures were others, and how the choice moved."""
        w, moved = self.words, self.findings.sensitivity
        if moved.vintages.empty:
            return None
        chosen_then = moved.runs[moved.runs["kind"] == "vintage"].groupby("run")
        then = {str(run): set(part["municipality_code"]) for run, part in chosen_then}
        rows = [
            [r.vintage, self.names.day(r.at), self.numbers.figure(r.revised),
             *(self._moved(then[r.vintage]) if r.vintage in then else (w("not_possible"),) * 2)]
            for r in rows_of(moved.vintages)
        ]  # fmt: skip
        columns = [w("vintage"), w("made_at"), w("figures_revised"), w("not_chosen_again"),
                   w("came_in")]  # fmt: skip
        return table(w("revisions"), columns, rows, numeric=[2])

    def _moved(self, other: set[str]) -> tuple[str, str]:
        """Who dropped out of the choice and who came in, in a run."""
        codes = set(self.selection.codes)
        gone, new = (
            ", ".join(self.names.municipality(code) for code in sorted(some))
            for some in (codes - other, other - codes)
        )
        return gone or self.words("none"), new or self.words("none")

    def _run(self, kind: str, run: str) -> str:
        """What a run changed; the indicators that were kept as they are by their titles."""
        value, _, kept = run.removesuffix(" unchanged)").partition(" (")
        if kind == "mean_of_years":
            value = self.words("years_of_mean", count=int(value))
        if kept:
            titles = "; ".join(self.names.inline(name) for name in kept.split(", "))
            return f"{value} ({self.words('unchanged', titles=titles)})"
        if kind == "leave_one_out":
            return self.names.title(run)
        if kind == "basis":
            return self.names.listed(self.words.of("basis", one) for one in run.split(", "))
        if kind == "district_definition":
            return self.names.definition(run)
        if kind == "scaling":
            return SCALINGS[run].text_in(self.words.language)
        return METRICS[run].text_in(self.words.language) if kind == "metric" else value

    def runners_up(self) -> PageTable:
        """Those that came nearest, with their margin."""
        w, fixed = self.words, self.numbers.fixed
        rows = []
        for r in rows_of(self.selection.runners_up):
            name = self.names.municipality(str(r.municipality_code))
            if isinstance(r.partner_code, str):
                name += f" – {self.names.municipality(r.partner_code)}"
            rows.append([name, self.names.network(str(r.network_id)),
                         self.numbers.figure(r.rank), fixed(r.score, 3), fixed(r.margin, 3),
                         fixed(r.margin_in_spreads, 2)])  # fmt: skip
        columns = [w("municipality"), w("network"), w("rank"), w("score"), w("margin"),
                   w("margin_in_spreads")]  # fmt: skip
        return table(w("runners_up"), columns, rows, numeric=[2, 3, 4, 5])
