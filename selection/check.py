"""What is wrong with a rule, before any work: a sentence each in both languages, with its line."""

from collections.abc import Collection, Iterator, Sequence

from common.errors import SelectionError
from common.text import did_you_mean, listed, nearest
from selection import choice, goals, universe
from selection.candidates import Candidates
from selection.choice import Selection
from selection.entry import Bilingual, Problem
from selection.method import spaced
from selection.pair_method import PairMethod
from selection.rule import EVERY_MUNICIPALITY, Rule
from selection.rulefile import RuleFile

PROFILE_COLUMNS = ("members", "people", "district_share", "strong_share", "cooperations")
_LISTED = 15  # names that are shown where none is near

_INDICATOR = Bilingual(nb="en indikator", en="indicator")
_COLUMN = Bilingual(nb="en kolonne", en="column")
_NETWORK = Bilingual(nb="et nettverk", en="network")
_CHOSEN_NETWORK = Bilingual(nb="et av de valgte nettverkene", en="chosen network")
_BASIS = Bilingual(nb="en type belegg", en="basis")
_DEFINITION = Bilingual(nb="en distriktsdefinisjon", en="district definition")


def check(file: RuleFile, candidates: Candidates) -> Selection:
    """The rule carried out; SelectionError with a sentence for everything that is wrong with it.

    All that can be told from the rule and the figures there are is told at once; whether the
    universe has enough candidates, and the choice itself, are tried when the rest is right.
    """
    rule = file.rule
    if problems := wrong_with(rule, candidates):
        raise file.refused(problems)
    try:
        return choice.choose(rule, candidates)
    except SelectionError as error:
        raise file.refused([_problem(error)]) from error


def wrong_with(rule: Rule, candidates: Candidates) -> list[Problem]:
    """Everything that is wrong with a rule, before the choice is tried."""
    problems = unknown_names(rule, candidates)
    places = {place[:2] for place, _ in problems}
    problems += [each for each in _without_figures(rule, candidates) if each[0] not in places]
    problems += [*_roles(rule, candidates), *_goal(rule, candidates)]
    return problems or list(_figures(rule, candidates))


def unknown_names(
    rule: Rule, candidates: Candidates, known_faults: Sequence[Problem] = ()
) -> list[Problem]:
    """The names in a rule that there are not, but for those in or around entries at fault."""
    looks = (_indicators, _years, _networks, _definitions, _method_names, _overrides, _membership)
    faulty = [place for place, _ in known_faults]
    return [
        (place, what)
        for look in looks
        for place, what in look(rule, candidates)
        if not any(place[: len(each)] == each[: len(place)] for each in faulty)
    ]


def _problem(error: SelectionError) -> Problem:
    return error.place or ("method",), Bilingual(nb=error.nb, en=str(error))


def _unknown(
    what: Bilingual, name: str, known: Collection[str], became: Bilingual | None = None
) -> Bilingual:
    """That there is no such name, and what it became, was probably meant as, or which there are."""
    if became:
        return Bilingual(
            nb=f"'{name}' er ikke {what.nb}: {became.nb}. Skriv koden som gjelder i dag.",
            en=f"there is no {what.en} '{name}': {became.en}. Write the code of today.",
        )
    if near := nearest(name, known):
        nb = f"Mente du {listed(near, 'eller')}?"
    else:
        there, more = ", ".join(sorted(known)[:_LISTED]), len(known) - _LISTED
        nb = f"Det finnes: {there}{f' og {more} til' if more > 0 else ''}."
    en = did_you_mean(name, known, _LISTED)
    return Bilingual(
        nb=f"'{name}' er ikke {what.nb}. {nb}", en=f"there is no {what.en} '{name}'. {en}"
    )


def _indicators(rule: Rule, candidates: Candidates) -> Iterator[Problem]:
    known = set(candidates.indicators["indicator_id"])
    for number, entry in enumerate(rule.indicators):
        if entry.id not in known:
            yield ("indicators", number, "id"), _unknown(_INDICATOR, entry.id, known)
        elif entry.name != entry.id and entry.name in candidates.own_columns | known:
            yield (
                ("indicators", number, "name"),
                Bilingual(
                    nb=f"'{entry.name}' er navnet på en annen kolonne; velg et annet navn.",
                    en=f"'{entry.name}' is another column already; choose another name.",
                ),
            )
    for number, (column, _) in enumerate(rule.roles.tie_break):
        if column not in candidates.table:
            yield ("tie_break", number), _unknown(_COLUMN, column, _columns(candidates))


