"""What the sections of a page share: the findings, their names, and small parts of tables."""

from typing import Any

import pandas as pd
from markupsafe import Markup

from reports.page.names import Names

LINK = Markup('<a href="{0}">{1}</a>')

OWN_THEME = "added"  # the theme that `digidistrikt add` gives a file of one's own


class Section:
    """What stands in one section of the page, from the findings and in their names."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.words = names.words
        self.numbers = names.numbers
        self.findings = names.findings
        self.rule = names.findings.rule
        self.selection = names.findings.selection

    @property
    def chosen_rows(self) -> pd.DataFrame:
        """The rows of the stability of the chosen cases."""
        return self.findings.sensitivity.stability.query("chosen")

    def _row_of(self, code: str) -> pd.Series:
        rows = self.chosen_rows
        return rows[rows["municipality_code"] == code].iloc[0]

    def stability_of(self, code: str) -> tuple[float, str]:
        """The stability of a chosen case, and its label."""
        row = self._row_of(code)
        return float(row["stability"]), str(row["label"])

    def lowered(self, code: str) -> str:
        """Why a chosen case is at most borderline however stable, in a sentence."""
        because = self.reasons(self._row_of(code)["lowered_by"])
        return self.words("case_lowered", because=because) if because and self.is_varied else ""

    def reasons(self, lowered_by: object) -> str:
        """Reasons of `robustness` in words."""
        names = filter(None, str(lowered_by).split(", "))
        return "; ".join(self.words.of("lowered", reason) for reason in names)

    @property
    def explains_little(self) -> bool:
        """Whether the model explains less of the outcome than the rule asks of it."""
        model = self.findings.model
        if not model:
            return False
        return bool(model["r_squared"] < self.rule.sensitivity.minimum_r_squared)

    @property
    def is_varied(self) -> bool:
        """Whether the rule was carried out in any other way than as it stands."""
        return not self.findings.sensitivity.kinds.empty

    def stability_label(self, code: str) -> Markup | str:
        """The label and stability of a chosen case; where nothing was varied, that."""
        if not self.is_varied:
            return self.words("not_tested")
        share, label = self.stability_of(code)
        return Markup('<span><span class="label {}">{}</span> {}</span>').format(
            label, self.words.of("label", label), self.stability_in_percent(share)
        )

    def stability_in_percent(self, share: float) -> str:
        """A stability with a decimal where it would round to a threshold it does not reach."""
        asked = self.rule.sensitivity
        below = any(share < limit <= round(share, 2) for limit in (asked.robust, asked.fragile))
        return self.numbers.percent(share, 1 if below else 0)

    def qualities(self, codes: object) -> str:
        """One or more kinds of quality in words."""
        if not isinstance(codes, str) or not codes:
            return ""
        return ", ".join(self.words.of("quality", one) for one in codes.split(", "))

    def yes_or_no(self, it_is: object) -> str:
        return self.words("yes" if it_is else "no")

    def sentence(self, text: str) -> str:
        """A text as a sentence, with one full stop."""
        return f"{text[:1].upper()}{text[1:].rstrip('.')}."


def link(url: object) -> Markup:
    """One address, or several with ` ; ` between, as links; only the web is linked to."""
    return Markup("<br>").join(_link(one) for one in text_or_empty(url).split(" ; "))


def _link(text: str) -> Markup:
    if not text.startswith(("https://", "http://")):
        return Markup("") if text == "not stated" else Markup("{}").format(text)
    shown = text.split("//", 1)[1].rstrip("/")
    return LINK.format(text, shown if len(shown) <= 60 else f"{shown[:59]}…")


def text_or_empty(value: object) -> str:
    return value if isinstance(value, str) else ""


def rows_of(found: pd.DataFrame) -> list[Any]:
    """The rows of a frame, their columns as attributes."""
    return list(found.itertuples())
