"""What a rule will do, in plain words, before it does it: who could be chosen, not who is."""

import re
from collections.abc import Iterator

from common.errors import SelectionError
from common.text import Language
from reports.page.names import Titles
from selection import frozen, universe
from selection.candidates import Candidates
from selection.distance import METRICS, SCALINGS
from selection.entry import Phrasing
from selection.method import Method
from selection.methods.diverse import Diverse
from selection.rule import Rule
from selection.rulefile import RuleFile

_ENOUGH = 0.95  # of the municipalities with a figure; below this the reader is warned


def sentences(file: RuleFile, candidates: Candidates, language: Language) -> list[str]:
    """The rule in sentences, in the order in which it is carried out; warnings come last.

    Call `check.check` first: a rule that is wrong can't be explained. Figures of the outcome are
    not looked at.
    """
    return list(_Explanation(file, candidates, language).sentences())


def method_in_words(titles: Titles, method: Method) -> str:
    """What a method looks for, on which indicators and by which settings, as part of a sentence."""
    return method.in_words(titles.rule.roles, Phrasing(titles.language, titles.inline))


_COMPARISON = re.compile(r"(\w+)\s*(<=|>=|<>|!=|=|<|>)\s*(-?\d+(?:\.\d+)?)")
_AND = re.compile(r"\s+and\s+", re.IGNORECASE)
_KNOWN = re.compile(r"(\w+)\s+is\s+(not\s+)?null", re.IGNORECASE)
_COMPARED = {"<": "below", "<=": "at_most", ">": "above", ">=": "at_least", "=": "equal",
             "<>": "unequal", "!=": "unequal"}  # fmt: skip


def condition_in_words(titles: Titles, where: str) -> str:
    """Conditions on one column each in words, as part of a sentence; any other as it is written."""
    parts = [_comparison_in_words(titles, part) for part in _AND.split(where.strip())]
    return titles.listed(parts) if all(parts) else where


def _comparison_in_words(titles: Titles, where: str) -> str:
    """A condition on one column in words; empty for any other."""
    if found := _COMPARISON.fullmatch(where):
        column, sign, number = found.groups()
        return titles.words(f"condition_{_COMPARED[sign]}", column=titles.inline(column),
                            number=titles.numbers.figure(number))  # fmt: skip
    if found := _KNOWN.fullmatch(where):
        key = "condition_known" if found[2] else "condition_unknown"
        return titles.words(key, column=titles.inline(found[1]))
    return ""


def variation_in_words(titles: Titles) -> str:
    """How the rule is varied, and from which share of runs a case is robust."""
    w, percent, asked = titles.words, titles.numbers.percent, titles.rule.sensitivity
    lists = {
        "year": asked.years,
        "mean_of_years": asked.mean_of_years,
        "district_definition": [titles.definition(d) for d in asked.district_definitions],
        "basis": [titles.listed(w.of("basis", b) for b in bases) for bases in asked.bases],
        "scaling": [SCALINGS[scaling].text_in(w.language) for scaling in asked.scalings],
        "metric": [METRICS[metric].text_in(w.language) for metric in asked.metrics],
    }
    if titles.rule.method.model(titles.rule.roles):
        lists |= {"scaling": [], "metric": []}
    tried = [
        w("check_draws", draws=titles.numbers.figure(asked.draws))
        if asked.draws and _has_weights(titles.rule)
        else "",
        w("kind_leave_one_out") if asked.leave_one_out else "",
        *(f"{w(f'kind_{kind}')} ({'; '.join(map(str, values))})"
          for kind, values in lists.items() if values),
        w("check_vintages", count=asked.vintages) if asked.vintages else "",
    ]  # fmt: skip
    model = titles.rule.method.model(titles.rule.roles)
    lowered = [
        w("check_override_lowers"),
        w("check_no_alternative_lowers"),
        w("check_ended_lowers"),
        w("check_weak_lowers") if asked.weak_evidence == "lowers" else "",
        w("check_model_lowers", r2=percent(asked.minimum_r_squared),
          candidates=asked.candidates_per_predictor) if model else "",
    ]  # fmt: skip
    return w(
        "check_sensitivity",
        tried="; ".join(filter(None, tried)) or w("none"),
        robust=percent(asked.robust),
        fragile=percent(asked.fragile),
        lowered="; ".join(filter(None, lowered)),
    )


def _has_weights(rule: Rule) -> bool:
    """Whether there are weights to draw: a regression weighs by itself."""
    try:
        return bool(rule.method.weighted(rule.roles))
    except SelectionError:
        return False


