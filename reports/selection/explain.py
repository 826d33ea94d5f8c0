"""What a rule will do, in plain words, before it does it: who could be chosen, not who is."""

from collections.abc import Iterator

from reports.selection import check, frozen, goals, universe
from reports.selection.candidates import Candidates
from reports.selection.choice import quotas
from reports.selection.roles import distance_of, explained_by, needed, put_together, uses_model
from reports.selection.rule import (
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
    RuleFile,
    Typical,
)


def sentences(file: RuleFile, candidates: Candidates) -> list[str]:
    """The rule in sentences, in the order in which it is carried out; warnings come last.

    Call `check.check` first: a rule that is wrong can't be explained. Figures of the outcome are
    not looked at.
    """
    rule = file.rule
    return [
        f"Question: {rule.question.en}",
        goals.fit(rule).words,
        *_universe(rule, candidates),
        *_networks(rule, candidates),
        *_indicators(rule, candidates),
        *_method(rule),
        *_cases(rule),
        *_sensitivity(rule),
        freeze_sentence(file),
        *check.warnings(rule, candidates),
    ]


def freeze_sentence(file: RuleFile) -> str:
    """Whether the rule was frozen, when, and whether it is still what was frozen."""
    kept = frozen.read(file)
    if kept is None:
        return (
            f"The rule ({file.rule.hash[:12]}) is not frozen: nothing shows that it was there "
            "before the outcome was looked at."
        )
    changes = frozen.changes(kept, file.rule)
    if not changes:
        return f"The rule ({kept.hash[:12]}) was frozen {kept.frozen_at} and has not changed since."
    return (
        f"The rule was frozen {kept.frozen_at} as {kept.hash[:12]} and has been changed since, in "
        f"{len(changes)} entries: {'; '.join(changes)}."
    )


def _universe(rule: Rule, candidates: Candidates) -> Iterator[str]:
    yield (
        f"It starts from the {len(candidates.table)} municipalities of today's division, with the "
        f"figures of vintage {candidates.vintage} (as they were {candidates.day})."
    )
    who = universe.apply(candidates, rule, needed(rule))
    for step in who.steps:
        gone = step.before - step.after
        unjudged = f" ({len(step.unjudged)} could not be judged)" if step.unjudged else ""
        if step.kind == "missing figure":
            yield f"{gone} without '{step.where}' are left out and logged: {step.after} remain."
        elif step.kind == "exclude":
            yield f"{gone} with {step.where} are left out, because {step.because}{unjudged}: " + (
                f"{step.after} remain."
            )
        elif step.kind == "include":
            yield f"Only those with {step.where} are kept, because {step.because}{unjudged}: " + (
                f"{step.after} remain."
            )
        else:
            yield f"Kept is {step.because}: {step.after} remain."
    if rule.missing == "bounds":
        yield (
            "For each one left out for a missing figure it is asked whether it would be chosen "
            "with the lowest and with the highest figure any candidate has; nothing is filled in."
        )


def _networks(rule: Rule, candidates: Candidates) -> Iterator[str]:
    on = rule.membership.on or candidates.day
    yield (
        f"A municipality is in a network if a source says so on the basis "
        f"{' or '.join(rule.membership.basis)}, as far as known on {on}."
    )
    if rule.networks.method is not None:
        yield (
            f"{rule.networks.choose} networks are chosen on their profiles: "
            f"{_in_words(rule, rule.networks.method)}."
        )
        return
    yield f"The networks are given, not drawn: {rule.networks.because.rstrip('. ')}."
    who = set(universe.apply(candidates, rule, needed(rule)).table.index)
    for network in rule.networks.given:
        members = candidates.members(network)
        left = len(who & set(members))
        yield f"'{network}' has {len(members)} known members, of which {left} could be chosen."


def _indicators(rule: Rule, candidates: Candidates) -> Iterator[str]:
    known = candidates.indicators.set_index("indicator_id")
    titles, units = known["title_en"].to_dict(), known["unit"].to_dict()
    works_on = set(needed(rule))
    for entry in rule.indicators:
        figures = candidates.figures[candidates.figures["name"] == entry.name]
        periods = ", ".join(sorted(set(figures["period"].dropna().astype(str))))
        there = int(figures["value"].notna().sum())
        how = "change in percent, " if entry.change_since else ""
        how += "mean of years, " if entry.mean_of_years > 1 else ""
        log = ", as logarithm" if entry.transform == "log" else ""
        use = "" if entry.name in works_on else "; shown, not used by the method"
        yield (
            f"{entry.role.capitalize()}: {titles[entry.id]} "
            f"({units[entry.id]}; {how}{periods}; known for {there}{log}{use})."
        )


def _method(rule: Rule) -> Iterator[str]:
    yield f"Method: {_in_words(rule, rule.method)}."


