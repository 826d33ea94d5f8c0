"""Where things lie and which upstream is asked: options of the command line, else environment."""

import os
from dataclasses import dataclass, field
from pathlib import Path

HOME_VARIABLE, UPSTREAM_VARIABLE = "DIGIDISTRIKT_HOME", "DIGIDISTRIKT_UPSTREAM"


@dataclass(frozen=True)
class Settings:
    """`home` holds the warehouse, the replies and the runs; `upstream` as in `sources.http`."""

    home: Path = field(default_factory=lambda: Path(os.environ.get(HOME_VARIABLE, "data")))
    upstream: str = field(default_factory=lambda: os.environ.get(UPSTREAM_VARIABLE, "recorded"))

    @property
    def warehouse(self) -> Path:
        return self.home / "digidistrikt.duckdb"

    @property
    def budget(self) -> Path:
        """The call budget that all processes share."""
        return self.home / "budget.sqlite"
