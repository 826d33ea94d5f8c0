"""The data part of a report: selection.json, candidates.csv and candidates.xlsx.

The same file and vintage give the same bytes, so no hour, path or version of a program is in them.
"""

import json
import math
from collections.abc import Mapping
from datetime import datetime
from io import BytesIO
from typing import Any

import numpy as np
import pandas as pd
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from common.excel import without_hours
from common.text import without_controls
from reports.findings import Findings

_DIGITS = 12  # what two machines agree on
_LIKE_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_HEAD = PatternFill("solid", start_color="12355B")

# What each column of the candidates is; indicators and what is said of them come after these.
COLUMNS: Mapping[str, str] = {
    "municipality_code": "four-digit municipality code, as text",
    "municipality_name": "name in Norwegian",
    "county_name": "county",
    "centrality_class": "1 (most central) to 6 (least central), Klass 128",
    "kostra_group": "KOSTRA group, Klass 112",
    "networks": "networks it is in on the evidence the rule accepts",
    "basis": "what that evidence is",
    "strength": "strong, or weak where there is no strong evidence",
    "status": "chosen, candidate (in a chosen network), comparison (meets the rules of the universe"
    " outside the chosen networks) or excluded",
    "reason": "for the excluded the step and the reason; for an override its reason",
    "network_id": "the network it is chosen for",
    "rank": "place in the order of the method, 1 first; nothing for pairs",
    "score": "score of the method",
    "cell": "kind of municipality, where the method makes kinds",
    "stability": "mean over the kinds of change of the share of runs in which it is chosen",
    "label": "robust, borderline or fragile by the thresholds of the rule",
    "lowered_by": "why a case is at most borderline however stable: weak_evidence, ended_agreement"
    " (known only from an agreement that has ended), override, no_alternative (its network has no"
    " more candidates than cases), little_explained, few_candidates",
}


def candidate_table(findings: Findings) -> pd.DataFrame:
    """One row a municipality: who it is, what became of it, and its figures with their quality.

    COLUMNS, then for each indicator its figure, its period, its quality, the publisher's status,
    why it is missing and what to know before using it.
    """
    who, chosen = findings.candidates, findings.selection
    table = who.table[["municipality_name", "county_name", "centrality_class", "kostra_group"]]
    evidence = who.membership.sort_values(["network_id", "basis"]).groupby("municipality_code")
    listed = evidence.agg(
        networks=("network_id", _each_once),
        basis=("basis", _each_once),
        strength=("strength", "min"),
    )
    table = table.join(listed)
    table["status"] = "excluded"
    candidates = chosen.universe.table.index
    table.loc[table.index.isin(candidates), "status"] = "comparison"
    inside = [code for members in chosen.strata.values() for code in members]
    table.loc[table.index.isin(inside), "status"] = "candidate"
    table.loc[table.index.isin(chosen.codes), "status"] = "chosen"
    gone = chosen.universe.excluded.set_index("municipality_code")["reason"]
    overrides = {o.municipality: str(o.because) for o in findings.rule.overrides}
    table["reason"] = gone.reindex(table.index)
    table["reason"] = table["reason"].fillna(pd.Series(overrides, dtype=object))
    by_code = chosen.chosen.set_index("municipality_code")
    table["network_id"] = by_code["network_id"].reindex(table.index)
    order = chosen.ranking
    for column in ("rank", "score", "cell"):
        alone = column in order and "code_a" not in order
        table[column] = order[column].reindex(table.index) if alone else None
    stability = findings.sensitivity.stability.drop_duplicates("municipality_code")
    for column in ("stability", "label", "lowered_by"):
        table[column] = stability.set_index("municipality_code")[column].reindex(table.index)
    return _with_figures(table, findings).reset_index()


def _with_figures(table: pd.DataFrame, findings: Findings) -> pd.DataFrame:
    figures = findings.candidates.figures
    for entry in findings.rule.indicators:
        own = figures[figures["name"] == entry.name].set_index("municipality_code")
        table[entry.name] = own["value"].astype(float).reindex(table.index)
        for column in ("period", "quality", "status", "missing_reason", "warnings"):
            table[f"{entry.name}_{column}"] = own[column].reindex(table.index)
    return table


