"""What a reader should know before relying on the choice."""

import re
from collections.abc import Iterator

from reports.page.sections.section import Section

_STALE_YEARS = 3
_EXPLAINS_LITTLE = 0.1  # of the variance of the outcome


class LimitsSection(Section):
    """What a reader should know before relying on the choice."""

    def limits(self) -> Iterator[str]:
        """What a reader should know before believing the choice, most weighty first."""
        yield from self.names.membership_limits(self.selection.networks)
        w, found = self.words, self.findings
        if outcome := self.rule.roles.outcome:
            yield w("limit_outcome", indicator=self.names.title(outcome))
        if found.freeze is None:
            yield w("limit_not_frozen")
        fragile = [c for c in self.selection.codes if self.stability_of(c)[1] == "fragile"]
        if fragile:
            names = ", ".join(self.names.municipality(code) for code in fragile)
            yield w("limit_fragile", names=names)
        if found.clusters and (low := min(found.clusters["stability"].values())) < 0.75:
            yield w("limit_clusters", lowest=self.numbers.fixed(low, 2))
        if found.model and found.model["r_squared"] < _EXPLAINS_LITTLE:
            yield w("limit_model", r2=self.numbers.fixed(found.model["r_squared"], 2))
        if len(found.bounds):
            yield w("limit_missing_networks", count=len(found.bounds))
        yield w("limit_three")
        for entry in self.names.entries:
            yield from self._indicator_limits(entry.name)
        doubtful = found.sources.loc[found.sources["licence"] == "unconfirmed"]
        if len(doubtful):
            column = f"title_{self.names.language}"
            yield w("limit_licence", names="; ".join(sorted(set(doubtful[column]))))
        if found.not_asked:
            yield w("limit_not_asked", names=", ".join(found.not_asked))
        yield w("limit_map")

    def _indicator_limits(self, name: str) -> Iterator[str]:
        w, who = self.words, self.findings.candidates
        title = self.names.title(name)
        own = who.figures[who.figures["name"] == name]
        known = own[own["value"].notna()]
        if len(known) < len(own):
            yield w("limit_coverage", indicator=title, known=len(known), all=len(own))
        for quality, count in known["quality"].fillna("").value_counts().items():
            if "estimated" in str(quality) or "weighted" in str(quality):
                yield w("limit_quality", indicator=title, count=count,
                        quality=self.qualities(quality))  # fmt: skip
        said = {one for listed in known["warnings"].dropna() for one in listed.split(", ") if one}
        for warning in sorted(said):
            yield w("limit_warning", indicator=title, warning=w.of("warning", warning))
        years = re.findall(r"\d{4}", self.names.periods(name))
        last, now = max(map(int, years)), int(who.day[:4])
        if now - last >= _STALE_YEARS:
            yield w("limit_age", indicator=title, period=self.names.periods(name),
                    years=now - last)  # fmt: skip