class _Explanation:
    def __init__(self, file: RuleFile, candidates: Candidates, language: Language) -> None:
        self.file, self.rule, self.who = file, file.rule, candidates
        self.titles = Titles(file.rule, candidates, language)
        self.words = self.titles.words
        self.needed = self.rule.method.needed(self.rule.roles)
        self.universe = universe.apply(candidates, self.rule, self.needed)

    def sentences(self) -> Iterator[str]:
        w, rule = self.words, self.rule
        yield w("check_question", question=rule.question.text_in(w.language))
        yield f"{self._goal()} {self.titles.fit()}"
        yield from self._universe()
        yield from self._networks()
        yield from self._indicators()
        yield w("check_method", method=method_in_words(self.titles, rule.method))
        yield from self._cases()
        yield variation_in_words(self.titles)
        yield " ".join(
            [w("check_hash", hash=rule.hash), *self.titles.frozen(frozen.read(self.file))]
        )
        yield from self._warnings()

    def _goal(self) -> str:
        w, method = self.words, self.rule.method
        return w("check_goal", goal=w.of("goal", self.rule.goal),
                 method=method.title.text_in(w.language),
                 good_for=method.good_for.text_in(w.language))  # fmt: skip

    def _universe(self) -> Iterator[str]:
        w, rule = self.words, self.rule
        yield w("check_start", count=len(self.who.table), vintage=self.who.vintage,
                day=self.titles.day(self.who.day))  # fmt: skip
        for step in self.universe.steps:
            unjudged = self.titles.unjudged(step) if step.unjudged else ""
            stated = {
                "gone": step.before - step.after,
                "after": step.after,
                "where": condition_in_words(self.titles, step.where),
                "because": self.titles.in_language(step.because),
                "unjudged": f" ({unjudged})" if unjudged else "",
            }
            if step.kind == "missing figure":
                yield w("check_missing", title=self.titles.inline(step.where), **stated)
            elif step.kind == "district definition":
                definition = self.titles.definition(rule.universe.district_definition)
                yield w("check_district", definition=definition, **stated)
            else:
                yield w(f"check_{step.kind}", **stated)
        yield w.of("missing", rule.missing)

    def _networks(self) -> Iterator[str]:
        w, rule = self.words, self.rule
        bases = "; ".join(w.of("basis", basis) for basis in rule.membership.basis)
        yield w(
            "check_membership", bases=bases, on=self.titles.day(rule.membership.on or self.who.day)
        )
        if rule.networks.method is not None:
            method = method_in_words(self.titles, rule.networks.method)
            yield w("check_networks_chosen", count=rule.networks.choose, method=method)
            return
        given = w("networks_are_given", count=len(rule.networks.given))
        yield f"{given} {w('networks_given')} {self.titles.in_language(rule.networks.because)}"
        for network in rule.networks.given:
            members = self.who.members(network)
            left = len(set(self.universe.table.index) & set(members))
            yield w("check_members", network=self.titles.network(network), members=len(members),
                    left=left)  # fmt: skip

    def _indicators(self) -> Iterator[str]:
        w, works_on = self.words, set(self.needed)
        for entry in self.rule.indicators:
            known = int(self.who.table[entry.name].notna().sum())
            more = [
                w("transform_log") if entry.transform == "log" else "",
                "" if entry.name in works_on else w("check_not_used"),
            ]
            yield w(
                "check_indicator",
                role=w.of("role_alone", entry.role),
                title=self.titles.title(entry.name),
                said="; ".join(filter(None, [
                    self.titles.unit(entry.name), self.titles.periods(entry.name),
                    w("check_known", known=known), *more])),
            )  # fmt: skip

    # --- cases and what is turned ---

    def _cases(self) -> Iterator[str]:
        w, rule = self.words, self.rule
        asked = w("each_network", count=rule.cases.per_network)
        if rule.networks.given:
            asked = ", ".join(
                f"{self.titles.network(n)} {count}"
                for n, count in rule.quotas(rule.networks.given).items()
            )
        ties = ", ".join(
            [*(w("check_lowest" if lowest else "check_highest", column=self.titles.inline(column))
               for column, lowest in rule.roles.tie_break), w("ties_last")]
        )  # fmt: skip
        yield w("check_cases", asked=asked, ties=ties, seed=rule.seed)
        yield from self.titles.overrides()

    # --- warnings ---

    def _warnings(self) -> Iterator[str]:
        """What a reader of the choice should know; none of it stops the work."""
        w, rule = self.words, self.rule
        yield from self.titles.weak_membership(rule.networks.given)
        yield from self.titles.named_membership(rule.networks.given)
        for entry in rule.indicators:
            there = int(self.who.table[entry.name].notna().sum())
            if there < _ENOUGH * len(self.who.table):
                sentence = w("limit_coverage", indicator=self.titles.title(entry.name), known=there,
                         all=len(self.who.table))  # fmt: skip
                yield f"{sentence} {w('check_not_without')}"
            if entry.id == "population" and entry.transform == "none" and not entry.change_since:
                yield w("check_skewed", title=self.titles.title(entry.name))
        if isinstance(rule.method, Diverse) and rule.method.clusters:
            yield w("check_always_clusters")