def _years(rule: Rule, candidates: Candidates) -> Iterator[Problem]:
    """Years must be among those that the indicators have figures of."""
    spans = candidates.years
    known = {entry.name: spans[entry.id] for entry in rule.indicators if entry.id in spans}
    if not known:
        return
    first, last = min(a for a, _ in known.values()), max(b for _, b in known.values())
    of_all = Bilingual(
        nb="indikatorene i regelen har tall", en="the rule's indicators have figures"
    )
    year = rule.universe.year
    if year is not None and not first <= year <= max(last, int(candidates.day[:4])):
        yield ("universe", "year"), _no_figures_of(year, of_all, first, last)
    for number, asked in enumerate(rule.sensitivity.years):
        if not first <= asked <= last:
            yield ("sensitivity", "years", number), _no_figures_of(asked, of_all, first, last)
    for number, entry in enumerate(rule.indicators):
        if entry.name not in known:
            continue
        begin, end = known[entry.name]
        own = Bilingual(nb=f"'{entry.name}' har tall", en=f"'{entry.name}' has figures")
        for key, of_entry in (
            ("year", entry.year),
            ("change_since", entry.change_since),
            ("mean_of_years", end - entry.mean_of_years + 1),
        ):
            if of_entry is not None and not begin <= of_entry <= end:
                yield ("indicators", number, key), _no_figures_of(of_entry, own, begin, end)


def _no_figures_of(year: int, what: Bilingual, first: int, last: int) -> Bilingual:
    there = str(first) if first == last else f"{first}-{last}"
    return Bilingual(
        nb=f"det finnes ingen tall for {year}; {what.nb} for {there}.",
        en=f"there are no figures of {year}; {what.en} of {there}.",
    )


def _networks(rule: Rule, candidates: Candidates) -> Iterator[Problem]:
    networks = set(candidates.networks["network_id"])
    for key in ("given", "among"):
        for number, network in enumerate(getattr(rule.networks, key)):
            if network not in networks:
                yield ("networks", key, number), _unknown(_NETWORK, network, networks)
    for number, basis in enumerate(rule.membership.basis):
        if basis not in candidates.bases:
            yield ("membership", "basis", number), _unknown(_BASIS, basis, candidates.bases)
    for number, bases in enumerate(rule.sensitivity.bases):
        for basis in sorted(set(bases) - set(candidates.bases)):
            yield ("sensitivity", "bases", number), _unknown(_BASIS, basis, candidates.bases)
    given = rule.networks.given
    for network in rule.cases.in_network:
        if network not in (given or networks):
            what = _CHOSEN_NETWORK if given else _NETWORK
            yield ("cases", "in_network", network), _unknown(what, network, given or networks)


def _definitions(rule: Rule, candidates: Candidates) -> Iterator[Problem]:
    known = {*candidates.definitions, EVERY_MUNICIPALITY}
    own = rule.universe.district_definition
    if own not in known:
        yield ("universe", "district_definition"), _unknown(_DEFINITION, own, known)
    for number, name in enumerate(rule.sensitivity.district_definitions):
        if name not in known:
            place = ("sensitivity", "district_definitions", number)
            yield place, _unknown(_DEFINITION, name, known)


def _overrides(rule: Rule, candidates: Candidates) -> Iterator[Problem]:
    given, codes = rule.networks.given, candidates.table.index
    today = Bilingual(nb="en kommune i dag", en="municipality of today")
    for number, override in enumerate(rule.overrides):
        if override.municipality not in codes:
            where = ("overrides", number, "municipality")
            became = candidates.dissolved.get(override.municipality)
            yield where, _unknown(today, override.municipality, list(codes), became)
        if given and override.network not in given:
            where = ("overrides", number, "network")
            yield where, _unknown(_CHOSEN_NETWORK, override.network, given)
        if override.decision == "take" and isinstance(rule.method, PairMethod):
            yield (
                ("overrides", number, "decision"),
                Bilingual(
                    nb="et case kan ikke tas inn i par for hånd; bare 'leave' er mulig.",
                    en="a case can't be taken into pairs by hand; only 'leave' is possible.",
                ),
            )


def _columns(candidates: Candidates) -> set[str]:
    return {str(column) for column in candidates.table}


def _method_names(rule: Rule, candidates: Candidates) -> Iterator[Problem]:
    """Figures a method works on must be among the indicators; categories may be any column."""
    declared = {entry.name for entry in rule.indicators}
    what = Bilingual(nb="en indikator i denne filen", en="indicator in this file named")
    for place, column, is_indicator in rule.method.columns_named():
        if is_indicator and column not in declared:
            hint = _unknown(what, column, declared)
            yield (
                ("method", *place),
                Bilingual(
                    nb=f"{hint.nb} Det en metode bruker, må stå under 'indicators'.",
                    en=f"{hint.en} What a method works on has to stand under 'indicators'.",
                ),
            )
        elif not is_indicator and column not in candidates.table:
            yield ("method", *place), _unknown(_COLUMN, column, _columns(candidates))
    if rule.networks.method is not None:
        known = {*declared, *PROFILE_COLUMNS}
        of_network = Bilingual(nb="en kolonne for nettverk", en="column of a network")
        for place, column, _ in rule.networks.method.columns_named():
            if place[0] == "on" and column not in known:
                yield ("networks", "method", *place), _unknown(of_network, column, known)


