"""What other rules would have chosen."""

import pandas as pd

from reports.page.sections.section import Section, rows_of
from reports.page.table import PageTable, table


class ComparisonSection(Section):
    """What other rules would have chosen."""

    def refused(self) -> dict[str, str]:
        """Why another method can't be used here, by its name."""
        return {
            self.names.method(name): self.names.with_names(why.text_in(self.words.language))
            for name, why in self.findings.refused_methods.items()
        }

    def simpler(self) -> PageTable:
        return self._others(self.findings.simpler, "baseline", self.words("simple_rules"))

    def methods(self) -> PageTable:
        """What the other methods would have chosen."""
        found = self.findings.methods
        others = found[found["method"] != self.rule.method.label]
        return self._others(others, "method", self.words("other_methods"))

    def _others(self, found: pd.DataFrame, kind: str, caption: str) -> PageTable:
        """One row a rule: what it would have chosen in each network, and how much is in common."""
        w = self.words
        columns = [w("rule_word"), *(self.names.network(n) for n in self.selection.networks),
                   w("in_common")]  # fmt: skip
        rows = []
        for name, part in found.groupby(kind, sort=False):
            if kind == "method":
                title = self.names.method(str(name))
            else:
                title = w(f"{kind}_{name}", seed=self.rule.seed)
            cells = []
            for network in self.selection.networks:
                own = part[part["network_id"] == network]
                cells.append(", ".join(
                    f"{r.municipality_name}{' ✓' if r.also_chosen else ''}"
                    for r in rows_of(own)
                ))  # fmt: skip
            both = w("of", part=int(part["also_chosen"].sum()), whole=len(self.selection.codes))
            rows.append([title, *cells, both])
        return table(caption, columns, rows)
