"""What is wrong with a rule, before any work: a sentence each, with file and line."""

from collections.abc import Collection, Iterator
from difflib import get_close_matches

from common.errors import SelectionError
from selection import choice, goals, universe
from selection.candidates import Candidates
from selection.roles import Pairs, explained_by, measured_on, needed, put_together, uses_model
from selection.rule import Crucial, Diverse, Extreme, Influential, Pathway, Random, Rule, RuleFile

Place = tuple[str | int, ...]
Problem = tuple[Place, str]

PROFILE_COLUMNS = ("members", "people", "district_share", "strong_share", "cooperations")


def check(file: RuleFile, candidates: Candidates) -> None:
    """Raises SelectionError with a sentence for everything that is wrong; nothing if all is well.

    Names are looked at first, then whether the goal and the roles fit the method, then membership,
    then the universe and the figures: later questions make no sense before the earlier ones.
    """
    rule = file.rule
    names = (_indicators, _networks, _method_names, _overrides)
    for stage in (names, (_roles, _goal), (_membership,), (_figures,)):
        problems = [problem for look in stage for problem in look(rule, candidates)]
        if problems:
            raise SelectionError([f"{file.at(*place)}: {said}" for place, said in problems])


def _unknown(what: str, name: str, known: Collection[str]) -> str:
    near = get_close_matches(name, sorted(known), n=3, cutoff=0.5)
    hint = f"Did you mean {' or '.join(near)}?" if near else f"There are: {_listed(known)}."
    return f"there is no {what} '{name}'. {hint}"


def _listed(names: Collection[str], most: int = 15) -> str:
    shown = sorted(names)[:most]
    return ", ".join(shown) + (f" and {len(names) - most} more" if len(names) > most else "")


def _indicators(rule: Rule, candidates: Candidates) -> Iterator[Problem]:
    known = set(candidates.indicators["indicator_id"])
    for number, entry in enumerate(rule.indicators):
        if entry.id not in known:
            yield ("indicators", number, "id"), _unknown("indicator", entry.id, known)
        elif entry.name != entry.id and entry.name in known:
            said = f"'{entry.name}' is another indicator already; choose another name."
            yield ("indicators", number, "name"), said
    for number, (column, _) in enumerate(rule.ties):
        if column not in candidates.table:
            yield ("tie_break", number), _unknown("column", column, _columns(candidates))


def _networks(rule: Rule, candidates: Candidates) -> Iterator[Problem]:
    networks = set(candidates.networks["network_id"])
    for key in ("given", "among"):
        for number, network in enumerate(getattr(rule.networks, key)):
            if network not in networks:
                yield ("networks", key, number), _unknown("network", network, networks)
    for number, basis in enumerate(rule.membership.basis):
        if basis not in candidates.bases:
            yield ("membership", "basis", number), _unknown("basis", basis, candidates.bases)
    for number, bases in enumerate(rule.sensitivity.bases):
        for basis in set(bases) - set(candidates.bases):
            yield ("sensitivity", "bases", number), _unknown("basis", basis, candidates.bases)
    given = rule.networks.given
    for network in rule.cases.in_network:
        if given and network not in given:
            yield ("cases", "in_network", network), _unknown("chosen network", network, given)


def _overrides(rule: Rule, candidates: Candidates) -> Iterator[Problem]:
    given, codes = rule.networks.given, candidates.table.index
    for number, override in enumerate(rule.overrides):
        if override.municipality not in codes:
            said = _unknown("municipality of today", override.municipality, codes)
            yield ("overrides", number, "municipality"), said
        if given and override.network not in given:
            said = _unknown("chosen network", override.network, given)
            yield ("overrides", number, "network"), said
        if override.decision == "take" and isinstance(rule.method, Pairs):
            said = "a case can't be taken into pairs by hand; only 'leave' is possible."
            yield ("overrides", number, "decision"), said


def _columns(candidates: Candidates) -> set[str]:
    return {str(column) for column in candidates.table}


def _method_names(rule: Rule, candidates: Candidates) -> Iterator[Problem]:
    """Figures a method works on must be among the indicators; categories may be any column."""
    declared = {entry.name for entry in rule.indicators}
    said = rule.method.model_dump()
    for key in ("on", "quantiles", "differ_on", "same_on", "expectation"):
        named = said.get(key) or ()
        for number, column in enumerate([named] if isinstance(named, str) else list(named)):
            if column not in declared and column != "intercept":
                place: Place = (
                    ("method", key) if isinstance(named, str) else ("method", key, number)
                )
                hint = _unknown("indicator in this file named", column, declared)
                yield place, f"{hint} What a method works on has to stand under 'indicators'."
    for key in ("categories", "exact"):
        for column in said.get(key) or {}:
            if column not in candidates.table:
                yield ("method", key, column), _unknown("column", column, _columns(candidates))
    if rule.networks.method is not None:
        known = {*declared, *PROFILE_COLUMNS}
        for number, column in enumerate(getattr(rule.networks.method, "on", ())):
            if column not in known:
                words = _unknown("column of a network", column, known)
                yield ("networks", "method", "on", number), words