def _roles(rule: Rule, candidates: Candidates) -> Iterator[Problem]:
    """The method must have the roles it needs."""
    method = rule.method
    yield from method.lacks(rule.roles)
    if isinstance(method, PairMethod) and method.partner == "within":
        for network, number in rule.quotas(rule.networks.given).items():
            if number % 2:
                yield (
                    ("cases",),
                    Bilingual(
                        nb=f"par innenfor '{network}' krever et partall av case, ikke {number}.",
                        en=f"pairs within '{network}' need an even number of cases, not {number}.",
                    ),
                )


def _goal(rule: Rule, candidates: Candidates) -> Iterator[Problem]:
    if goals.fit(rule) == "refused":
        yield (
            ("goal",),
            Bilingual(
                nb="målet er å anslå en effekt, og metoden velger her etter utfallet: en effekt "
                "som anslås på case valgt etter utfallet, blir skjev. Velg heller etter årsaken, "
                "etter bakgrunnen eller ved loddtrekning.",
                en=f"the goal is to estimate an effect, and {spaced(rule.method)} cases are here "
                "chosen by the outcome: an effect estimated on cases chosen by their outcome is "
                "biased. Choose by the cause, by the background or by lot instead.",
            ),
        )


def _membership(rule: Rule, candidates: Candidates) -> Iterator[Problem]:
    """Each given network must have members on evidence the rule accepts."""
    if set(rule.membership.basis) - set(candidates.bases):
        return
    known = set(candidates.networks["network_id"])
    for number, network in enumerate(rule.networks.given):
        if network in known and not candidates.members(network):
            yield ("networks", "given", number), _without_members(network, rule, candidates)


def _without_members(network: str, rule: Rule, candidates: Candidates) -> Bilingual:
    refused = candidates.refused_membership
    other = refused[refused["network_id"] == network]
    if other.empty:
        return Bilingual(
            nb=f"ingen kommune er kjent som medlem av '{network}'. Legg til rader med kilde i "
            "registeret, eller velg et annet nettverk.",
            en=f"no municipality is known to be a member of '{network}'. Add rows with their "
            "source to the register, or choose another network.",
        )
    counted = list(zip(other["basis"], other["members"], strict=True))
    accepted = ", ".join(rule.membership.basis)
    return Bilingual(
        nb=f"'{network}' har ingen medlemmer med belegget som godtas ({accepted}); det finnes "
        f"{', '.join(f'{count} med {basis}' for basis, count in counted)}. Godta det under "
        "membership.basis, vel vitende om at det er svakere, eller velg et annet nettverk.",
        en=f"'{network}' has no members on the evidence accepted ({accepted}); there are "
        f"{', '.join(f'{count} on {basis}' for basis, count in counted)}. Accept that under "
        "membership.basis, knowing that it is weaker, or choose another network.",
    )


def _without_figures(rule: Rule, candidates: Candidates) -> Iterator[Problem]:
    """An indicator must have a figure of some candidate."""
    for number, entry in enumerate(rule.indicators):
        if entry.name in candidates.table and candidates.table[entry.name].notna().sum() == 0:
            until = rule.universe.year or candidates.day
            yield (
                ("indicators", number),
                Bilingual(
                    nb=f"'{entry.name}' har ingen tall til og med {until}; se 'digidistrikt "
                    "catalog'.",
                    en=f"'{entry.name}' has no figures up to {until}; see 'digidistrikt catalog'.",
                ),
            )


def _figures(rule: Rule, candidates: Candidates) -> Iterator[Problem]:
    """The universe must not be empty, and the cases must be there."""
    try:
        who = universe.apply(candidates, rule, rule.method.needed(rule.roles))
    except SelectionError as error:
        yield _problem(error)
        return
    yield from _too_few(rule, candidates, set(who.table.index))


def _too_few(rule: Rule, candidates: Candidates, codes: set[str]) -> Iterator[Problem]:
    for network, number in rule.quotas(rule.networks.given).items():
        members = candidates.members(network)
        left = len(codes & set(members))
        if left < number:
            yield (
                ("cases",),
                Bilingual(
                    nb=f"det bes om {number} case i '{network}', og {left} av de {len(members)} "
                    "kjente medlemmene oppfyller reglene for universet. Be om færre, eller løs på "
                    "reglene.",
                    en=f"{number} cases are asked for in '{network}', and {left} of its "
                    f"{len(members)} known members meet the rules of the universe. Ask for fewer, "
                    "or loosen the rules.",
                ),
            )
