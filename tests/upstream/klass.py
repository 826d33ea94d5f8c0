"""Klass: the municipalities through time, and the classes they belong to.

Everything is worked out from what is recorded: the municipalities of one day, every change before
it, and the classes of 2024. What is not recorded (correspondences before 2024) is not there.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from xml.etree import ElementTree as ET

from tests.upstream.exchange import Answer, Question, as_json
from tests.upstream.recordings import RECORDED, recorded_marks, recorded_replies
from tests.upstream.tables import INVENTED

Row = dict[str, str | None]

MUNICIPALITY, COUNTY = "131", "104"
# Where the classes of a municipality in 2024 are recorded: file, its key, code and name columns.
_CLASSES = {
    "104": ("county_economic_region_2024.csv", "municipality_code", "county_code", "county_name"),
    "108": (
        "county_economic_region_2024.csv",
        "municipality_code",
        "economic_region_code",
        "economic_region_name",
    ),
    "112": ("centrality_kostra_group_2024.csv", "Kommunenummer", "kostranr", "kostranavn"),
    "128": ("centrality_kostra_group_2024.csv", "Kommunenummer", "sentralitet", "sentralitet"),
}
_RECORDED = date(2024, 1, 1)
_CLASSES_FROM = _RECORDED
_NEVER = date(9999, 12, 31)
# The names in Klass's XML: the list of a kind of answer, and one of its items.
_XML = {
    "codes": ("codeList", "codeItem"),
    "codeChanges": ("codeChangeList", "codeChangeItem"),
    "correspondenceItems": ("correspondenceItemList", "correspondenceItem"),
}


@dataclass
class Klass:
    """The service: GET only, XML unless JSON is asked for.

    It may be told of more `changes`, in days to come, and of the first year for which nobody has
    published the classes yet, `classes_to`. `unlisted` are codes that are others, and no change
    says so.
    """

    changes: list[Row] = field(default_factory=list)
    unlisted: dict[str, str] = field(default_factory=dict)
    classes_to: int = _NEVER.year

    def answer(self, question: Question) -> Answer:
        """A list of codes, changes or correspondences, or a sentence that says why not."""
        try:
            return _list(question, *self._found(question))
        except LookupError as missing:
            return _sentence(404, str(missing.args[0]))
        except ValueError as error:
            return _sentence(400, str(error))

    def _found(self, question: Question) -> tuple[str, Sequence[Row]]:
        """The name of the list asked for, and its rows. Raises LookupError or ValueError."""
        match question.steps:
            case ["classifications", "131", "codesAt"]:
                names = self.municipalities_at(day := _day(question, "date"))
                both = sorted(names.items())
                return "codes", [_code(*each, day, day, clipped=False) for each in both]
            case ["classifications", number, "codesAt"]:
                day = _day(question, "date")
                return "codes", _codes(number, day, day, clipped=False)
            case ["classifications", number, "codes"]:
                return "codes", _codes(number, *_period(question), clipped=True)
            case ["classifications", "131", "changes"]:
                return "codeChanges", _changes(self.changes, *_period(question))
            case ["classifications", "131", "correspondsAt"]:
                known = _day(question, "date") >= _CLASSES_FROM
                return "correspondenceItems", _correspondence(_target(question)) if known else []
            case ["classifications", source, "corresponds"]:
                start, end = _period(question)
                if start < _CLASSES_FROM or end > date(self.classes_to, 1, 1):
                    raise LookupError("no correspondence table for all of the period")
                target = _target(question)
                rows = _ranged(source, target, start, end)
                return "correspondenceItems", self._in_new_codes(rows, source, target, end)
        raise LookupError("Not found")

    def municipalities_at(self, day: date) -> dict[str, str]:
        """Code and name of the municipalities on a day, after the changes told as well."""
        names = dict(municipalities_at(day))
        for changed_on in sorted({row["changeOccurred"] or "" for row in self.changes}):
            if date.fromisoformat(changed_on) <= day:
                rows = [row for row in self.changes if row["changeOccurred"] == changed_on]
                for row in rows:
                    names.pop(row["oldCode"] or "", None)
                names |= {row["newCode"]: row["newName"] or "" for row in rows if row["newCode"]}
        return {self.unlisted.get(code, code): name for code, name in names.items()}

    def _in_new_codes(self, rows: Sequence[Row], source: str, target: str, end: date) -> list[Row]:
        """Classes under the codes told since: a new municipality has that of one it came from."""
        side = "source" if source == MUNICIPALITY else "target"
        found = [dict(row) for row in rows]
        for day in sorted({change["changeOccurred"] or "" for change in self.changes}):
            if date.fromisoformat(day) >= end:
                continue
            today = [change for change in self.changes if change["changeOccurred"] == day]
            before = [(row, each) for row in found for each in today if _is_of(row, side, each)]
            for row, change in before:
                new = {f"{side}Code": change["newCode"], f"{side}Name": change["newName"]}
                county = (change["newCode"] or "")[:2]
                if target == COUNTY and county != row["targetCode"]:
                    new |= {"targetCode": county, "targetName": f"{INVENTED} fylke"}
                found.append(row | new | {"validFrom": max(day, row["validFrom"] or day)})
            for row, _ in before:
                row["validTo"] = day
        begun = {
            (row[f"{side}Code"], row["validFrom"]): row
            for row in found
            if (row["validTo"] or "9999") > (row["validFrom"] or "")
        }
        return list(begun.values())


def _sentence(status: int, text: str) -> Answer:
    """An error as Klass gives it: a line of plain text (check)."""
    return Answer(status, text.encode(), {"Content-Type": "text/plain; charset=utf-8"})


def _is_of(row: Row, side: str, change: Row) -> bool:
    return row[f"{side}Code"] == change["oldCode"]


def _list(question: Question, name: str, rows: Sequence[Row]) -> Answer:
    marks = recorded_marks("/klass/v1/classifications/131/")
    if "json" in question.headers.get("Accept", ""):
        return as_json({name: rows}, headers=marks)
    root_name, item_name = _XML[name]
    root = ET.Element(root_name)
    for row in rows:
        item = ET.SubElement(root, item_name)
        for name_in_row, value in row.items():
            ET.SubElement(item, name_in_row).text = value
    return Answer(200, ET.tostring(root), {"Content-Type": "application/xml"} | marks)


def _day(question: Question, name: str, otherwise: date | None = None) -> date:
    text = question.parameter(name)
    if text is None and otherwise:
        return otherwise
    return date.fromisoformat(text or "")


def _period(question: Question) -> tuple[date, date]:
    """From a day to, but not on, another."""
    return _day(question, "from"), _day(question, "to", _NEVER)


def _target(question: Question) -> str:
    return question.parameter("targetClassificationId") or ""


# --- codes ---------------------------------------------------------------------------------


def _codes(number: str, start: date, end: date, *, clipped: bool) -> list[Row]:
    """Codes in force in a period, once for each name they had in it."""
    if number == MUNICIPALITY:
        versions = _versions()
    elif number in _CLASSES:
        versions = tuple((code, name, _CLASSES_FROM, _NEVER) for code, name in _classes(number))
    else:
        raise LookupError(f"Classification not found with id = {number}")
    return [
        _code(code, name, max(begun, start), min(over, end), clipped=clipped)
        for code, name, begun, over in versions
        if begun <= start < over or start < begun < end
    ]


def _code(code: str, name: str, begun: date, over: date, *, clipped: bool) -> Row:
    """`validFrom` and `validTo` are null for municipalities; only the clipped interval is given."""
    row: Row = {
        "code": code,
        "parentCode": None,
        "level": "1",
        "name": name,
        "shortName": "",
        "presentationName": "",
        "validFrom": None,
        "validTo": None,
        "notes": _notes().get(code, ""),
    }
    if clipped:
        row["validFromInRequestedRange"] = begun.isoformat()
        row["validToInRequestedRange"] = None if over == _NEVER else over.isoformat()
    return row


@cache
def _notes() -> dict[str, str]:
    """What is recorded about today's codes."""
    [today] = recorded_replies("/classifications/131/codesAt")
    return {row["code"]: row["notes"] for row in today["codes"]}


