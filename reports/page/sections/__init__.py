"""What stands in each section of the page, in words and tables: one module a section."""

from reports.page.names import Names
from reports.page.sections.appendix import AppendixSection
from reports.page.sections.candidates import CandidatesSection
from reports.page.sections.cases import CasesSection
from reports.page.sections.comparison import ComparisonSection
from reports.page.sections.distributions import DistributionsSection
from reports.page.sections.limits import LimitsSection
from reports.page.sections.net import NetSection
from reports.page.sections.networks import NetworksSection
from reports.page.sections.rule import RuleSection
from reports.page.sections.sensitivity import SensitivitySection
from reports.page.sections.summary import SummarySection
from reports.page.sections.universe import UniverseSection


class Sections:
    """Every section of the page that has words or tables of its own."""

    def __init__(self, names: Names) -> None:
        self.summary = SummarySection(names)
        self.rule = RuleSection(names)
        self.universe = UniverseSection(names)
        self.distributions = DistributionsSection(names)
        self.networks = NetworksSection(names)
        self.net = NetSection(names)
        self.candidates = CandidatesSection(names)
        self.cases = CasesSection(names)
        self.sensitivity = SensitivitySection(names)
        self.comparison = ComparisonSection(names)
        self.limits = LimitsSection(names)
        self.appendix = AppendixSection(names)
