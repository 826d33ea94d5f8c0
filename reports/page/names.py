"""What things are called in one language: indicators, networks, municipalities, periods."""

import math
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

import pandas as pd

from reports.findings import Findings
from reports.page.numbers import Numbers
from reports.page.wording import Language, Wording
from selection import frozen, goals
from selection.candidates import Candidates
from selection.entry import Bilingual
from selection.frozen import Freeze
from selection.methods import TITLES
from selection.roles import RuleIndicator
from selection.rule import Rule


class Titles:
    """A rule and its candidates with everything in them called by its name."""

    def __init__(self, rule: Rule, candidates: Candidates, language: Language) -> None:
        self.rule, self.who = rule, candidates
        self.words = Wording(language)
        self.numbers = Numbers(language)
        self.language = language
        self._about = candidates.indicators.set_index("indicator_id")
        self._entries = {entry.name: entry for entry in rule.indicators}

    @cached_property
    def network_names(self) -> dict[str, str]:
        networks = self.who.networks
        return dict(zip(networks["network_id"], networks["network_name"], strict=True))

    def network(self, network_id: str) -> str:
        return self.network_names.get(network_id, network_id)

    def municipality(self, code: str) -> str:
        """The official name, with its Sami and Kven forms."""
        names = self.who.table["municipality_name"]
        return str(names.get(code, code))

    @property
    def entries(self) -> list[RuleIndicator]:
        """The indicators of the rule, in its order."""
        return list(self.rule.indicators)

    def title(self, name: str) -> str:
        """An indicator by its title, with how it is measured where that is not as it is."""
        entry = self._entries.get(name)
        if entry is None:
            return self.words.of("column", name)
        title = str(self._about.loc[entry.id, f"title_{self.language}"])
        if entry.change_since:
            return f"{title}, {self.words('change_since', year=entry.change_since)}"
        if entry.mean_of_years > 1:
            return f"{title}, {self.words('mean_of', years=entry.mean_of_years)}"
        return title

    def inline(self, name: str) -> str:
        """The title of an indicator inside a sentence."""
        title = self.title(name)
        return title if title[1:2].isupper() else title[:1].lower() + title[1:]

    def unit(self, name: str) -> str:
        entry = self._entries[name]
        unit = "percent" if entry.change_since else str(self._about.loc[entry.id, "unit"])
        return self.words.of("unit", unit)

    def periods(self, name: str) -> str:
        """The period or periods an indicator is of."""
        figures = self.who.figures
        there = figures.loc[figures["name"] == name, "period"].dropna().astype(str)
        return ", ".join(sorted(set(there))).replace("-", "–" if self._is_span(name) else "-")

    def _is_span(self, name: str) -> bool:
        entry = self._entries[name]
        return bool(entry.change_since) or entry.mean_of_years > 1

    def value(self, code: str, name: str) -> Any:
        return self.who.table[name].astype(float).get(code)

    def figure(self, name: str, value: Any) -> str:
        """A figure of an indicator, with the same number of decimals in the whole report."""
        return self.numbers.fixed(value, self._decimals[name])

    @cached_property
    def _decimals(self) -> dict[str, int]:
        """As many as tell the middle half of the municipalities apart; none for whole numbers."""
        table = self.who.table
        found = {}
        for name in self._entries:
            figures = table[name].astype(float).dropna()
            apart = float(figures.quantile(0.75) - figures.quantile(0.25)) or 1.0
            whole = apart >= 100 or bool((figures % 1 == 0).all())
            found[name] = 0 if whole else min(max(1 - math.floor(math.log10(apart)), 1), 6)
        return found

    def shown(self, code: str, name: str) -> str:
        """The figure of a municipality as text."""
        return self.figure(name, self.value(code, name))

    def cell(self, name: object) -> str:
        """A kind of municipality: clusters are translated, categories stay as they are."""
        said = str(name)
        number = said.removeprefix("cluster ")
        return self.words("cluster", number=number) if number != said else said

    def said(self, words: Bilingual | None) -> str:
        """What the researcher wrote, in the language of the report if it is there in both."""
        return words.said_in(self.language) if words else ""

    def day(self, value: object) -> str:
        """A day, or a missing one in words."""
        if value is None or value is pd.NaT or (isinstance(value, float) and pd.isna(value)):
            return self.words("not_known")
        return str(value)[:10] or self.words("not_known")

    # --- sentences on the rule, said before the choice and after it ---

    def definition(self, name: str) -> str:
        """The municipalities of a district definition; one that is declared by its own title."""
        said, declared = self.words.of("definition", name), self.who.definitions.get(name)
        if said != name or declared is None:
            return said
        return self.words("definition_declared", title=declared.said_in(self.language))

    def method(self, label: str) -> str:
        """What a method is called."""
        return TITLES[label].said_in(self.language)

    def fit(self) -> str:
        """Whether the method serves the goal, and if not what would."""
        if goals.fit(self.rule) == "fits":
            return self.words("fits")
        fitting = goals.methods_for(self.rule.goal)
        better = ", ".join(map(self.method, fitting))
        return self.words("fits_not", better=better)

    def overrides(self) -> Iterator[str]:
        """Each choice against the rule with its reason."""
        for o in self.rule.overrides:
            key = "override_take" if o.decision == "take" else "override_leave"
            decided = self.words(key, network=self.network(o.network))
            yield f"{self.municipality(o.municipality)} {decided}: {self.said(o.because)}"

    def frozen(self, kept: Freeze | None) -> list[str]:
        """Whether the rule was frozen, and what has changed since."""
        if kept is None:
            return [self.words("frozen_not")]
        changes = frozen.changes(kept, self.rule)
        if not changes:
            return [self.words("frozen_same", at=kept.frozen_at)]
        return [self.words("frozen_changed", at=kept.frozen_at, count=len(changes)), *changes]

    def membership_limits(self, networks: Sequence[str]) -> Iterator[str]:
        """How weak the evidence is on which the members of some networks are known."""
        w, rows = self.words, self.who.membership
        for network in networks:
            own = rows[rows["network_id"] == network]
            strong = set(own.loc[own["strength"] == "strong", "municipality_code"])
            members = self.who.members(network)
            if weak := len(set(members) - strong):
                key = "limit_all_weak" if weak == len(members) else "limit_weak"
                yield w(key, weak=weak, members=len(members), network=self.network(network))
            elif members:
                yield w("limit_named", network=self.network(network), members=len(members),
                        date=self.day(own["source_date"].dropna().max()))  # fmt: skip
        yield w("limit_membership")


class Names(Titles):
    """The findings of a report with everything in them called by its name."""

    def __init__(self, findings: Findings, language: Language) -> None:
        super().__init__(findings.rule, findings.candidates, language)
        self.findings = findings

    @cached_property
    def case_numbers(self) -> dict[str, str]:
        """The number of each chosen municipality, the same throughout the report."""
        return {code: str(n) for n, code in enumerate(self.findings.selection.codes, start=1)}

    def case(self, code: str) -> str:
        """The number and name of a chosen municipality."""
        return f"{self.case_numbers[code]} {self.municipality(code)}"