@cache
def _versions() -> tuple[tuple[str, str, date, date], ...]:
    """Every code with a name and the days from and to (not on) which it had it."""
    days = sorted({date.fromisoformat(row["changeOccurred"] or "") for row in _all_changes()})
    done, open_since = [], dict.fromkeys(municipalities_at(date.min).items(), date.min)
    for day in days:
        now = municipalities_at(day).items()
        for code, name in [version for version in open_since if version not in now]:
            done.append((code, name, open_since.pop((code, name)), day))
        open_since |= {version: day for version in now if version not in open_since}
    done += [(code, name, begun, _NEVER) for (code, name), begun in open_since.items()]
    return tuple(sorted(done))


@cache
def municipalities_at(day: date) -> dict[str, str]:
    """Code and name of the municipalities on a day: today's, with every later change undone."""
    [today] = recorded_replies("/classifications/131/codesAt")
    names = {row["code"]: row["name"] for row in today["codes"]}
    later = [row for row in _all_changes() if date.fromisoformat(row["changeOccurred"] or "") > day]
    for changed_on in sorted({row["changeOccurred"] or "" for row in later}, reverse=True):
        rows = [row for row in later if row["changeOccurred"] == changed_on]
        for row in rows:
            names.pop(row["newCode"] or "", None)
        names |= {row["oldCode"]: row["oldName"] or "" for row in rows if row["oldCode"]}
    return names


