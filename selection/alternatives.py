"""What stands beside a rule's choice: simpler rules, chance, and every other method."""

import numpy as np
import pandas as pd

from common.errors import SelectionError
from selection import ranking
from selection.candidates import Candidates
from selection.choice import Selection, choose
from selection.entry import Bilingual
from selection.method import Method
from selection.methods import METHODS
from selection.methods.diverse import one_of_each
from selection.rule import Rule


def simpler_rules(selection: Selection, candidates: Candidates) -> pd.DataFrame:
    """What simpler rules would have chosen of the same candidates, so that the rule can be judged.

    One row a case: baseline (random, kostra_groups, largest, smallest, middle), network_id, place,
    municipality_code, municipality_name, also_chosen (by the rule).
    """
    rule = selection.rule.model_copy(update={"overrides": ()})
    table = selection.universe.table
    people = candidates.people[table.index]
    kostra = table["kostra_group"].astype(str)
    orders = {
        "random": ranking.random_order(list(table.index), rule.seed),
        "kostra_groups": one_of_each(table, kostra, _apart(people), rule.roles.ties_in(table)),
        "largest": ranking.ranked(table, people, largest_first=True),
        "smallest": ranking.ranked(table, people, largest_first=False),
        "middle": ranking.ranked(table, (people - people.median()).abs(), largest_first=False),
    }
    asked = rule.quotas(selection.strata)
    found = [
        ranking.by_quota(order, selection.strata, asked, or_fewer=True).assign(baseline=name)
        for name, order in orders.items()
    ]
    rows = pd.concat(found).rename_axis("municipality_code").reset_index()
    rows = rows.rename(columns={"stratum": "network_id"})
    rows["municipality_name"] = rows["municipality_code"].map(candidates.table["municipality_name"])
    rows["also_chosen"] = rows["municipality_code"].isin(selection.codes)
    return rows[["baseline", "network_id", "place", "municipality_code", "municipality_name",
                 "also_chosen"]]  # fmt: skip


def _apart(values: pd.Series) -> pd.DataFrame:
    """How far each value is from each other, as a square."""
    square = np.abs(values.to_numpy()[:, None] - values.to_numpy()[None, :])
    return pd.DataFrame(square, values.index, values.index)


def each_method(
    selection: Selection, candidates: Candidates
) -> tuple[pd.DataFrame, dict[str, Bilingual]]:
    """What every method would have chosen with the same roles, and why some can't be asked.

    The frame has one row a case: method, network_id, place, municipality_code, municipality_name,
    also_chosen. The dictionary has a sentence for each other method that can't be used here.
    """
    rule = selection.rule
    forms: dict[str, Method] = {}
    refused: dict[str, Bilingual] = {}
    for method in METHODS:
        try:
            beside = method.beside(rule.roles, rule.cases.per_network)
            forms |= {form.label: form for form in beside}
        except SelectionError as error:
            if not isinstance(rule.method, method):
                refused[method.method_name()] = Bilingual(nb=error.nb, en=str(error))
    found = []
    for label, form in forms.items():
        try:
            found.append(_chosen_by(form, rule, candidates).assign(method=label))
        except SelectionError as error:
            refused[label] = Bilingual(nb=error.nb, en=str(error))
    columns = ["method", "network_id", "place", "municipality_code", "municipality_name"]
    rows = pd.concat(found, ignore_index=True)[columns] if found else pd.DataFrame(columns=columns)
    return rows.assign(also_chosen=rows["municipality_code"].isin(selection.codes)), refused


def _chosen_by(form: Method, rule: Rule, candidates: Candidates) -> pd.DataFrame:
    """The cases another method chooses. Raises SelectionError where it can't."""
    for place, lack in form.lacks(rule.roles):
        raise SelectionError(str(lack), place, nb=lack.nb)
    return choose(rule.model_copy(update={"method": form, "overrides": ()}), candidates).chosen
