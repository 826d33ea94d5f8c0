"""The networks: members, evidence, spread, overlaps."""

from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from reports.page.sections.section import Section, link, rows_of
from reports.page.table import PageTable, table


class NetworksSection(Section):
    """The networks: members, evidence, spread, overlaps."""

    def profiles(self) -> PageTable:
        """Every network with members, the chosen ones set off."""
        w = self.words
        columns = [w("network"), w("members"), w("candidates_column"), w("people"),
                   w("district_share"), w("strong_share"), w("cooperations"),
                   w("inside_network")]  # fmt: skip
        found = self.findings.networks
        inside = set(self.selection.universe.table.index)
        rows, marked = [], []
        order = [*self.selection.networks,
                 *(n for n in found.index if n not in self.selection.networks)]  # fmt: skip
        for place, network in enumerate(n for n in order if n in found.index):
            row: Any = found.loc[network]
            parent = row["parent_network_id"]
            rows.append([
                self.names.network(network), str(int(row["members"])),
                str(len(inside & set(self.findings.candidates.members(network)))),
                self.numbers.figure(row["people"]),
                self.numbers.percent(row["district_share"] / 100),
                self.numbers.percent(row["strong_share"] / 100), str(row["cooperations"]),
                self.names.network(str(parent)) if isinstance(parent, str) and parent else "",
            ])  # fmt: skip
            if network in self.selection.networks:
                marked.append(place)
        return table(w("network_profiles"), columns, rows, range(1, 7), marked)

    def evidence(self) -> PageTable:
        """How the membership of each chosen network is known."""
        w, who = self.words, self.findings.candidates
        rows = []
        for network in self.selection.networks:
            own = who.membership[who.membership["network_id"] == network]
            for basis, part in own.groupby("basis"):
                urls = sorted(set(part["source_url"].dropna()))
                dates = sorted({str(d) for d in part["source_date"].dropna()})
                rows.append([
                    self.names.network(network), w.of("basis", basis),
                    str(part["municipality_code"].nunique()),
                    ", ".join(dict.fromkeys(map(self.names.day, [*dates[:1], *dates[-1:]]))),
                    Markup("<br>").join(link(url) for url in urls[:4])
                    + (f" + {len(urls) - 4}" if len(urls) > 4 else ""),
                ])  # fmt: skip
        columns = [w("network"), w("evidence"), w("members"), w("source_date"), w("source")]
        return table(w("by_basis"), columns, rows, numeric=[2])

    def spread(self) -> Iterator[PageTable]:
        """For each indicator how the members of each chosen network are spread."""
        w, figure, mean = self.words, self.names.figure, self.names.mean
        columns = [w("network"), w("known_for"), w("lowest"), w("middle"), w("highest"),
                   w("mean"), w("mean_by_people")]  # fmt: skip
        found = self.findings.profiles.set_index(["indicator", "network_id"])
        for entry in self.names.entries:
            rows = []
            for network in self.selection.networks:
                row: Any = found.loc[(entry.name, network)]
                known = self.words("of", part=int(row["with_figure"]), whole=int(row["members"]))
                rows.append(
                    [
                        self.names.network(network),
                        known,
                        *(figure(entry.name, row[c]) for c in ("minimum", "median", "maximum")),
                        *(mean(entry.name, row[c]) for c in ("mean", "mean_by_people")),
                    ]
                )
            yield table(self.names.title_with_unit(entry.name), columns, rows, range(1, 7))

    def overlaps(self) -> PageTable | None:
        """Networks that share members."""
        w, found = self.words, self.findings.overlaps
        if found.empty:
            return None
        rows = [
            [f"{self.names.network(str(r.network_a))} – {self.names.network(str(r.network_b))}",
             str(r.shared), self.yes_or_no(r.nested)]
            for r in rows_of(found)
        ]  # fmt: skip
        columns = [w("networks"), w("shared"), w("nested")]
        return table(w("overlaps"), columns, rows, numeric=[1])

    def statements(self) -> PageTable | None:
        """What sources say of the chosen networks without naming anybody."""
        w, found = self.words, self.findings.statements
        own = found[found["network_id"].isin(self.selection.networks)]
        if own.empty:
            return None
        rows = [
            [self.names.network(str(r.network_id)), w.of("statement", r.statement_type),
             self.numbers.figure(r.member_count), self.names.span(r.valid_from, r.valid_to),
             self.names.day(r.source_date), link(str(r.source_url))]
            for r in rows_of(own)
        ]  # fmt: skip
        columns = [w("network"), w("statement"), w("members"), w("valid"), w("source_date"),
                   w("source")]  # fmt: skip
        return table(w("statements"), columns, rows, numeric=[2])
