"""Figures, dates and periods as each language writes them. Missing is an en dash, never 0."""

import math
import re
from datetime import UTC, datetime
from typing import Any

MISSING = "–"
_SPACE = "\N{NO-BREAK SPACE}"
_MONTHS = {
    "nb": "januar februar mars april mai juni juli august september oktober november desember",
    "en": "January February March April May June July August September October November December",
}
_ORDINALS = ("first", "second", "third", "fourth")
_POWERS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_SMALLEST_POWER = -3  # of ten, below which a figure is written as a power


class Numbers:
    """Writes figures, dates and periods in one language."""

    def __init__(self, language: str) -> None:
        self._bokmaal = language == "nb"
        self._thousands, self._decimal = (_SPACE, ",") if self._bokmaal else (",", ".")
        self._percent = f"{_SPACE}%" if self._bokmaal else "%"
        self._months = _MONTHS[language].split()

    def figure(self, value: Any) -> str:
        """A figure with about three significant digits, whole numbers whole."""
        if not _is_known(value):
            return MISSING
        size = abs(float(value))
        if float(value).is_integer() or size >= 1000:
            return self.fixed(value, 0)
        return self.fixed(value, 1 if size >= 10 else 2 if size >= 1 else 3)

    def fixed(self, value: Any, decimals: int = 1) -> str:
        """A figure with so many decimals."""
        if not _is_known(value):
            return MISSING
        text = f"{round(float(value), decimals) + 0.0:,.{decimals}f}".replace("-", "−")
        return text.translate({ord(","): self._thousands, ord("."): self._decimal})

    def in_text(self, text: str) -> str:
        """A text whose thousands are written as the language writes them, and never broken."""
        return re.sub(r"(?<=\d) (?=\d{3}\b)", self._thousands, text)

    def significant(self, value: Any) -> str:
        """A figure with three significant digits, as a power of ten where it is very small."""
        if not _is_known(value):
            return MISSING
        if float(value) == 0:
            return "0"
        power = math.floor(math.log10(abs(float(f"{float(value):.2e}"))))
        if power >= _SMALLEST_POWER:
            return self.fixed(value, max(2 - power, 0))
        digits = self.fixed(float(value) / 10**power, 2)
        return f"{digits}{_SPACE}·{_SPACE}10{str(power).translate(_POWERS)}"

    def percent(self, share: Any, decimals: int = 0) -> str:
        """A share from 0 to 1 as percent."""
        return (
            f"{self.fixed(100 * share, decimals)}{self._percent}" if _is_known(share) else MISSING
        )

    # --- dates and periods ---

    def date(self, value: object) -> str:
        """A day, month or year in ISO form as people write it; anything else as it is."""
        found = re.fullmatch(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?(?:[T ].*)?", str(value))
        if not found:
            return str(value)
        year, month, day = found.groups()
        parts = [year]
        if month:
            parts.insert(0, self._months[int(month) - 1])
        if day:
            parts.insert(0, f"{int(day)}." if self._bokmaal else str(int(day)))
        return " ".join(parts)

    def moment(self, text: str) -> str:
        """An ISO timestamp as a day and an hour, in UTC."""
        at = datetime.fromisoformat(text).astimezone(UTC)
        hour = f"kl. {at:%H.%M}" if self._bokmaal else f"{at:%H:%M}"
        return f"{self.date(at.date().isoformat())} {hour} UTC"

    def period(self, code: str) -> str:
        """A period in the publisher's code (2026, 2022H1, 2024K2, 2025M03) in words."""
        found = re.fullmatch(r"(\d{4})([HKQM])(\d+)", code)
        if not found:
            return self.date(code)
        year, kind, number = found[1], found[2], int(found[3])
        if kind == "M":
            return f"{self._months[number - 1]} {year}"
        if self._bokmaal:
            return f"{number}. {'halvår' if kind == 'H' else 'kvartal'} {year}"
        return f"{_ORDINALS[number - 1]} {'half' if kind == 'H' else 'quarter'} of {year}"


def _is_known(value: Any) -> bool:
    try:
        return value is not None and math.isfinite(float(value))
    except (TypeError, ValueError):
        return False