def _roles(rule: Rule, candidates: Candidates) -> Iterator[Problem]:
    """The method must have the roles it needs."""
    method, place = rule.method, ("method",)
    kind = method.name.replace("_", " ")
    if uses_model(method) and (rule.outcome is None or not explained_by(rule)):
        lack = "no indicator is the outcome" if rule.outcome is None else "none is cause or control"
        yield place, f"{kind} cases stand on a regression, and {lack}."
    by_dfbetas = isinstance(method, Influential) and method.measure == "dfbetas"
    if (isinstance(method, Pathway) or by_dfbetas) and rule.cause is None:
        yield place, f"{kind} cases are about a cause, and no indicator is one."
    measures = isinstance(method, Pairs | Diverse) or not (
        uses_model(method) or isinstance(method, Extreme | Crucial | Random)
    )
    if measures and not measured_on(rule, method):
        yield (
            place,
            f"{kind} cases need background indicators: give some the role control, or 'on'.",
        )
    if isinstance(method, Extreme):
        yield from _extreme(rule, method)
    if isinstance(method, Pairs) and method.partner == "within":
        for network in rule.networks.given:
            number = rule.cases.in_network.get(network, rule.cases.per_network)
            if number % 2:
                said = f"pairs within '{network}' need an even number of cases, not {number}."
                yield ("cases",), said


def _extreme(rule: Rule, method: Extreme) -> Iterator[Problem]:
    if not method.on and rule.cause is None:
        said = "say in 'on' what to be extreme on, or give an indicator the role cause."
        yield ("method",), said
        return
    try:
        put_together(rule, method)
    except SelectionError as error:
        yield error.place, str(error)


def _goal(rule: Rule, candidates: Candidates) -> Iterator[Problem]:
    if goals.fit(rule) == "refused":
        kind = rule.method.name.replace("_", " ")
        yield (
            ("goal",),
            f"the goal is to estimate an effect, and {kind} cases are here chosen by the outcome: "
            "an effect estimated on cases chosen by their outcome is biased. Choose by the cause, "
            "by the background or by lot instead.",
        )


def _membership(rule: Rule, candidates: Candidates) -> Iterator[Problem]:
    """Each given network must have members on evidence the rule accepts."""
    for number, network in enumerate(rule.networks.given):
        if candidates.members(network):
            continue
        place: Place = ("networks", "given", number)
        refused = candidates.refused_membership
        other = refused[refused["network_id"] == network]
        if other.empty:
            yield (
                place,
                (
                    f"no municipality is known to be a member of '{network}'. Add rows with their "
                    "source to the register, or choose another network."
                ),
            )
        else:
            there = ", ".join(
                f"{count} on {basis}"
                for basis, count in zip(other["basis"], other["members"], strict=True)
            )
            yield (
                place,
                (
                    f"'{network}' has no members on the evidence accepted "
                    f"({', '.join(rule.membership.basis)}); there are {there}. Accept that under "
                    "membership.basis, knowing that it is weaker, or choose another network."
                ),
            )


def _figures(rule: Rule, candidates: Candidates) -> Iterator[Problem]:
    """The universe must not be empty, the figures must vary, the cases must be there."""
    for number, entry in enumerate(rule.indicators):
        if candidates.table[entry.name].notna().sum() == 0:
            until = rule.universe.year or candidates.day
            said = f"'{entry.name}' has no figures up to {until}; see 'digidistrikt catalog'."
            yield ("indicators", number), said
            return
    try:
        who = universe.apply(candidates, rule, needed(rule))
    except SelectionError as error:
        yield error.place, str(error)
        return
    few = list(_too_few(rule, candidates, set(who.table.index)))
    yield from few
    if not few:
        try:
            choice.choose(rule, candidates)
        except SelectionError as error:
            yield error.place or ("method",), str(error)


def _too_few(rule: Rule, candidates: Candidates, codes: set[str]) -> Iterator[Problem]:
    for network in rule.networks.given:
        members = candidates.members(network)
        number = rule.cases.in_network.get(network, rule.cases.per_network)
        left = len(codes & set(members))
        if left < number:
            said = (
                f"{number} cases are asked for in '{network}', and {left} of its {len(members)} "
                "known members meet the rules of the universe. Ask for fewer, or loosen the rules."
            )
            yield ("cases",), said
