"""The variation the cases reach, and how the indicators correlate."""

from reports.page.sections.section import Section
from reports.page.table import PageTable, table
from selection import universe


class DistributionsSection(Section):
    """The variation the cases reach, and how the indicators correlate."""

    def lacking(self) -> PageTable:
        """The variation the cases do not reach."""
        lacking = self.findings.lacking
        by_name = zip(map(str, lacking["indicator"]), lacking.to_dict("records"), strict=True)
        percent = self.numbers.percent
        w, figure = self.words, self.names.figure
        columns = [w("indicator"), w("lowest_chosen"), w("highest_chosen"), w("below_share"),
                   w("above_share"), w("quarters_missing")]  # fmt: skip
        rows = [
            [
                self.names.title(name), figure(name, row["lowest_chosen"]),
                figure(name, row["highest_chosen"]), percent(row["below_percent"] / 100),
                percent(row["above_percent"] / 100),
                ", ".join(map(str, row["quarters_missing"])) or w("none"),
            ]
            for name, row in by_name
        ]  # fmt: skip
        return table(w("lacking"), columns, rows, numeric=[1, 2, 3, 4])

    def correlations(self) -> PageTable:
        """The correlation matrix of the indicators among the candidates."""
        among = universe.transformed(self.selection.universe.table, self.rule)
        columns = [entry.name for entry in self.names.entries]
        found = among[columns].astype(float).corr()
        rows = [
            [f"{n} {self.names.title(name)}",
             *("" if i > n - 1 else self.numbers.fixed(found.iloc[n - 1, i], 2)
               for i in range(len(columns)))]
            for n, name in enumerate(columns, start=1)
        ]  # fmt: skip
        heads = [self.words("indicator"), *(str(n + 1) for n in range(len(columns)))]
        numeric = range(1, len(columns) + 1)
        return table(self.words("correlations"), heads, rows, numeric=numeric)
