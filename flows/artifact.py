"""What the artifacts of the runs say, as Markdown: first what a person has to act on."""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import duckdb

from flows.outcome import Summary

_LINES = 5
_VINTAGES = "select started_at from mart.refresh_run order by started_at desc limit 2"
_CHANGES = """
    select indicator_id, change, count(*) as figures,
        count(distinct municipality_code) as municipalities, min(period), max(period)
    from mart.changes_between(?, ?)
    group by indicator_id, change
    order by figures desc, indicator_id, change
"""


def changes(con: duckdb.DuckDBPyConnection) -> list[str]:
    """What the newest vintage changed, in at most six lines."""
    starts = [row[0] for row in con.execute(_VINTAGES).fetchall()]
    if len(starts) < 2:
        return ["This is the first vintage."]
    found = con.execute(_CHANGES, [starts[1], starts[0]]).fetchall()
    lines = [
        f"{indicator}: {figures} {'figure' if figures == 1 else 'figures'} {change},"
        f" {municipalities} {'municipality' if municipalities == 1 else 'municipalities'},"
        f" {first if first == last else f'{first} to {last}'}"
        for indicator, change, figures, municipalities, first, last in found[:_LINES]
    ]
    if more := len(found) - _LINES:
        lines += [f"and {more} more: `digidistrikt diff`"] if more > 0 else []
    return lines or ["No figure changed."]


def of_refresh(summary: Summary, changed: Sequence[str]) -> str:
    """What failed, what the checks found, what changed, and the sources that brought figures."""
    head = f"# Refresh {summary.run_id} from {summary.upstream}\n\n{summary.requests_made}; "
    failed = [f"{item.table_id}: {item.message}" for item in summary.failed]
    stale = _listed("Stale, shown with their last good figures", failed) if failed else []
    if summary.behind:
        stale += _listed("Targets that are behind", summary.behind)
    if summary.unchanged_since:
        since = f"{head}nothing new since {summary.unchanged_since:%Y-%m-%d %H:%M}."
        return "\n".join([since, *stale, ""])
    faults = [result.sentence for result in summary.checks if result.faults]
    checks = f"{len(summary.checks)} checks, {len(faults)} with warnings."
    loaded = [
        f"| {item.table_id} | {item.observations} | {item.periods} |"
        for item in summary.loaded
        if item.observations
    ]
    return "\n".join(
        [
            f"{head}{summary.figures} figures published.",
            *([summary.code_change] if summary.code_change else []),
            *stale,
            *_listed("Checks", [checks, *faults]),
            *_listed("What changed since the vintage before", changed),
            "\n## Sources with figures\n",
            "| source | figures | periods |",
            "|---|---:|---|",
            *loaded,
            "",
        ]
    )


def of_report(folder: Path, page: str, changed: Sequence[str], no_pdf: str) -> str:
    """The cases of a report and how firm each is, what changed since, and where the report is.

    `page` is the address or the path of its page. Raises OSError if the report is not there.
    """
    written = json.loads((folder / "selection.json").read_text(encoding="utf-8"))
    titles: dict[str, str] = written["rule"]["title"]
    firmness = {
        (row["network_id"], row["municipality_code"]): row["label"]
        for row in written["sensitivity"]["stability"]
        if row["chosen"]
    }
    rows = [
        (case["network_id"], case["municipality_name"], case["municipality_code"])
        for case in written["chosen"]
    ]
    cases = [
        f"| {network or ''} | {name} | {firmness.get((network, code), 'not tried')} |"
        for network, name, code in rows
    ]
    counted = Counter(firmness.get((network, code), "not tried") for network, _, code in rows)
    firm = ", ".join(f"{number} {label}" for label, number in sorted(counted.items()))
    limits = [f"Under changes of the rule: {firm}.", *([no_pdf] if no_pdf else [])]
    return "\n".join(
        [
            f"# {titles.get('en') or next(iter(titles.values()))}",
            f"\n{len(rows)} cases from vintage {written['vintage']},"
            f" figures as of {written['figures_of']}.\n",
            f"The report: {page}",
            "\n| network | case | under changes of the rule |",
            "|---|---|---|",
            *cases,
            *_listed("What changed since the vintage before", changed),
            *_listed("Limits", limits),
            "",
        ]
    )


def _listed(title: str, lines: Sequence[str]) -> list[str]:
    return [f"\n## {title}\n", *(f"- {line}" for line in lines)]
