"""Where each figure is from."""

import pandas as pd
from markupsafe import Markup

from reports.page.sections.section import Section, link, rows_of, text_or_empty
from reports.page.table import PageTable, table


class AppendixSection(Section):
    """Where each figure is from."""

    def figures(self) -> PageTable:
        """Each indicator with its tables, period, quality and warnings."""
        w, who = self.words, self.findings.candidates
        known = who.indicators.set_index("indicator_id")
        columns = [w("indicator"), w("table"), w("period"), w("quality"), w("figures_missing"),
                   w("warnings")]  # fmt: skip
        rows = []
        for entry in self.names.entries:
            own = who.figures[who.figures["name"] == entry.name]
            there = own[own["value"].notna()]
            counts = there["quality"].fillna("").value_counts()
            said = {one for listed in own["warnings"].dropna() for one in listed.split(", ") if one}
            rows.append([
                self.names.title(entry.name), ", ".join(list(known["table_ids"][entry.id])),
                self.names.periods(entry.name),
                "; ".join(f"{self.qualities(q)}: {count}" for q, count in counts.items()),
                str(len(own) - len(there)),
                ", ".join(w.of("warning", one) for one in sorted(said)),
            ])  # fmt: skip
        return table(w("indicators"), columns, rows, numeric=[4])

    def sources(self) -> PageTable:
        """Each table with what a citation of it needs."""
        w = self.words
        columns = [w("table"), w("publisher"), w("name"), w("citation"), w("licence"),
                   w("recorded"), w("provenance")]  # fmt: skip
        rows = [
            [
                r.table_id, r.publisher, getattr(r, f"title_{self.names.language}"),
                Markup("{} {}").format(text_or_empty(r.citation), link(r.url)),
                w("not_confirmed") if r.licence == "unconfirmed" else text_or_empty(r.licence),
                self.names.day(r.recorded_on if pd.notna(r.recorded_on) else r.accessed_at),
                text_or_empty(r.provenance),
            ]
            for r in rows_of(self.findings.sources)
        ]  # fmt: skip
        return table(w("tables"), columns, rows)

    def replies(self) -> PageTable:
        """The replies the figures were taken from."""
        w = self.words
        rows = [[r.table_id, r.as_of, r.sha256] for r in rows_of(self.findings.replies)]
        return table(w("replies"), [w("table"), w("recorded"), "SHA-256"], rows)
