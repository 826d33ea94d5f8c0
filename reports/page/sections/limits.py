"""What a reader should know before relying on the choice."""

import re
from collections.abc import Iterator, Sequence

from reports.page.sections.section import OWN_THEME, Section

_STALE_YEARS = 3
_STABLE_CLUSTER = 0.75  # mean Jaccard similarity; Hennig (2007), CSDA 52:258
_MANY_NETWORKS = 10


class LimitsSection(Section):
    """What a reader should know before relying on the choice."""

    def limits(self) -> Iterator[str]:
        """What a reader should know before relying on the choice, most weighty first."""
        w, found, networks = self.words, self.findings, self.selection.networks
        if found.model and self.explains_little:
            yield w("limit_model", r2=self.numbers.fixed(found.model["r_squared"], 2))
        if self.chosen_rows["lowered_by"].str.contains("few_candidates").any():
            yield w("limit_few_candidates", limit=self.rule.sensitivity.candidates_per_predictor)
        yield from self.names.weak_membership(networks)
        yield from self._ended(networks)
        yield from self._fragile()
        yield from self._scope()
        if outcome := self.rule.roles.outcome:
            yield from self._outcome(outcome)
            yield from self._age(outcome)
        else:
            yield w("limit_no_outcome")
        if found.freeze is None:
            yield w("limit_not_frozen")
        elif found.freeze_changes:
            yield w("limit_changed_since")
        yield from self.names.named_membership(networks)
        if len(found.bounds):
            yield w("limit_missing_networks", count=len(found.bounds))
        for entry in self.names.entries:
            yield from self._indicator_limits(entry.name)
        doubtful = found.sources.loc[found.sources["licence"] == "unconfirmed"]
        if len(doubtful):
            column = f"title_{self.names.language}"
            yield w("limit_licence", names="; ".join(sorted(set(doubtful[column]))))
        yield w("limit_map")

    def _fragile(self) -> Iterator[str]:
        if not self.is_varied:
            yield self.words("stability_not_tested")
        codes = [c for c in self.selection.codes if self.stability_of(c)[1] == "fragile"]
        if codes:
            key = "limit_fragile_one" if len(codes) == 1 else "limit_fragile_more"
            yield self.words(key, names=self.names.listed(map(self.names.municipality, codes)))
        clusters = self.findings.clusters
        if clusters and (low := min(clusters["stability"].values())) < _STABLE_CLUSTER:
            yield self.words("limit_clusters", lowest=self.numbers.fixed(low, 2))

    def _scope(self) -> Iterator[str]:
        """How far the choice can carry: one case, one network, or few."""
        if len(self.selection.codes) == 1:
            yield self.words("limit_one_case")
        networks = len(self.selection.networks)
        if networks == 1:
            yield self.words("limit_one_network")
        elif networks < _MANY_NETWORKS:
            yield self.words("limit_few_networks", count=networks)

    def _outcome(self, outcome: str) -> Iterator[str]:
        """What the outcome is not, by where its figures are from."""
        known = self.findings.candidates.indicators.set_index("indicator_id")
        entry = next(e for e in self.names.entries if e.name == outcome)
        title = self.names.title(outcome)
        if known.loc[entry.id, "theme"] == OWN_THEME:
            yield self.words("limit_own_outcome", indicator=title)
        elif known.loc[entry.id, "theme"] == "digital":
            yield self.words("limit_outcome", indicator=title)

    def _ended(self, networks: Sequence[str]) -> Iterator[str]:
        """Agreements that ended or began without named members, and memberships that ended."""
        day, found = self.findings.candidates.day, self.findings.statements
        for network in networks:
            name = self.names.network(network)
            own = found[found["network_id"] == network]
            for end in sorted(set(own["valid_to"].dropna())):
                if end < day:
                    yield self.words("limit_ended_statement", network=name, day=self.names.day(end))
            unnamed = own[own["statement_type"] == "unknown_members"]
            for start in sorted(set(unnamed["valid_from"].dropna())):
                if start <= day:
                    yield self.words("limit_new_statement", network=name,
                                     day=self.names.day(start))  # fmt: skip
            over = self.findings.ended[self.findings.ended["network_id"] == network]
            if len(over):
                names = map(self.names.municipality, over["municipality_code"])
                yield self.words("limit_ended_membership", count=len(over), network=name,
                                 names=self.names.listed(names))  # fmt: skip

    def _indicator_limits(self, name: str) -> Iterator[str]:
        w, who = self.words, self.findings.candidates
        title = self.names.title(name)
        own = who.figures[who.figures["name"] == name]
        known = own[own["value"].notna()]
        if len(known) < len(own):
            yield w("limit_coverage", indicator=title, known=len(known), all=len(own))
        kinds = known["quality"].fillna("").str.split(", ").explode()
        for quality in ("split_estimated", "weighted"):
            if count := int((kinds == quality).sum()):
                yield w(f"limit_{quality}", indicator=title, count=count)
        codes = {one for listed in known["warnings"].dropna() for one in listed.split(", ") if one}
        if "split_estimated" in set(kinds):
            codes -= {"estimated"}
        for warning in sorted(codes):
            yield w("limit_warning", indicator=title, warning=w.of("warning", warning))
        if name != self.rule.roles.outcome:
            yield from self._age(name)

    def _age(self, name: str) -> Iterator[str]:
        """That an indicator is old, where it is."""
        periods, day = self.names.periods(name), self.findings.candidates.day
        years = re.findall(r"\d{4}", periods)
        age = int(day[:4]) - max(map(int, years), default=int(day[:4]))
        if age >= _STALE_YEARS:
            title = self.names.title(name)
            yield self.words("limit_age", indicator=title, period=periods, years=age)
