"""The net around the cases: where each stands among those it meets in groups."""

from reports.page.sections.section import Section, rows_of
from reports.page.table import PageTable, table


class NetSection(Section):
    """Where each case stands in the net of all groups."""

    def is_known(self) -> bool:
        """Whether any case is in a group that the register knows."""
        return not self.findings.ties.empty

    def positions(self) -> PageTable:
        """A row for each case that is in a group."""
        w, numbers = self.words, self.numbers
        columns = [w("municipality"), w("net_groups"), w("net_degree"), w("net_county_share"),
                   w("net_bridges"), w("net_weak")]  # fmt: skip
        rows = [
            [
                self.names.case(str(r.municipality_code)), str(r.groups), str(r.degree),
                numbers.percent(r.county_share / 100) if r.county_share == r.county_share else "",
                str(r.bridges), self.yes_or_no(len(r.warnings) > 0),
            ]
            for r in rows_of(self.findings.net_positions)
        ]  # fmt: skip
        return table(w("net_positions"), columns, rows, range(1, 5))
