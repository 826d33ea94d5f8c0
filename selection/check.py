"""What is wrong with a rule, before any work: a sentence each, with file and line."""

from collections.abc import Collection, Iterator
from difflib import get_close_matches

from common.errors import SelectionError
from selection import choice, goals, universe
from selection.candidates import Candidates
from selection.choice import Selection
from selection.entry import Problem
from selection.method import spaced
from selection.pair_method import PairMethod
from selection.rule import Rule
from selection.rulefile import RuleFile

PROFILE_COLUMNS = ("members", "people", "district_share", "strong_share", "cooperations")


def check(file: RuleFile, candidates: Candidates) -> Selection:
    """The rule carried out; SelectionError with a sentence for everything that is wrong with it.

    Names are looked at first, then whether the goal and the roles fit the method, then membership,
    then the universe and the figures, then the choice itself: later questions make no sense before
    the earlier ones.
    """
    rule = file.rule
    names = (_indicators, _networks, _method_names, _overrides)
    for stage in (names, (_roles, _goal), (_membership,), (_figures,)):
        problems = [problem for look in stage for problem in look(rule, candidates)]
        if problems:
            raise SelectionError([f"{file.at(*place)}: {said}" for place, said in problems])
    try:
        return choice.choose(rule, candidates)
    except SelectionError as error:
        place = file.at(*(error.place or ("method",)))
        raise SelectionError([f"{place}: {said}" for said in error.problems]) from error


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
    for number, (column, _) in enumerate(rule.roles.tie_break):
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
        if override.decision == "take" and isinstance(rule.method, PairMethod):
            said = "a case can't be taken into pairs by hand; only 'leave' is possible."
            yield ("overrides", number, "decision"), said


def _columns(candidates: Candidates) -> set[str]:
    return {str(column) for column in candidates.table}


def _method_names(rule: Rule, candidates: Candidates) -> Iterator[Problem]:
    """Figures a method works on must be among the indicators; categories may be any column."""
    declared = {entry.name for entry in rule.indicators}
    for place, column, is_indicator in rule.method.columns_named():
        if is_indicator and column not in declared:
            hint = _unknown("indicator in this file named", column, declared)
            what = f"{hint} What a method works on has to stand under 'indicators'."
            yield ("method", *place), what
        elif not is_indicator and column not in candidates.table:
            yield ("method", *place), _unknown("column", column, _columns(candidates))
    if rule.networks.method is not None:
        known = {*declared, *PROFILE_COLUMNS}
        for place, column, _ in rule.networks.method.columns_named():
            if place[0] == "on" and column not in known:
                words = _unknown("column of a network", column, known)
                yield ("networks", "method", *place), words


def _roles(rule: Rule, candidates: Candidates) -> Iterator[Problem]:
    """The method must have the roles it needs."""
    method = rule.method
    yield from method.lacks(rule.roles)
    if isinstance(method, PairMethod) and method.partner == "within":
        for network, number in rule.quotas(rule.networks.given).items():
            if number % 2:
                what = f"pairs within '{network}' need an even number of cases, not {number}."
                yield ("cases",), what


def _goal(rule: Rule, candidates: Candidates) -> Iterator[Problem]:
    if goals.fit(rule) == "refused":
        kind = spaced(rule.method)
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
        place = ("networks", "given", number)
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
        who = universe.apply(candidates, rule, rule.method.needed(rule.roles))
    except SelectionError as error:
        yield error.place, str(error)
        return
    yield from _too_few(rule, candidates, set(who.table.index))


def _too_few(rule: Rule, candidates: Candidates, codes: set[str]) -> Iterator[Problem]:
    for network, number in rule.quotas(rule.networks.given).items():
        members = candidates.members(network)
        left = len(codes & set(members))
        if left < number:
            said = (
                f"{number} cases are asked for in '{network}', and {left} of its {len(members)} "
                "known members meet the rules of the universe. Ask for fewer, or loosen the rules."
            )
            yield ("cases",), said
