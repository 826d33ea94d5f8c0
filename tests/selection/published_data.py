"""Published data sets that methods are tried on."""

from pathlib import Path

import pandas as pd

from selection.regression import LinearModel

PUBLISHED = Path(__file__).parent / "published"

SAVINGS = LinearModel("sr", ("pop15", "pop75", "dpi", "ddpi"))


def made_up(**columns: list[float]) -> pd.DataFrame:
    """Invented municipalities 9001, 9002, ... (codes no municipality has)."""
    rows = len(next(iter(columns.values())))
    return pd.DataFrame(columns, index=[f"{9001 + row}" for row in range(rows)])
