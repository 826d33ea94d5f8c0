"""Figures as each language writes them. Missing is an en dash, never 0."""

import math
from typing import Any

MISSING = "–"
_SPACE = "\N{NO-BREAK SPACE}"


class Numbers:
    """Writes figures in one language."""

    def __init__(self, language: str) -> None:
        bokmaal = language == "nb"
        self._thousands, self._decimal = (_SPACE, ",") if bokmaal else (",", ".")
        self._percent = f"{_SPACE}%" if bokmaal else "%"

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

    def percent(self, share: Any, decimals: int = 0) -> str:
        """A share from 0 to 1 as percent."""
        return (
            f"{self.fixed(100 * share, decimals)}{self._percent}" if _is_known(share) else MISSING
        )


def _is_known(value: Any) -> bool:
    try:
        return value is not None and math.isfinite(float(value))
    except (TypeError, ValueError):
        return False
