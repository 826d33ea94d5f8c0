"""What things are called in one language: indicators, networks, municipalities, periods."""

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any

import pandas as pd

from common.text import Language
from reports.findings import Findings
from reports.page.numbers import Numbers
from reports.page.wording import Wording
from selection import frozen, goals
from selection.candidates import Candidates
from selection.entry import Bilingual
from selection.frozen import Freeze
from selection.methods import TITLES
from selection.roles import RuleIndicator
from selection.rule import Rule
from selection.universe import Step

_MEANS_ARE_WHOLE_FROM = 100  # the largest figure from which a mean is told in whole numbers


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
        """The name in Norwegian."""
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
            trait = self.who.traits.get(name)
            return trait.text_in(self.language) if trait else self.words.of("column", name)
        title = self.numbers.in_text(str(self._about.loc[entry.id, f"title_{self.language}"]))
        if entry.change_since:
            return f"{title}, {self.words('change_since', year=entry.change_since)}"
        if entry.mean_of_years > 1:
            return f"{title}, {self.words('mean_of', years=entry.mean_of_years)}"
        return title

    def inline(self, name: str) -> str:
        """The title of an indicator inside a sentence."""
        title = self.title(name)
        return title if title[1:2].isupper() else title[:1].lower() + title[1:]

    def is_yes_or_no(self, name: str) -> bool:
        """Whether the figures are yes (1) and no (0), which have no distance to a median."""
        entry = self._entries[name]
        return not entry.change_since and str(self._about.loc[entry.id, "unit"]) == "yes or no"

    def title_with_unit(self, name: str) -> str:
        """A title with its unit in brackets, where the title does not say it already."""
        title, unit = self.title(name), self.unit(name)
        title_word, of_unit = (re.sub(r"\W", "", text.lower()) for text in (title, unit))
        return title if self.is_yes_or_no(name) or of_unit in title_word else f"{title} ({unit})"

    def unit(self, name: str) -> str:
        entry = self._entries[name]
        unit = "percent" if entry.change_since else str(self._about.loc[entry.id, "unit"])
        return self.words.of("unit", unit)

    def periods(self, name: str) -> str:
        """The period or periods an indicator is of."""
        figures = self.who.figures
        there = figures.loc[figures["name"] == name, "period"].dropna().astype(str)
        return ", ".join(self._period(code) for code in sorted(set(there)))

    def _period(self, code: str) -> str:
        """A period in words; a span of years (2016-2026) with a dash."""
        if re.fullmatch(r"\d{4}-\d{4}", code):
            return code.replace("-", "–")
        return self.numbers.period(code)

    def value(self, code: str, name: str) -> Any:
        return self.who.table[name].astype(float).get(code)

    def figure(self, name: str, value: Any) -> str:
        """A figure of an indicator, with the same number of decimals in the whole report."""
        return self.numbers.fixed(value, self._decimals[name])

    def mean(self, name: str, value: Any) -> str:
        """A mean of an indicator: with a decimal more where the figures are small whole numbers."""
        decimals = self._decimals[name]
        if decimals == 0 and self.who.table[name].astype(float).max() < _MEANS_ARE_WHOLE_FROM:
            decimals = 2 if self.is_yes_or_no(name) else 1
        return self.numbers.fixed(value, decimals)

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
        text = str(name)
        number = text.removeprefix("cluster ")
        return self.words("cluster", number=number) if number != text else text

    def in_language(self, words: Bilingual | None) -> str:
        """What the researcher wrote, in the language of the report if it is there in both."""
        return words.text_in(self.language) if words else ""

    def day(self, value: object) -> str:
        """A day, or a missing one in words."""
        if value is None or value is pd.NaT or (isinstance(value, float) and pd.isna(value)):
            return self.words("not_known")
        return self.numbers.date(value) if str(value) else self.words("not_known")

    def span(self, start: object, end: object) -> str:
        """From one day to another, either of which may not be known."""
        first, last = (
            self.day(day) if isinstance(day, str) and day else "" for day in (start, end)
        )
        if first and last:
            return self.words("valid_between", start=first, end=last)
        if not first and not last:
            return self.words("not_known")
        return self.words("valid_from", day=first) if first else self.words("valid_until", day=last)

    def listed(self, items: Iterable[str]) -> str:
        """Some names as a list in a sentence: a, b and c."""
        *first, last = items
        return f"{', '.join(first)} {self.words('and')} {last}" if first else last

    def with_names(self, text: str) -> str:
        """A sentence with the names of the networks and the titles of the indicators in it."""
        quoted = "“{}”" if self.language == "en" else "«{}»"
        for name in self._entries:
            text = text.replace(f"'{name}'", quoted.format(self.inline(name)))
        for network_id, network in self.network_names.items():
            text = re.sub(rf"'{network_id}'|\b{network_id}\b", network, text)
        return text

    # --- sentences on the rule, said before the choice and after it ---

    def definition(self, name: str) -> str:
        """The municipalities of a district definition; one that is declared by its own title."""
        title, declared = self.words.of("definition", name), self.who.definitions.get(name)
        if title != name or declared is None:
            return title
        return self.words("declared_definition", title=declared.text_in(self.language))

    def unjudged(self, step: Step) -> str:
        """How many could not be judged by a condition, and for want of which figures."""
        lacking = dict.fromkeys(c for columns in step.unjudged.values() for c in columns)
        sentences = []
        for column in lacking if step.kind in ("include", "exclude") else ():
            period = self._period(self.who.period(column))
            name = self.inline(column)
            known = self.words("figure_of", indicator=name, period=period) if period else name
            sentences.append(known)
        what = self.words("unjudged_for", what=self.listed(sentences)) if sentences else ""
        return self.words("unjudged", count=len(step.unjudged), what=what)

    def method(self, label: str) -> str:
        """What a method is called."""
        return TITLES[label].text_in(self.language)

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
            yield f"{self.municipality(o.municipality)} {decided}: {self.in_language(o.because)}"

    def frozen(self, kept: Freeze | None) -> list[str]:
        """Whether the rule was frozen, and what has changed since."""
        if kept is None:
            return [
                self.words("frozen_not" if self.rule.roles.outcome else "frozen_not_no_outcome")
            ]
        changes = frozen.changes(kept, self.rule)
        if not changes:
            return [self.words("frozen_same", at=self.numbers.moment(kept.frozen_at))]
        at = self.numbers.moment(kept.frozen_at)
        return [self.words("frozen_changed", at=at, count=len(changes)), *changes]

    def weak_members(self, network: str) -> set[str]:
        """The members of a network that are known on weak evidence only."""
        return self.who.weak_members(network)

    def weak_membership(self, networks: Sequence[str]) -> Iterator[str]:
        """How many members of some networks are known on weak evidence only."""
        for network in networks:
            members = self.who.members(network)
            if weak := len(self.weak_members(network)):
                key = "limit_all_weak" if weak == len(members) else "limit_weak"
                yield self.words(key, weak=weak, members=len(members),
                                 network=self.network(network))  # fmt: skip

    def named_membership(self, networks: Sequence[str]) -> Iterator[str]:
        """How old the sources are that name every known member of some networks."""
        rows = self.who.membership
        for network in networks:
            members = self.who.members(network)
            if members and not self.weak_members(network):
                dates = rows.loc[rows["network_id"] == network, "source_date"].dropna()
                dates = dates[dates != ""]
                key = "limit_named" if len(dates) else "limit_named_undated"
                yield self.words(key, network=self.network(network), members=len(members),
                                 date=self.day(dates.max()))  # fmt: skip
        yield self.words("limit_membership")


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
