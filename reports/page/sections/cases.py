"""The cases, one by one."""

import math
from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup

from reports.page import evidence
from reports.page.sections.section import Section, link, rows_of
from reports.page.table import PageTable, table
from warehouse.lives import NO_BEGINNING, Change


class CasesSection(Section):
    """The cases, one by one."""

    def why(self, code: str) -> str:
        """One sentence on why a case was chosen."""
        row: Any = self.selection.chosen.set_index("municipality_code").loc[code]
        network, name = str(row["network_id"]), self.names.municipality(code)
        if row["chosen_by"] == "override":
            sentence = self.words("chosen_override", name=name, network=self.names.network(network))
            reason = self.names.in_language(row["because"])
            return " ".join(filter(None, [sentence, reason, self.lowered(code)]))
        share, label = self.stability_of(code)
        common = {
            "name": name, "place": row["place"], "network": self.names.network(network),
            "asked": self.rule.quotas(self.selection.networks)[network],
        }  # fmt: skip
        tested = self.words("case_stability", stability=self.stability_in_percent(share),
                            label=self.words.of("label", label))  # fmt: skip
        stability = tested if self.is_varied else self.words("case_not_tested")
        stability = " ".join(filter(None, [stability, self.lowered(code)]))
        if isinstance(row["partner_code"], str):
            partner = self.names.municipality(row["partner_code"])
            return f"{self.words('chosen_pair', partner=partner, **common)} {stability}"
        order = self.selection.ranking
        cell = ""
        if "cell" in order:
            cell = self.words("in_kind", cell=self.names.cell(order["cell"][code]))
        key = "chosen_alone" if common["asked"] == 1 else "chosen_among"
        sentence = self.words(key, rank=int(row["rank"]), all=len(order), cell=cell, **common)
        return f"{sentence} {stability}"

    def weak_evidence(self, code: str) -> str:
        """That a case counts as a member on weak evidence only, where nothing else has said it."""
        if "weak_evidence" in str(self._row_of(code)["lowered_by"]) and self.is_varied:
            return ""
        row: Any = self.selection.chosen.set_index("municipality_code").loc[code]
        network = str(row["network_id"])
        if code not in self.names.weak_members(network):
            return ""
        return self.words("weak_member", network=self.names.network(network))

    def farthest(self, code: str) -> str:
        """In what a case is farthest from the national median, of what is not yes or no."""
        places: Any = self.findings.positions.loc[code].dropna()
        places = places[[not self.names.is_yes_or_no(name) for name in places.index]]
        far = (places - 50).abs().sort_values(ascending=False, kind="stable").index[:2]
        parts = [
            self.words("is_at", indicator=self.names.inline(name),
                       value=self.names.shown(code, name), place=self._place(code, name))
            for name in far
        ]  # fmt: skip
        return self.words("farthest", what=self.names.listed(parts)) if parts else ""

    def _place(self, code: str, name: str) -> str:
        """Where a case is among all municipalities: at an end, above or below so many percent."""
        known = self.findings.candidates.table[name].astype(float).dropna()
        own = known[code]
        if own in (known.max(), known.min()):
            return self.words("is_highest" if own == known.max() else "is_lowest")
        is_above = (known < own).sum() > (known > own).sum()
        others = (known < own).sum() if is_above else (known > own).sum()
        share = math.floor(100 * others / len(known)) / 100  # never said of all
        return self.words(
            "is_above" if is_above else "is_below", percent=self.numbers.percent(share)
        )

    def figures_of(self, code: str) -> PageTable:
        """Every figure of a case beside the median of its groups."""
        w, found = self.words, self.findings
        own = found.groups[found.groups["municipality_code"] == code]
        groups = ("network", "centrality_class", "kostra_group", "country")
        quality = found.candidates.figures.set_index(["name", "municipality_code"])["quality"]
        rows = []
        for entry in self.names.entries:
            medians = own[own["indicator"] == entry.name].set_index("group")["median"]
            rows.append([
                self.names.title_with_unit(entry.name),
                self.names.shown(code, entry.name),
                self.numbers.fixed(found.positions[entry.name].get(code), 0),
                *(self.names.figure(entry.name, medians[group]) for group in groups),
                self.names.periods(entry.name),
                self.qualities(quality.get((entry.name, code))),
            ])  # fmt: skip
        class_name = self.numbers.figure(found.candidates.table["centrality_class"][code])
        kostra = str(found.candidates.table["kostra_group"][code]).removeprefix("EKG")
        columns = [
            w("indicator"), w("figure"), w("percentile"), w("its_network").capitalize(),
            w("its_centrality", name=class_name).capitalize(), w("its_kostra", name=kostra),
            w("country"), w("period"), w("quality"),
        ]  # fmt: skip
        return table(w("table_medians"), columns, rows, range(1, 7))

    def history(self, code: str) -> list[PageTable]:
        """The codes and names of a case, what it came from and what it gave to."""
        w, found = self.words, self.findings.histories[code]
        versions = [
            [v.code, v.name, v.county,
             w("since_beginning") if v.valid_from == NO_BEGINNING else self.names.day(v.valid_from),
             "" if v.valid_to is None else self.names.day(v.valid_to)]
            for v in found.versions
        ]  # fmt: skip
        columns = [w("code"), w("name"), w("county"), w("from_day"), w("to_day")]
        tables = [table(w("history_names"), columns, versions)]
        for key, changes, old in (
            ("history_from", found.came_from, True),
            ("history_into", found.went_into, False),
        ):
            if changes:
                rows = [
                    [self.names.day(c.changed_on), *_code_and_name(c, old=old), self._how(c)]
                    for c in changes
                ]
                heads = [w("changed_on"), w("code"), w("name"), w("change")]
                tables.append(table(w(key), heads, rows))
        return tables

    def decided(self, code: str) -> list[Markup]:
        """What is decided for the future of a case, with the pages that say so."""
        return [
            Markup("{} {}").format(
                self.words(
                    f"decided_{change.kind}",
                    name=self.names.municipality(code),
                    partners=self.names.listed(map(self.names.municipality, change.partners)),
                    new_name=change.new_name,
                    day=self.names.day(change.takes_effect_on),
                    by=self.words.of("decided_by", change.decided_by),
                    decided_on=self.names.day(change.decided_on),
                ),
                Markup(", ").join(link(url) for url in change.source_url.split(" ; ")),
            )
            for change in _rows_of_case(self.findings.decided_changes, code)
        ]

    def _how(self, change: Change) -> str:
        kind = self.words(change.kind)
        return self.words("part_of_it", kind=kind) if change.share == "part" else kind

    def together(self, code: str) -> PageTable:
        """The networks and cooperations of a case, each with its source."""
        w = self.words
        rows = [
            [r.network_name, w("kind_network"), w.of("basis", r.basis), self._span(r),
             link(r.source_url), self.names.day(r.source_date)]
            for r in _rows_of_case(self.findings.memberships, code)
        ] + [
            [r.cooperation_name, w(f"kind_{r.field}"), "", self._span(r), link(r.source_url),
             self.names.day(r.source_date)]
            for r in _rows_of_case(self.findings.cooperations, code)
        ]  # fmt: skip
        columns = [w("name"), w("kind"), w("evidence"), w("valid"), w("source"), w("source_date")]
        return table(w("networks_and_cooperations"), columns, rows)

    def traits(self, code: str) -> PageTable | None:
        """What is seen of a case, in words; nothing where no source was asked."""
        w, own = self.words, _rows_of_case(self.findings.traits, code)
        if not own:
            return None
        rows = [
            [
                getattr(one, f"title_{self.names.language}"),
                w("trait_not_known") if one.value is None else w.of("trait", one.value),
                self.names.day(one.valid_on) if one.valid_on else "",
                evidence.in_words(one.evidence or "", w, self.numbers), one.publisher,
            ]
            for one in own
        ]  # fmt: skip
        columns = [w("trait"), w("trait_value"), w("seen_on"), w("evidence"), w("source")]
        return table(w("table_traits"), columns, rows)

    def has_cooperation(self, code: str) -> bool:
        """Whether any ICT cooperation of a case is in the register."""
        own = self.findings.cooperations
        return bool(((own["municipality_code"] == code) & (own["field"] == "ict")).any())

    def _span(self, row: Any) -> str:
        """From when to when something is valid, and whether that is over."""
        span = self.names.span(row.valid_from, row.valid_to)
        over = isinstance(row.valid_to, str) and row.valid_to < self.findings.candidates.day
        return self.words("ended", span=span) if over else span

    def neighbours(self, code: str) -> list[PageTable]:
        """The nearest candidates of a case, and the nearest outside the chosen networks."""
        w = self.words
        tables = []
        for key, found in (
            ("neighbours_near", self.findings.neighbours),
            ("neighbours_outside", self.findings.outside),
        ):
            own = found[found["municipality_code"] == code]
            rows = [
                [self.names.municipality(str(r.neighbour_code)), str(r.neighbour_code),
                 self.findings.candidates.table["county_name"][r.neighbour_code],
                 self.numbers.fixed(r.distance, 2)]
                for r in rows_of(own)
            ]  # fmt: skip
            if rows:
                columns = [w("municipality"), w("code"), w("county"), w("distance")]
                tables.append(table(w(key), columns, rows, numeric=[3]))
        return tables

    def measured_on(self) -> str:
        """What neighbours are measured on, and in which unit."""
        on = "; ".join(self.names.inline(name) for name in self.findings.neighbours_on)
        return self.words("neighbours_lead", on=on)


def _rows_of_case(found: pd.DataFrame, code: str) -> list[Any]:
    """The rows of a municipality, those that differ in nothing shown only once."""
    own = found[found["municipality_code"] == code].replace({np.nan: None})
    return rows_of(own)


def _code_and_name(change: Change, *, old: bool) -> tuple[str, str]:
    if old:
        return change.old_code, change.old_name
    return change.new_code, change.new_name
