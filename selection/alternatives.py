"""What stands beside a rule's choice: simpler rules, chance, and every other method."""

import pandas as pd

from common.errors import SelectionError
from selection import diverse, ranking
from selection.candidates import Candidates
from selection.choice import Selection, choose, quotas
from selection.distance import Distance
from selection.rule import (
    Deviant,
    Diverse,
    Extreme,
    Influential,
    Method,
    MostDifferent,
    MostSimilar,
    Pathway,
    Random,
    Typical,
    Words,
)


def simpler_rules(selection: Selection, candidates: Candidates) -> pd.DataFrame:
    """What simpler rules would have chosen of the same candidates, so that the rule can be judged.

    One row a case: baseline (random, kostra_groups, largest, smallest, middle), network_id, place,
    municipality_code, municipality_name, also_chosen (by the rule).
    """
    rule = selection.rule.model_copy(update={"overrides": ()})
    table = selection.universe.table
    people = table["population"].astype(float)
    kostra = table["kostra_group"].astype(str)
    size = Distance(("population",))
    orders = {
        "random": ranking.random_order(list(table.index), rule.seed),
        "kostra_groups": diverse.diverse(table, kostra, size, rule.ties),
        "largest": ranking.ranked(table, people, largest_first=True),
        "smallest": ranking.ranked(table, people, largest_first=False),
        "middle": ranking.ranked(table, (people - people.median()).abs(), largest_first=False),
    }
    asked = quotas(rule, selection.strata)
    found = [
        ranking.by_quota(order, selection.strata, asked).assign(baseline=name)
        for name, order in orders.items()
    ]
    rows = pd.concat(found).rename_axis("municipality_code").reset_index()
    rows = rows.rename(columns={"stratum": "network_id"})
    rows["municipality_name"] = rows["municipality_code"].map(candidates.table["municipality_name"])
    rows["also_chosen"] = rows["municipality_code"].isin(selection.codes)
    return rows[["baseline", "network_id", "place", "municipality_code", "municipality_name",
                 "also_chosen"]]  # fmt: skip


def each_method(
    selection: Selection, candidates: Candidates
) -> tuple[pd.DataFrame, dict[str, Words]]:
    """What every method would have chosen with the same roles, and why some can't be asked.

    The frame has one row a case: method, network_id, place, municipality_code, municipality_name,
    also_chosen. The dictionary has a sentence for each method that can't be used here.
    """
    rule = selection.rule
    asked: list[Method] = [
        Typical(name="typical"),
        Typical(name="typical", form="centre"),
        Diverse(name="diverse", clusters=max(3, rule.cases.per_network)),
        Extreme(name="extreme"),
        Deviant(name="deviant"),
        Influential(name="influential"),
        Pathway(name="pathway"),
        Random(name="random"),
    ]
    if rule.outcome:
        asked.append(MostSimilar(name="most_similar", differ_on=rule.outcome))
        asked.append(MostDifferent(name="most_different", same_on=rule.outcome))
    found = []
    refused: dict[str, Words] = {}
    for method in asked:
        name = str(method.name)
        if getattr(method, "form", "") == "centre":
            name = "typical_by_centre"
        try:
            other = choose(rule.model_copy(update={"method": method, "overrides": ()}), candidates)
            found.append(other.chosen.assign(method=name))
        except SelectionError as error:
            refused[name] = Words(nb=error.nb, en=str(error))
    columns = ["method", "network_id", "place", "municipality_code", "municipality_name"]
    rows = pd.concat(found, ignore_index=True)[columns]
    return rows.assign(also_chosen=rows["municipality_code"].isin(selection.codes)), refused
