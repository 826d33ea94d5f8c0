"""Which columns a method works on, by what it names itself or by the roles of the indicators."""

from common.errors import SelectionError
from selection.distance import Distance, Scaling
from selection.rule import (
    Crucial,
    Deviant,
    Diverse,
    Extreme,
    Influential,
    Method,
    MostDifferent,
    MostSimilar,
    Pathway,
    Random,
    Rule,
    Typical,
)

Pairs = MostSimilar | MostDifferent


def explained_by(rule: Rule) -> tuple[str, ...]:
    """The columns of the model: those the method names, or causes and controls."""
    named: tuple[str, ...] = getattr(rule.method, "on", ())
    return tuple(n for n in named if n != rule.outcome) or rule.named("cause", "control")


def measured_on(rule: Rule, method: Method) -> tuple[str, ...]:
    """The columns of distances and clusters: those named, else controls, for pairs; else also
    the causes."""
    named: tuple[str, ...] = getattr(method, "on", ())
    roles = ("control",) if isinstance(method, Pairs) else ("cause", "control")
    return named or rule.named(*roles)


def put_together(rule: Rule, method: Extreme) -> dict[str, float]:
    """The columns of an extreme choice with their weights; lower-is-better ones are turned round.

    Raises SelectionError where several are put together and one has no direction.
    """
    columns = method.on or tuple(filter(None, [rule.cause]))
    entries = {entry.name: entry for entry in rule.indicators}
    weights = {}
    for column in columns:
        entry = entries.get(column)
        if entry is None:  # a column of the profiles of networks, as it is
            weights[column] = 1.0
        elif len(columns) == 1:
            weights[column] = entry.weight
        elif entry.direction == "none":
            raise SelectionError(
                f"'{column}' has no direction, so it can't be put together with others. Say "
                "'direction: higher' or 'direction: lower'.",
                ("indicators", list(entries).index(column)),
            )
        else:
            weights[column] = entry.weight * (1 if entry.direction == "higher" else -1)
    return weights


def needed(rule: Rule) -> tuple[str, ...]:
    """The columns that must not be missing for the method to be able to place a candidate."""
    method = rule.method
    if isinstance(method, Random):
        return ()
    if isinstance(method, Crucial):
        return tuple(sorted(set(method.expectation) - {"intercept"}))
    if uses_model(method):
        return tuple(filter(None, [rule.outcome])) + explained_by(rule)
    if isinstance(method, Extreme):
        return tuple(put_together(rule, method))
    columns = list(measured_on(rule, method))
    if isinstance(method, Diverse):
        columns += [*(method.quantiles or {}), *(method.categories or {})]
    if isinstance(method, MostSimilar):
        columns += [*filter(None, [method.differ_on]), *method.exact]
    if isinstance(method, MostDifferent):
        columns += [method.same_on, *method.exact]
    return tuple(dict.fromkeys(columns))


def uses_model(method: Method) -> bool:
    """Whether the method stands on a regression."""
    return isinstance(method, Deviant | Influential | Pathway) or (
        isinstance(method, Typical) and method.form == "model"
    )


def distance_of(rule: Rule, method: Method) -> Distance:
    """The distance a method measures, with the weights of the rule."""
    on = measured_on(rule, method)
    weights = {entry.name: entry.weight for entry in rule.indicators if entry.name in on}
    mahalanobis = getattr(method, "metric", "") == "mahalanobis"
    scaling: Scaling = getattr(method, "scaling", "z")
    return Distance(on, "mahalanobis" if mahalanobis else "standardised", scaling, weights)
