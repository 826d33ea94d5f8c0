"""What keeps a stable case from being called robust."""

from selection import choice, robustness
from tests.selection.conftest import Read, RuleWith


def test_a_case_of_a_network_that_only_a_varied_rule_chose_is_judged_by_its_own_evidence(
    rule_with: RuleWith, read: Read
) -> None:
    file = rule_with(networks={"given": ["digirogaland"], "because": "We follow it."})
    candidates = read(file)
    selection = choice.choose(file.rule, candidates)
    cases = [("digirogaland", "1146"), ("diginordland", "1860"), ("digivestland", "4614")]
    found = robustness.shortfalls(selection, candidates, cases)
    assert found == [[], ["weak_evidence"], ["ended_agreement"]]