def _in_words(rule: Rule, method: Method) -> str:
    if uses_model(method):
        return _by_model(rule, method)
    match method:
        case Typical():
            words = f"typical cases, nearest the centre by {_distance(rule, method)}"
        case Random():
            words = f"by lot, in the order of the SHA-256 of the seed {rule.seed} and the code"
        case Crucial():
            words = _crucial(method)
        case Extreme():
            weights = put_together(rule, method)
            parts = ", ".join(f"{name} ({weight:g})" for name, weight in weights.items())
            ends = "either end" if method.end == "both" else f"the {method.end} end"
            words = f"extreme cases, farthest out at {ends} of {parts}"
        case Diverse():
            words = f"diverse cases, one of each {_cells(method)}, by {_distance(rule, method)}"
        case MostSimilar() | MostDifferent():
            words = _pairs(rule, method)
    return words


def _by_model(rule: Rule, method: Method) -> str:
    model = f"a regression of {rule.outcome} on {', '.join(explained_by(rule))}"
    match method:
        case Deviant():
            where = {"both": "", "above": " above the line", "below": " below the line"}
            return f"deviant cases, with the largest residuals{where[method.side]} in {model}"
        case Influential():
            return f"influential cases, by {method.measure.replace('_', ' ')} in {model}"
        case Pathway():
            return f"pathway cases, whose residuals shrink most when {rule.cause} enters {model}"
        case _:
            return f"typical cases, with the smallest residuals in {model}"


def _crucial(method: Crucial) -> str:
    parts = ", ".join(f"{name} {value:+g}" for name, value in method.expectation.items())
    against = f", among those that contradict it ({method.present})" if method.present else ""
    kind = method.kind.replace("_", " ")
    return f"{kind} cases by the declared expectation (log odds: {parts}){against}"


def _cells(method: Diverse) -> str:
    if method.categories is not None:
        return f"combination of {', '.join(method.categories)}"
    if method.quantiles is not None:
        [(column, parts)] = method.quantiles.items()
        return f"of {parts} equal parts of {column}"
    return f"of {method.clusters} clusters made by k-means"


def _pairs(rule: Rule, method: MostSimilar | MostDifferent) -> str:
    where = "in the same network" if method.partner == "within" else "one inside and one outside"
    exact = f", alike in {', '.join(method.exact)}" if method.exact else ""
    measure = "propensity" if method.metric == "propensity" else _distance(rule, method)
    if isinstance(method, MostDifferent):
        return (
            f"most different pairs, {where}, farthest apart by {measure}{exact}, and within "
            f"{method.within:g} standard deviations of each other on {method.same_on}"
        )
    apart = f", and {method.at_least:g} standard deviations apart on {method.differ_on}"
    return (
        f"most similar pairs, {where}, closest by {measure}{exact}"
        f"{apart if method.differ_on else ''}"
    )


def _distance(rule: Rule, method: Method) -> str:
    how = distance_of(rule, method)
    scale = {"z": "", "rank": " of ranks", "robust": " scaled by median and spread"}[how.scaling]
    weighted = {n: w for n, w in how.weights.items() if w != 1}
    weights = f" with weights {weighted}" if weighted else ""
    return f"{how.metric} distance{scale} on {', '.join(how.on)}{weights}"


def _cases(rule: Rule) -> Iterator[str]:
    if rule.networks.given:
        asked = ", ".join(f"{n} in '{k}'" for k, n in quotas(rule, rule.networks.given).items())
    else:
        asked = f"{rule.cases.per_network} in each network"
    ties = ", then ".join(
        f"the {'lowest' if lowest else 'highest'} {column}" for column, lowest in rule.ties
    )
    yield (
        f"Cases: {asked}. Ties go to {ties + ', then to ' if ties else ''}the lowest municipality "
        f"code. The seed is {rule.seed}."
    )
    for override in rule.overrides:
        yield (
            f"Against the rule, {override.municipality} is "
            f"{'taken' if override.decision == 'take' else 'left out'} in '{override.network}': "
            f"{override.because}"
        )


def _sensitivity(rule: Rule) -> Iterator[str]:
    asked = rule.sensitivity
    tried = [
        f"{asked.draws} draws of random weights" if asked.draws else "",
        "leaving one indicator out" if asked.leave_one_out else "",
        f"figures of {', '.join(map(str, asked.years))}" if asked.years else "",
        f"means of {', '.join(map(str, asked.mean_of_years))} years" if asked.mean_of_years else "",
        f"district definitions {', '.join(asked.district_definitions)}"
        if asked.district_definitions
        else "",
        f"{len(asked.bases)} other sets of evidence" if asked.bases else "",
        f"scaling by {', '.join(asked.scalings)}" if asked.scalings else "",
        f"{', '.join(asked.metrics)} distance" if asked.metrics else "",
    ]
    yield (
        f"It is then done again with {'; '.join(filter(None, tried)) or 'nothing changed'}. A case "
        f"chosen in at least {asked.robust:.0%} of the runs is robust, in less than "
        f"{asked.fragile:.0%} fragile, else borderline."
    )
