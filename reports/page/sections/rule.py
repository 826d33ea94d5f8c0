"""The decisions of the rule, its indicators and its model."""

from collections.abc import Iterator
from typing import NamedTuple

from markupsafe import Markup

from reports.page.explanation import condition_in_words, method_in_words, variation_in_words
from reports.page.sections.section import Section
from reports.page.table import PageTable, table
from selection.roles import RuleIndicator


class RuleDecision(NamedTuple):
    """One decision of the rule: what it is about, and what was decided, a sentence each."""

    about: str
    sentences: list[str]


class RuleSection(Section):
    """The decisions of the rule, its indicators and its model."""

    def entries(self) -> Iterator[RuleDecision]:
        """The decisions of the rule, in the order in which they are taken."""
        w, rule = self.words, self.rule
        yield RuleDecision(w("question"), [rule.question.text_in(self.names.language)])
        yield RuleDecision(w("goal"), [self.sentence(w.of("goal", rule.goal)), self.names.fit()])
        definition = self.names.definition(rule.universe.district_definition)
        conditions = (
            f"{w(f'condition_{kind}', where=condition_in_words(self.names, one.where))} "
            f"{self.sentence(self.names.in_language(one.because))}"
            for kind, listed in (("include", rule.universe.include),
                                 ("exclude", rule.universe.exclude))
            for one in listed
        )  # fmt: skip
        yield RuleDecision(w("universe_of"), [self.sentence(definition), *conditions])
        yield RuleDecision(w("networks"), list(self._networks()))
        bases = "; ".join(w.of("basis", basis) for basis in rule.membership.basis)
        on = self.names.day(rule.membership.on or self.findings.candidates.day)
        yield RuleDecision(w("evidence_accepted"), [self.sentence(bases), w("members_on", day=on)])
        yield RuleDecision(w("method"), list(self._method()))
        asked = rule.quotas(self.selection.networks)
        each = set(asked.values())
        counts = (
            w("each_network", count=each.pop())
            if len(each) == 1
            else ", ".join(f"{self.names.network(n)}: {count}" for n, count in asked.items())
        )
        yield RuleDecision(w("cases_asked"), [self.sentence(counts)])
        ties = [
            *(
                w("tie_lowest" if up else "tie_highest", column=self.names.inline(column))
                for column, up in rule.roles.tie_break
            ),
            w("ties_last"),
        ]
        yield RuleDecision(w("ties"), [self.sentence(", ".join(ties))])
        yield RuleDecision(w("seed"), [str(rule.seed)])
        yield RuleDecision(w("missing_figures"), [w.of("missing", rule.missing)])
        yield RuleDecision(w("varied"), [variation_in_words(self.names)])
        yield RuleDecision(w("overrides"), list(self.names.overrides()) or [w("no_overrides")])
        yield RuleDecision(w("frozen"), self.names.frozen(self.findings.freeze))

    def _networks(self) -> Iterator[str]:
        rule, w = self.rule, self.words
        yield self.sentence(", ".join(self.names.network(n) for n in self.selection.networks))
        if rule.networks.method is None:
            yield w("networks_are_given", count=len(rule.networks.given))
            yield f"{w('networks_given')} {self.names.in_language(rule.networks.because)}"
        else:
            method = rule.networks.method.title.text_in(w.language)
            yield w("networks_chosen", count=rule.networks.choose, method=method)

    def _method(self) -> Iterator[str]:
        yield self.rule.method.does.text_in(self.words.language)
        yield self.sentence(method_in_words(self.names, self.rule.method))

    def indicators(self) -> PageTable:
        """The indicators of the rule with role, period and coverage."""
        w = self.words
        columns = [w("indicator"), w("role"), w("unit"), w("period"), w("known_for"),
                   w("better"), w("used_as")]  # fmt: skip
        who = self.findings.candidates.table
        rows = [
            [
                self.names.title(entry.name), w.of("role", entry.role),
                self.names.unit(entry.name), self.names.periods(entry.name),
                str(int(who[entry.name].notna().sum())), w.of("direction", entry.direction),
                w(self._used_as(entry)),
            ]
            for entry in self.names.entries
        ]  # fmt: skip
        return table(w("indicators"), columns, rows, numeric=[4])

    def _used_as(self, entry: RuleIndicator) -> str:
        if entry.name not in self.rule.method.needed(self.rule.roles):
            return "not_used"
        return "transform_log" if entry.transform == "log" else "as_it_is"

    def clusters(self) -> list[str]:
        """How far clusters can be trusted, where the method makes them."""
        found = self.findings.clusters
        if not found:
            return []
        fixed = self.numbers.fixed
        stability = ", ".join(
            f"{self.names.cell(name)} {fixed(value, 2)}"
            for name, value in found["stability"].items()
        )
        agreement = found["agreement"]
        lead = self.words(
            "clusters_lead", silhouette=fixed(found["silhouette"], 2), stability=stability,
            kostra=fixed(agreement.get("kostra_group"), 2),
            centrality=fixed(agreement.get("centrality_class"), 2),
        )  # fmt: skip
        low = max(agreement.values(), default=0) < 0.3
        return [lead, self.words("clusters_why")] if low else [lead]

    def kinds_of_case(self) -> PageTable | None:
        """The kinds the candidates fall in: how many, and the middle of each indicator."""
        order = self.selection.ranking
        if "cell" not in order:
            return None
        cells = {str(cell): list(part.index) for cell, part in order.groupby("cell")}
        everybody = self.selection.universe.table
        rows = [[self.words("candidates_column"), *(str(len(codes)) for codes in cells.values())]]
        for entry in self.names.entries:
            figures = everybody[entry.name].astype(float)
            medians = (figures.loc[codes].median() for codes in cells.values())
            shown = (self.names.figure(entry.name, median) for median in medians)
            rows.append([self.names.title(entry.name), *shown])
        chosen = (
            Markup("<br>").join(self.names.case(c) for c in self.selection.codes if c in codes)
            for codes in cells.values()
        )
        rows.append([self.words("chosen_word"), *(word or self.words("none") for word in chosen)])
        columns = [self.words("indicator"), *(self.names.cell(cell) for cell in cells)]
        return table(self.words("kinds_table"), columns, rows, range(1, 1 + len(cells)))

    def empty_kinds(self) -> str:
        """The kinds that no case is of, in a sentence; nothing if there are none."""
        order = self.selection.ranking
        if "cell" not in order:
            return ""
        of_cases = set(order["cell"].reindex(self.selection.codes))
        empty = [self.names.cell(cell) for cell in sorted(set(order["cell"]) - of_cases)]
        return self.words("clusters_empty", cells=self.names.listed(empty)) if empty else ""

    def model(self) -> tuple[str, PageTable] | None:
        """The regression, where the method stands on one."""
        found = self.findings.model
        if not found:
            return None
        w, fixed = self.words, self.numbers.fixed
        lead = w("model_lead", n=found["n"], r2=fixed(found["r_squared"], 2),
                 adjusted=fixed(found["adjusted_r_squared"], 2),
                 bp=fixed(found["breusch_pagan_p"], 3),
                 outcome=self._term(str(self.rule.roles.outcome)))  # fmt: skip
        if self.explains_little:
            lead += f" {w('model_fits_little')}"
        significant = self.numbers.significant
        rows = [
            [self._term(name), significant(one["coefficient"]), significant(one["standard_error"]),
             fixed(one["standardised"], 2), fixed(one["variance_inflation"], 1)]
            for name, one in found["coefficients"].items()
        ]  # fmt: skip
        columns = [w("indicator"), w("coefficient"), w("standard_error"),
                   w("standardised_coefficient"), w("variance_inflation")]  # fmt: skip
        return f"{lead} {w('model_note')}", table(w("the_model"), columns, rows, range(1, 5))

    def _term(self, name: str) -> str:
        """A term of the model by its title, and whether its logarithm is used."""
        if name == "const":
            return self.words("intercept")
        title = self.names.title(name)
        entry = next(e for e in self.names.entries if e.name == name)
        return self.words("logarithm_of", title=title) if entry.transform == "log" else title