def _changes(more: Sequence[Row], start: date, end: date) -> list[Row]:
    return [
        row
        for row in (*_all_changes(), *more)
        if start <= date.fromisoformat(row["changeOccurred"] or "") < end
    ]


@cache
def _all_changes() -> tuple[Row, ...]:
    [found] = recorded_replies("/classifications/131/changes")
    return tuple(found["codeChanges"])


# --- classes -------------------------------------------------------------------------------


def _correspondence(target: str) -> list[Row]:
    if target not in _CLASSES:
        raise LookupError(f"no correspondence table from 131 to {target}")
    _, key, code, name = _CLASSES[target]
    names = municipalities_at(_RECORDED)
    return [
        {
            "sourceCode": row[key],
            "sourceName": names[row[key]],
            "sourceShortName": "",
            "targetCode": row[code],
            "targetName": row[name],
            "targetShortName": "",
        }
        for row in _rows(target)
    ]


def _ranged(source: str, target: str, start: date, end: date) -> list[Row]:
    """With the validity of each row, clipped to the request; from 112 the other way round."""
    if (source, target) != ("112", MUNICIPALITY) and source != MUNICIPALITY:
        raise LookupError(f"no correspondence table from {source} to {target}")
    rows = _correspondence(target if source == MUNICIPALITY else source)
    valid: Row = {
        "validFrom": max(start, _CLASSES_FROM).isoformat(),
        "validTo": None if end == _NEVER else end.isoformat(),
    }
    return [(row if source == MUNICIPALITY else _turned(row)) | valid for row in rows]


def _turned(row: Row) -> Row:
    other = {"source": "target", "target": "source"}
    return {other[name[:6]] + name[6:]: value for name, value in row.items()}


def _classes(number: str) -> list[tuple[str, str]]:
    _, _, code, name = _CLASSES[number]
    return sorted({(row[code], row[name]) for row in _rows(number)})


@cache
def _rows(number: str) -> tuple[dict[str, str], ...]:
    with (RECORDED / "files" / _CLASSES[number][0]).open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))
