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
        parts = self.names.listed(
            self.words(f"some_{label}", count=labels.count(label))
            for label in ("robust", "borderline", "fragile")
            if label in labels
        )
        sentence = self.words("stable_some", cases=len(labels), parts=parts)
        if len(labels) == 1:
            sentence = self.words("stable_one", label=self.words.of("label", labels[0]))
        elif len(set(labels)) == 1:
            sentence = self.words(f"stable_all_{labels[0]}", cases=len(labels))
        if "fragile" in labels:
            return f"{sentence} {self.words('fragile_needs_reason')}"
        return sentence

    def reservations(self) -> str:
        """What stability does not make up for, in a sentence: membership in doubt, a poor model."""
        reasons = self.chosen_rows["lowered_by"].str.split(", ")
        counts = reasons[reasons.str[0] != ""].explode().value_counts(sort=False)
        asked, model = self.rule.sensitivity, self.findings.model
        r2 = self.numbers.fixed(model["r_squared"], 2) if model else ""
        because = "; ".join(
            self.words(f"some_{reason}", count=count, r2=r2, limit=asked.candidates_per_predictor)
            for reason, count in counts.items()
        )
        sentences = []
        if because and self.is_varied:
            lowered = int(self.chosen_rows["lowered_by"].ne("").sum())
            sentences.append(self.words("at_most_borderline", count=lowered, because=because))
        elif because:
            sentences.append(self.words("reservations", because=because))
        weak = sum(
            code in self.names.weak_members(network)
            for network, code in self.chosen_rows[["network_id", "municipality_code"]].to_numpy()
        )
        if weak and asked.weak_evidence == "ignored":
            sentences.append(self.words("chosen_on_weak", count=weak))
        return " ".join(sentences)

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