def _each_once(values: pd.Series) -> str:
    return ", ".join(dict.fromkeys(values))


def code_book(findings: Findings) -> pd.DataFrame:
    """One row a column of the candidates: column, meaning, unit, source."""
    rows = [(name, meaning, "", "") for name, meaning in COLUMNS.items()]
    known = findings.candidates.indicators.set_index("indicator_id")
    cited = findings.sources.set_index("table_id")["citation"].to_dict()
    for entry in findings.rule.indicators:
        about: Any = known.loc[entry.id]
        how = f", change in percent since {entry.change_since}" if entry.change_since else ""
        how += f", mean of {entry.mean_of_years} years" if entry.mean_of_years > 1 else ""
        source = "; ".join(cited[table] for table in about["table_ids"] if table in cited)
        unit = "percent" if entry.change_since else about["unit"]
        rows.append((entry.name, f"{about['title_en']}{how} ({entry.role})", unit, source))
        rows += [
            (f"{entry.name}_period", "period of the figure", "", ""),
            (
                f"{entry.name}_quality",
                "how it came onto today's division: reported, recoded, summed, recomputed, "
                "weighted, split_estimated or not_comparable",
                "",
                "",
            ),
            (f"{entry.name}_status", "the publisher's own symbol", "", ""),
            (f"{entry.name}_missing_reason", "why there is no figure", "", ""),
            (f"{entry.name}_warnings", "what to know before using it", "", ""),
        ]
    return pd.DataFrame(rows, columns=["column", "meaning", "unit", "source"])


def candidates_csv(findings: Findings) -> str:
    """The candidates as CSV: UTF-8, comma, decimal point, empty for missing.

    A text that a spreadsheet would take for a formula gets an apostrophe before it.
    """
    table = candidate_table(findings)
    # the writer quotes what is in its line end: so a carriage return in a text is no new row
    text = table.map(plain_text).to_csv(index=False, lineterminator="\r\n")
    return str(text).replace("\r\n", "\n")


def plain_text(cell: Any) -> Any:
    """A text that begins like a formula, made one that does not; anything else as it is."""
    if isinstance(cell, str) and cell.startswith(_LIKE_A_FORMULA):
        return f"'{cell}"
    return cell


# --- workbook -------------------------------------------------------------------------------------


def candidates_xlsx(findings: Findings) -> bytes:
    """A workbook of three sheets: candidates, code book, and what it was made from."""
    book = Workbook()
    first = book.active
    assert first is not None  # noqa: S101 - a new workbook has a sheet; for the type checker
    rule, who = findings.rule, findings.candidates
    _fill(first, "candidates", candidate_table(findings), freeze="C2")
    _fill(book.create_sheet(), "code book", code_book(findings), freeze="A2")
    about = [
        ("title", str(rule.title)),
        ("question", str(rule.question)),
        ("rule (SHA-256)", rule.hash),
        ("vintage", who.vintage),
        ("figures as they were", who.day),
        ("licences", "; ".join(sorted(set(findings.sources["licence"])))),
    ]
    _fill(book.create_sheet(), "about", pd.DataFrame(about, columns=["what", "said"]), freeze="A2")
    made = datetime.fromisoformat(who.day)
    book.properties.creator = "digidistrikt"
    book.properties.created = book.properties.modified = made
    out = BytesIO()
    book.save(out)
    return without_hours(out.getvalue(), made)


