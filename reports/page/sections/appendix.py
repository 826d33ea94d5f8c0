"""Where each figure is from."""

import re
from functools import cached_property
from typing import Any

from markupsafe import Markup

from reports.page.sections.section import OWN_THEME, Section, link, rows_of, text_or_empty
from reports.page.table import PageTable, table

_ISO_DAY = re.compile(r"\b\d{4}-\d\d-\d\d\b")
_REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+ @ [0-9a-f]{7,}|CRAN \w+ [\w.]+")


class AppendixSection(Section):
    """Where each figure is from."""

    def figures(self) -> PageTable:
        """Each indicator with its tables, period, quality and warnings."""
        w, who = self.words, self.findings.candidates
        known = who.indicators.set_index("indicator_id")
        cited = set(self.findings.sources["table_id"])
        columns = [w("indicator"), w("table"), w("period"), w("quality"), w("figures_missing"),
                   w("warnings")]  # fmt: skip
        rows = []
        for entry in self.names.entries:
            own = who.figures[who.figures["name"] == entry.name]
            there = own[own["value"].notna()]
            counts = there["quality"].fillna("").value_counts()
            warnings = own["warnings"].dropna()
            codes = {one for listed in warnings for one in listed.split(", ") if one}
            rows.append([
                self.names.title(entry.name),
                ", ".join(one for one in known["table_ids"][entry.id] if one in cited),
                self.names.periods(entry.name),
                "; ".join(f"{self.qualities(q)}: {count}" for q, count in counts.items()),
                str(len(own) - len(there)),
                ", ".join(w.of("warning", one) for one in sorted(codes)),
            ])  # fmt: skip
        return table(w("indicators"), columns, rows, numeric=[4])

    def sources(self) -> PageTable:
        """Each table with what a citation of it needs."""
        w = self.words
        columns = [w("table"), w("publisher"), w("citation"), w("licence"), w("recorded"),
                   w("provenance")]  # fmt: skip
        rows = [
            [
                r.table_id, self._stated(r.publisher),
                Markup("{} {}").format(self._citation(r), link(r.url)),
                w("not_confirmed") if r.licence == "unconfirmed" else text_or_empty(r.licence),
                self._retrieved(r.table_id), self._obtained_via(text_or_empty(r.provenance)),
            ]
            for r in rows_of(self.findings.sources)
        ]  # fmt: skip
        return table(w("tables"), columns, rows)

    def _stated(self, text: str) -> str:
        """What a file's entry says of it, or that it says nothing."""
        return self.words("not_stated") if text == "not stated" else text

    def _citation(self, source: Any) -> str:
        """How a table is cited; the catalogue has it in English, bokmål is put together here."""
        if source.publisher == "not stated":
            return str(getattr(source, f"title_{self.names.language}"))
        if self.names.language == "en":
            return text_or_empty(source.citation)
        number = text_or_empty(source.publisher_table)
        key = "cited_table" if number and number != source.table_id else "cited"
        return self.words(key, publisher=source.publisher, title=source.title_nb, number=number)

    def _retrieved(self, table_id: str) -> str:
        """The day a table is of, or the day a file of one's own was added."""
        replies = self.findings.replies
        own = replies[replies["table_id"] == table_id]
        if own.empty:
            return self.words("not_known")
        if table_id in self._added:
            return self.words("added", day=self.names.day(own["fetched_on"].max()))
        return self.names.day(own["as_of"].max())

    @cached_property
    def _added(self) -> set[str]:
        """The tables that are files of one's own."""
        known = self.findings.candidates.indicators
        return set(known.loc[known["theme"] == OWN_THEME, "table_ids"].explode())

    def _obtained_via(self, text: str) -> str:
        """Through whom a reply came. The whole of it is said in English; names are names."""
        if self.names.language == "en":
            return _ISO_DAY.sub(lambda day: self.numbers.date(day[0]), text)
        names = dict.fromkeys(_REPOSITORY.findall(text))
        if names:
            return self.words("provenance_elsewhere", names="; ".join(names))
        return self.words("provenance_described") if text else ""

    def replies(self) -> PageTable:
        """The replies the figures were taken from."""
        w = self.words
        rows = [[r.table_id, self._retrieved(r.table_id), r.sha256]
                for r in rows_of(self.findings.replies)]  # fmt: skip
        return table(w("replies"), [w("table"), w("recorded"), "SHA-256"], rows)
