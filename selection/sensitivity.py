"""How the choice moves when the rule is turned a little, and which cases can be relied on."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any, NamedTuple

import pandas as pd

from common.errors import SelectionError
from selection import choice, robustness, universe, weights
from selection.candidates import Candidates, Vintage
from selection.choice import Selection
from selection.entry import Bilingual
from selection.pair_method import PairMethod
from selection.ranking import spread_over_cells
from selection.rule import Rule

Read = Callable[[Rule, Vintage | None], Candidates]
"""Reads the candidates for a rule (the year, the evidence and the indicators may differ), with the
figures of today or those known at an earlier vintage."""


class Variant(NamedTuple):
    """A rule that differs from the rule in one thing, or the rule on an earlier vintage. `reads`
    says whether other figures or members are needed for it."""

    kind: str
    name: str
    rule: Rule
    reads: bool = False
    vintage: Vintage | None = None


class Note(NamedTuple):
    """Why a run could not be carried out as it stands; `kind` and `run` as in the runs."""

    kind: str
    run: str
    text: Bilingual

    def __str__(self) -> str:
        what = ", ".join(filter(None, [self.kind.replace("_", " "), self.run]))
        return f"{what}: {self.text}"


_NO_CHANGE = Bilingual(
    nb="det er regelen selv, og regnes ikke som en endring.",
    en="this is the rule itself, and is not counted as a change.",
)


@dataclass(frozen=True)
class Sensitivity:
    """How the choice moves.

    runs: one row a run and chosen case: kind, run, network_id, municipality_code.
    kinds: one row a kind of run: kind, runs, agreement (mean share of the rule's cases that are
        chosen again).
    stability: one row a municipality chosen in any run: network_id, municipality_code,
        municipality_name, chosen (by the rule), stability (mean over the kinds of the share of
        their runs in which it is chosen, each kind counting the same), label (robust, borderline,
        fragile by the thresholds of the rule), lowered_by (why it can't be robust however stable:
        see `robustness`), best_place and
        worst_place (in the order of its network, by the rule and its variants; random weights not
        counted, and nothing for pairs),
        and a share for each kind. Where a variant leaves a network no candidates, none of its cases
        is chosen in that run.
    vintages: one row an earlier vintage that was tried, newest first: vintage, at (when it was
        built), revised (how many figures of the rule's indicators and municipalities of today were
        others then, of another period, or not there). differing: how many such vintages there are,
        of which the rule may ask fewer.
    notes: a sentence for each variant that could not be carried out as it stands, and why.
    """

    runs: pd.DataFrame
    kinds: pd.DataFrame
    stability: pd.DataFrame
    vintages: pd.DataFrame
    differing: int
    notes: tuple[Note, ...]


def explore(
    selection: Selection, candidates: Candidates, read: Read, earlier: Sequence[Vintage] = ()
) -> Sensitivity:
    """Carries out every variant the rule declares and counts how often each case is chosen.

    `earlier` are the vintages in which the figures were others (see candidates.earlier_vintages);
    the rule says how many of them are tried.

    A variant that leaves a network fewer candidates than cases takes those there are, with a note.
    """
    rule = selection.rule
    runs: list[dict[str, Any]] = []
    notes: list[Note] = []
    orders = [places(selection)]
    revised: list[dict[str, Any]] = []
    for variant in (*variants(rule, candidates), *on_earlier_vintages(rule, earlier)):
        if variant.vintage is None and _is_the_rule(variant.rule, rule):
            notes.append(Note(variant.kind, variant.name, _NO_CHANGE))
            continue
        try:
            its_own = read(variant.rule, variant.vintage) if variant.reads else candidates
            if variant.vintage:
                revised.append(_revised(variant.vintage, rule, its_own, candidates))
            asked, fewer = _as_many_as_there_are(variant.rule, selection.networks, its_own)
            notes += [Note(variant.kind, variant.name, text) for text in fewer]
            other = choice.choose(asked, its_own)
        except SelectionError as error:
            notes.append(Note(variant.kind, variant.name, Bilingual(nb=error.nb, en=str(error))))
            continue
        runs += _rows(variant.kind, variant.name, other.chosen)
        orders.append(places(other))
    try:
        runs += under_random_weights(selection, candidates)
    except SelectionError as error:
        notes.append(Note("weights", "", Bilingual(nb=error.nb, en=str(error))))
    frame = pd.DataFrame(runs, columns=["kind", "run", "network_id", "municipality_code"])
    return Sensitivity(
        runs=frame,
        kinds=_kinds(frame, selection),
        stability=_with_places(stability(frame, selection, candidates), orders),
        vintages=pd.DataFrame(revised, columns=["vintage", "at", "revised"]),
        differing=len(earlier),
        notes=tuple(notes),
    )


def _is_the_rule(other: Rule, rule: Rule) -> bool:
    """Whether a variant changes nothing: the order of the accepted evidence does not count."""
    bases = [set(one.membership.basis) for one in (other, rule)]
    return bases[0] == bases[1] and _with(other, membership=rule.membership) == rule


def _rows(kind: str, run: str, chosen: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {"kind": kind, "run": run, "network_id": network, "municipality_code": code}
        for network, code in zip(chosen["network_id"], chosen["municipality_code"], strict=True)
    ]


def _as_many_as_there_are(
    rule: Rule, networks: tuple[str, ...], candidates: Candidates
) -> tuple[Rule, list[Bilingual]]:
    """The rule with no more cases asked of a network than it has candidates, and what changed."""
    left = set(universe.apply(candidates, rule, rule.method.needed(rule.roles)).table.index)
    asked = dict(rule.cases.in_network)
    text: list[Bilingual] = []
    for network, number in rule.quotas(networks).items():
        there = len(left & set(candidates.members(network)))
        if isinstance(rule.method, PairMethod) and rule.method.partner == "within":
            there -= there % 2
        if there < number:
            asked[network] = there
            text.append(
                Bilingual(
                    nb=f"{network} har nok kandidater til {there} av {number} case."
                    if there
                    else f"{network} har ingen kandidater.",
                    en=f"'{network}' has candidates for {there} of {number} cases."
                    if there
                    else f"'{network}' has no candidates.",
                )
            )
    return _with(rule, cases=rule.cases.model_copy(update={"in_network": asked})), text


def places(selection: Selection) -> pd.Series:
    """The place of each candidate in the order of its network; nothing for pairs."""
    if "code_a" in selection.ranking:
        return pd.Series(dtype=float)
    found = {
        (network, code): float(place)
        for network, members in selection.strata.items()
        for place, code in enumerate(
            spread_over_cells(selection.ranking[selection.ranking.index.isin(members)]).index,
            start=1,
        )
    }
    return pd.Series(found, dtype=float)


def _with_places(frame: pd.DataFrame, orders: list[pd.Series]) -> pd.DataFrame:
    best, worst = (pd.concat(orders, axis=1).agg(way, axis=1).to_dict() for way in ("min", "max"))
    who = list(zip(frame["network_id"], frame["municipality_code"], strict=True))
    frame.insert(6, "best_place", [best.get(key) for key in who])
    frame.insert(7, "worst_place", [worst.get(key) for key in who])
    return frame


def variants(rule: Rule, candidates: Candidates) -> Iterator[Variant]:
    """Every rule that differs in one thing the sensitivity settings name."""
    asked = rule.sensitivity
    if asked.leave_one_out:
        yield from _leaving_one_out(rule)
    yield from _other_years(rule, candidates)
    for definition in asked.district_definitions:
        other = rule.universe.model_copy(update={"district_definition": definition})
        yield Variant("district_definition", str(definition), _with(rule, universe=other))
    for bases in asked.bases:
        evidence = rule.membership.model_copy(update={"basis": bases})
        yield Variant("basis", ", ".join(bases), _with(rule, membership=evidence), reads=True)
    for key in ("scalings", "metrics"):
        for value in getattr(asked, key):
            setting = key.removesuffix("s")
            if hasattr(rule.method, setting) and rule.method.model(rule.roles) is None:
                method = rule.method.model_copy(update={setting: value})
                yield Variant(setting, value, _with(rule, method=method))


def _other_years(rule: Rule, candidates: Candidates) -> Iterator[Variant]:
    """The rule with figures of an earlier year, or the mean of several.

    Indicators that do not go so far back keep their own; the name of the variant says which.
    """
    spans = candidates.indicators.set_index("indicator_id")[["first_period", "last_period"]]
    first, last = (spans[side].str[:4].astype(float) for side in spans)
    for key, values in (
        ("year", rule.sensitivity.years),
        ("mean_of_years", rule.sensitivity.mean_of_years),
    ):
        for value in values:
            entries, kept = [], []
            for entry in rule.indicators:
                until = value if key == "year" else last[entry.id] - value + 1
                goes = first[entry.id] <= until and not (key != "year" and entry.change_since)
                entries.append(entry.model_copy(update={key: value}) if goes else entry)
                kept += [] if goes else [entry.name]
            name = f"{value} ({', '.join(kept)} unchanged)" if kept else str(value)
            yield Variant(key, name, _with(rule, indicators=tuple(entries)), reads=True)


def on_earlier_vintages(rule: Rule, earlier: Sequence[Vintage]) -> Iterator[Variant]:
    """The rule itself with the figures known at each of the newest earlier vintages."""
    for vintage in earlier[: rule.sensitivity.vintages]:
        yield Variant("vintage", vintage.name, rule, reads=True, vintage=vintage)


def _revised(vintage: Vintage, rule: Rule, then: Candidates, now: Candidates) -> dict[str, Any]:
    """How many figures were others at an earlier vintage: a row of `vintages`."""
    columns = [entry.name for entry in rule.indicators]
    before, after = then.table[columns].astype(float), now.table[columns].astype(float)
    other = before.ne(after) & ~(before.isna() & after.isna())
    return {
        "vintage": vintage.name,
        "at": vintage.at.astimezone(UTC).isoformat(timespec="seconds"),
        "revised": int(other.to_numpy().sum()),
    }


def _leaving_one_out(rule: Rule) -> Iterator[Variant]:
    """The rule without each cause, control or column it works on; the outcome always stays."""
    works_on = set(rule.method.needed(rule.roles)) - {rule.roles.outcome}
    for left_out in rule.indicators:
        if left_out.name not in works_on:
            continue
        rest = tuple(entry for entry in rule.indicators if entry.name != left_out.name)
        method = rule.method
        on = tuple(column for column in getattr(method, "on", ()) if column != left_out.name)
        if getattr(method, "on", ()):
            method = method.model_copy(update={"on": on})
        other = _with(rule, indicators=rest, method=method)
        if needs(other, left_out.name) or not set(other.method.needed(other.roles)) - {
            rule.roles.outcome
        }:
            continue  # the method is about this very indicator
        yield Variant("leave_one_out", left_out.name, other)


def needs(rule: Rule, column: str) -> bool:
    """Whether the method can't do without a column: it names it itself (what pairs differ in,
    quantiles of it), or is about the cause, and there is none without it."""
    method, roles = rule.method, rule.roles
    return column in method.needed(roles) or any(True for _ in method.lacks(roles))


def _with(rule: Rule, **changes: Any) -> Rule:
    return rule.model_copy(update=changes)


def under_random_weights(selection: Selection, candidates: Candidates) -> list[dict[str, Any]]:
    """The runs with random weights, as rows of `runs`. Overrides stay as they are."""
    rule = selection.rule
    if rule.sensitivity.draws == 0:
        return []
    columns = rule.method.weighted(rule.roles)
    drawn = weights.random_weights(len(columns), rule.sensitivity.draws, rule.seed)
    table = universe.transformed(selection.universe.table, rule)
    table = choice.with_membership(table, selection.strata)
    asked = rule.quotas(selection.strata)
    draws = rule.method.choose_under(drawn, table, rule.roles, selection.strata, asked)
    return [
        {"kind": "weights", "run": str(number), "network_id": network, "municipality_code": code}
        for number, chosen in enumerate(draws, start=1)
        for network, codes in chosen.items()
        for code in codes
    ]


def _kinds(runs: pd.DataFrame, selection: Selection) -> pd.DataFrame:
    mine = runs.assign(again=runs["municipality_code"].isin(selection.codes))
    by_kind = mine.groupby("kind", sort=False)
    number = by_kind["run"].nunique()
    again = by_kind["again"].sum() / (number * max(len(selection.codes), 1))
    return pd.DataFrame({"runs": number, "agreement": again}).reset_index()


def stability(runs: pd.DataFrame, selection: Selection, candidates: Candidates) -> pd.DataFrame:
    """How often each municipality is chosen; columns as described in Sensitivity."""
    number = runs.groupby("kind", sort=False)["run"].nunique()
    times = runs.groupby(["network_id", "municipality_code", "kind"], sort=False)["run"].nunique()
    shares = times.unstack("kind", fill_value=0).reindex(columns=number.index, fill_value=0)
    shares = shares.astype(float).div(number, axis=1)
    chosen = selection.chosen.set_index(["network_id", "municipality_code"]).index
    shares = shares.reindex(shares.index.union(chosen), fill_value=0.0)
    frame = pd.DataFrame(index=shares.index)
    frame["chosen"] = frame.index.isin(chosen)
    frame["stability"] = shares.mean(axis=1)
    asked = selection.rule.sensitivity
    frame["label"] = "borderline"
    frame.loc[frame["stability"] >= asked.robust, "label"] = "robust"
    frame.loc[frame["stability"] < asked.fragile, "label"] = "fragile"
    frame["lowered_by"] = [
        ", ".join(reasons) for reasons in robustness.shortfalls(selection, candidates, frame.index)
    ]
    frame.loc[frame["lowered_by"].ne("") & frame["label"].eq("robust"), "label"] = "borderline"
    frame = frame.join(shares.add_prefix("share_")).reset_index()
    names = candidates.table["municipality_name"]
    frame.insert(2, "municipality_name", frame["municipality_code"].map(names))
    return frame.sort_values(
        ["network_id", "chosen", "stability", "municipality_code"],
        ascending=[True, False, False, True],
        ignore_index=True,
    )


def bounds(selection: Selection, candidates: Candidates) -> pd.DataFrame:
    """Whether municipalities left out for a missing figure could have been chosen.

    One row such a municipality in a chosen network: network_id, municipality_code,
    municipality_name, missing (the columns), lowest and highest: whether it would be chosen with
    every missing figure at the lowest, and at the highest, that any candidate has. These are bounds
    and not estimates; nothing of them enters the choice.
    """
    rule = selection.rule
    columns = [
        name for name in rule.method.needed(rule.roles) if candidates.figures["name"].eq(name).any()
    ]
    gone = selection.universe.excluded
    steps = selection.universe.steps
    by_figure = [n for n, step in enumerate(steps, start=1) if step.kind == "missing figure"]
    codes = set(gone.loc[gone["step"].isin(by_figure), "municipality_code"])
    rows = []
    for network in selection.networks:
        for code in sorted(codes & set(candidates.members(network))):
            absent = [c for c in columns if pd.isna(candidates.table.loc[code, c])]
            would = {
                end: _chosen_at(selection, candidates, code, absent, end)
                for end in ("lowest", "highest")
            }
            rows.append(
                {
                    "network_id": network,
                    "municipality_code": code,
                    "municipality_name": candidates.table.loc[code, "municipality_name"],
                    "missing": absent,
                    **would,
                }
            )
    return pd.DataFrame(
        rows,
        columns=["network_id", "municipality_code", "municipality_name", "missing", "lowest",
                 "highest"],
    )  # fmt: skip


def _chosen_at(
    selection: Selection, candidates: Candidates, code: str, columns: list[str], end: str
) -> bool:
    table = candidates.table.copy()
    among = selection.universe.table
    for column in columns:
        values = among[column].astype(float)
        table.loc[code, column] = values.min() if end == "lowest" else values.max()
    other = Candidates(**{**candidates.__dict__, "table": table})
    return code in choice.choose(selection.rule, other).codes