def _fill(sheet: Worksheet, title: str, table: pd.DataFrame, freeze: str) -> None:
    sheet.title = title
    sheet.append([str(name) for name in table])
    for row in table.itertuples(index=False):
        sheet.append([_cell(value) for value in row])
    for row in sheet.iter_rows():
        for cell in row:
            if isinstance(cell.value, str):
                cell.data_type = "s"  # never a formula, whatever it begins with
    for cell in sheet[1]:
        cell.font, cell.fill = Font(bold=True, color="FFFFFF"), _HEAD
        cell.alignment = Alignment(vertical="top", wrap_text=True)
    for place, name in enumerate(table, start=1):
        longest = max([len(str(name)) // 2, *(len(str(v)) for v in table[name].dropna())])
        sheet.column_dimensions[get_column_letter(place)].width = min(max(longest + 2, 9), 60)
    sheet.freeze_panes = freeze
    sheet.auto_filter.ref = sheet.dimensions


def _cell(value: Any) -> Any:
    """A value with its own type; whole numbers stay whole, missing is an empty cell."""
    value = plain_text(_native(value))
    return without_controls(value) if isinstance(value, str) else value


# --- json -----------------------------------------------------------------------------------------


def selection_json(findings: Findings) -> str:
    """The whole choice for a program (R, Python): rule, flow, cases, runners-up, sensitivity."""
    chosen, moved, who = findings.selection, findings.sensitivity, findings.candidates
    freeze = findings.freeze
    content = {
        "rule": findings.rule.model_dump(mode="json"),
        "rule_sha256": findings.rule.hash,
        "frozen": freeze and {**freeze._asdict(), "rule": None, "changed": findings.freeze_changes},
        "vintage": who.vintage,
        "figures_of": who.day,
        "universe": {
            "steps": [vars(step) for step in chosen.universe.steps],
            "candidates": list(chosen.universe.table.index),
            "excluded": rows(chosen.universe.excluded),
        },
        "networks": {
            network: {"members": who.members(network), "candidates": list(chosen.strata[network])}
            for network in chosen.networks
        },
        "network_profiles": rows(findings.networks.rename_axis("network_id").reset_index()),
        "chosen": rows(chosen.chosen),
        "runners_up": rows(chosen.runners_up),
        "ranking": rows(chosen.ranking.head(5000).reset_index()),
        "sensitivity": {
            "kinds": rows(moved.kinds),
            "stability": rows(moved.stability),
            "runs": rows(moved.runs[moved.runs["kind"] != "weights"]),
            "vintages": rows(moved.vintages),
            "notes": [str(note) for note in moved.notes],
        },
        "bounds": rows(findings.bounds),
        "simpler_rules": rows(findings.simpler),
        "other_methods": rows(findings.methods),
        "other_methods_refused": {name: str(why) for name, why in findings.refused_methods.items()},
        "clusters": findings.clusters,
        "model": findings.model,
        "lacking": rows(findings.lacking),
        "neighbours": rows(findings.neighbours),
        "outside": rows(findings.outside),
        "indicators": rows(_indicators(findings)),
        "sources": rows(
            findings.sources[["table_id", "publisher", "publisher_table", "citation", "licence"]]
        ),
        "replies": rows(findings.replies[["table_id", "sha256", "as_of"]]),
    }
    return json.dumps(_native(content), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _indicators(findings: Findings) -> pd.DataFrame:
    known = findings.candidates.indicators.set_index("indicator_id")
    return pd.DataFrame(
        {
            "name": entry.name,
            "indicator_id": entry.id,
            "title_nb": known.loc[entry.id, "title_nb"],
            "title_en": known.loc[entry.id, "title_en"],
            "unit": known.loc[entry.id, "unit"],
            "role": entry.role,
            "tables": known.loc[entry.id, "table_ids"],
        }
        for entry in findings.rule.indicators
    )


def rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table by the names of its columns."""
    return table.to_dict(orient="records")  # type: ignore[return-value] # keys are our columns


def _native(value: Any) -> Any:  # noqa: PLR0911 - one kind of value a line
    """A value as JSON and workbooks know it: no NaN, no NumPy, no digits machines differ in."""
    if isinstance(value, Mapping):
        return {str(key): _native(part) for key, part in value.items()}
    if isinstance(value, np.ndarray | list | tuple | set | frozenset):
        return [_native(part) for part in value]
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | np.floating):
        number = float(value)
        return float(f"{number:.{_DIGITS}g}") if math.isfinite(number) else None
    return str(value)
