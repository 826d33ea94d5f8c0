"""Who could be chosen, and for everybody else the step and the reason that left them out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from common.errors import SelectionError
from common.text import listed
from selection.candidates import Candidates
from selection.conditions import judge, mentioned
from selection.entry import Bilingual, Place
from selection.rule import EVERY_MUNICIPALITY, Rule


@dataclass(frozen=True)
class Step:
    """One step of the flow: what was asked, how many it left, whom it left out and why.

    unjudged: those for whom it could not be judged, each with the columns it has nothing in.
    """

    kind: str
    where: str
    because: Bilingual
    before: int
    after: int
    left_out: tuple[str, ...]
    unjudged: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Universe:
    """The candidates that are left, and the steps that led there.

    table: one row a candidate, as in Candidates, in the order of the codes.
    excluded: one row a municipality left out: municipality_code, step, reason.
    """

    table: pd.DataFrame
    steps: tuple[Step, ...]
    excluded: pd.DataFrame


def apply(candidates: Candidates, rule: Rule, needed: tuple[str, ...]) -> Universe:
    """Carries out the rules of the universe one by one; `needed` are figures it must have.

    Raises SelectionError for a condition that is no SQL on the columns, or that empties the
    universe: the message says which did it.
    """
    left = candidates.table.sort_index()
    steps: list[Step] = []
    for kind, where, because, wanted, place in _conditions(rule, candidates):
        try:
            verdict = judge(left, where)
        except SelectionError as error:
            raise SelectionError(error.problems, place, nb=error.nb) from error
        keep = (verdict == wanted).fillna(not wanted).to_numpy(bool)
        step = Step(
            kind=kind,
            where=where,
            because=because,
            before=len(left),
            after=int(keep.sum()),
            left_out=tuple(left.index[~keep]),
            unjudged=_wanting(left[verdict.isna()], where),
        )
        left = _take(left, keep, step, place)
        steps.append(step)
    for name in needed:
        there = left[name].notna().to_numpy(bool)
        if there.all():
            continue
        step = Step(
            kind="missing figure",
            where=name,
            because=Bilingual(nb=f"'{name}' mangler", en=f"'{name}' is missing"),
            before=len(left),
            after=int(there.sum()),
            left_out=tuple(left.index[~there]),
        )
        left = _take(left, there, step, ("missing",))
        steps.append(step)
    return Universe(left, tuple(steps), _excluded(steps, candidates))


def _conditions(
    rule: Rule, candidates: Candidates
) -> Iterator[tuple[str, str, Bilingual, bool, Place]]:
    """Each condition: its kind, SQL, reason, the answer wanted, and its place in the file."""
    definition = rule.universe.district_definition
    place: Place = ("universe", "district_definition")
    if definition == EVERY_MUNICIPALITY:
        everybody = Bilingual(nb="en kommune", en="a municipality")
        yield "district definition", "true", everybody, True, place
    else:
        title = candidates.definitions[definition]
        yield "district definition", definition, title, True, place
    for number, condition in enumerate(rule.universe.include):
        place = ("universe", "include", number, "where")
        yield "include", condition.where, condition.because, True, place
    for number, condition in enumerate(rule.universe.exclude):
        place = ("universe", "exclude", number, "where")
        yield "exclude", condition.where, condition.because, False, place


def _take(left: pd.DataFrame, keep: NDArray[np.bool], step: Step, place: Place) -> pd.DataFrame:
    """The rows a step keeps. Raises SelectionError if there are none."""
    if keep.any():
        return left.loc[left.index[keep]]
    all_unjudged = step.before and len(step.unjudged) == step.before
    hint = " It can't be judged for any: a figure it needs is missing." if all_unjudged else ""
    raise SelectionError(
        f"{step.kind} '{step.where}' leaves none of the {step.before} municipalities that were "
        f"left before it.{hint} Loosen it, or take it out.",
        place,
        nb=f"'{step.where}' utelater alle de {step.before} kommunene som var igjen."
        f"{' Ingen kan vurderes, fordi et tall mangler.' if all_unjudged else ''} "
        "Gjør vilkåret mildere, eller ta det bort.",
    )


def _wanting(unjudged: pd.DataFrame, where: str) -> dict[str, tuple[str, ...]]:
    """For each municipality the columns of a condition that it has nothing in."""
    columns = mentioned(unjudged, where)
    empty = unjudged[columns].isna()
    return {str(code): tuple(empty.columns[row]) for code, row in empty.iterrows()}


def _excluded(steps: list[Step], candidates: Candidates) -> pd.DataFrame:
    """One row a municipality left out; for a missing figure, with what is said of why."""
    rows = [
        {"municipality_code": code, "step": number, "reason": _reason(step, candidates, code)}
        for number, step in enumerate(steps, start=1)
        for code in step.left_out
    ]
    return pd.DataFrame(rows, columns=["municipality_code", "step", "reason"])


def _reason(step: Step, candidates: Candidates, code: str) -> str:
    """Why a step left a municipality out, read on its own."""
    if step.kind == "missing figure":
        figures = candidates.figures
        own = (figures["name"] == step.where) & (figures["municipality_code"] == code)
        return f"{step.because}: {figures.loc[own, 'missing_reason'].iloc[0]}"
    if step.kind == "district definition":
        if code in step.unjudged:
            return f"a figure that the district definition '{step.because}' needs is missing"
        return f"not in the district definition '{step.because}'"
    if step.kind == "include":
        if code in step.unjudged:
            return f"{_no_figure(step, candidates, code)} to judge {step.where}: {step.because}"
        return f"not {step.where}: {step.because}"
    return f"{step.where}: {step.because}"


def _no_figure(step: Step, candidates: Candidates, code: str) -> str:
    """Which figures a municipality lacks for a condition, and of which period."""
    periods = {column: candidates.period(column) for column in step.unjudged[code]}
    without = [f"{column} in {of}" if of else column for column, of in periods.items()]
    return f"no figure for {listed(without, 'or')}" if without else "no answer"


def transformed(table: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """The table with the logarithm of the columns for which the rule asks it.

    Raises SelectionError for a figure that has none.
    """
    table = table.copy()
    for entry in rule.indicators:
        if entry.transform == "log":
            values = table[entry.name].astype(float)
            if (values <= 0).any():
                code = values.index[values <= 0][0]
                raise SelectionError(
                    f"'{entry.name}' is {values[code]:g} in {code}, which has no logarithm. Take "
                    "out 'transform: log', or leave such municipalities out with a condition.",
                    nb=f"'{entry.name}' er {values[code]:g} i {code}, som ikke har noen logaritme. "
                    "Ta bort 'transform: log', eller utelat slike kommuner med et vilkår.",
                )
            table[entry.name] = np.log(values)
    return table
