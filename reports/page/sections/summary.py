"""What was chosen, and how robust it is."""

from reports.page.sections.section import LINK, Section, rows_of
from reports.page.table import PageTable, table


class SummarySection(Section):
    """What was chosen, and how robust it is."""

    def lead(self) -> str:
        """What was done, in a sentence with its numbers."""
        inside = {code for members in self.selection.strata.values() for code in members}
        return self.words(
            "summary_lead",
            cases=len(self.selection.codes),
            networks=len(self.selection.networks),
            method=self.names.method(self.rule.method.label),
            inside=len(inside),
            candidates=len(self.selection.universe.table),
        )

    def robustness(self) -> str:
        """How many of the cases are robust, in a sentence."""
        if not self.is_varied:
            return self.words("stability_not_tested")
        labels = [self.stability_of(code)[1] for code in self.selection.codes]
        if all(label == "robust" for label in labels):
            robust = self.numbers.percent(self.rule.sensitivity.robust)
            return self.words("stable_all", robust=robust, cases=len(labels))
        counts = {name: labels.count(name) for name in ("robust", "borderline", "fragile")}
        said = self.words("stable_some", robust_count=counts["robust"],
                          borderline=counts["borderline"], fragile=counts["fragile"])  # fmt: skip
        return f"{said} {self.words('fragile_needs_reason')}" if counts["fragile"] else said

    def reservations(self) -> str:
        """What stability does not make up for: weak evidence, and a model that explains little."""
        chosen = self.selection.chosen
        weak = sum(
            code in self.names.weak_members(network)
            for code, network in zip(chosen["municipality_code"], chosen["network_id"], strict=True)
        )
        said = [self.words("chosen_on_weak", count=weak)] if weak else []
        if self.explains_little:
            said.append(self.words("model_fits_little"))
        lowered = self.findings.sensitivity.stability.query("chosen")["lowered_by"]
        if self.is_varied and lowered.str.contains("few_candidates").any():
            limit = self.rule.sensitivity.candidates_per_predictor
            said.append(self.words("model_few_candidates", limit=limit))
        if self.is_varied and (count := int(lowered.ne("").sum())):
            said.append(self.words("at_most_borderline", count=count))
        return " ".join(said)

    def cases(self) -> PageTable:
        """The chosen municipalities, one a row."""
        w = self.words
        columns = [w("number"), w("municipality"), w("code"), w("network"), w("county"),
                   w("centrality"), w("population"), w("stability")]  # fmt: skip
        who = self.findings.candidates.table
        kinds = "cell" in self.selection.ranking
        rows = []
        for chosen in rows_of(self.selection.chosen):
            code = str(chosen.municipality_code)
            own = who.loc[code]
            rows.append([
                self.names.case_numbers[code],
                LINK.format(f"#case-{code}", self.names.municipality(code)),
                code, self.names.network(str(chosen.network_id)), own["county_name"],
                self.numbers.figure(own["centrality_class"]),
                self.numbers.figure(own["population"]), self.stability_label(code),
                *([self.names.cell(self.selection.ranking["cell"][code])] if kinds else []),
            ])  # fmt: skip
        columns += [w("kind")] if kinds else []
        return table(w("the_cases"), columns, rows, numeric=[5, 6])
