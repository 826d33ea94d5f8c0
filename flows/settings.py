"""Where things lie and which upstream is asked: options of the command line, else environment."""

import os
from dataclasses import dataclass, field
from pathlib import Path

HOME_VARIABLE, UPSTREAM_VARIABLE = "DIGIDISTRIKT_HOME", "DIGIDISTRIKT_UPSTREAM"

# As in [tool.prefect] of pyproject.toml, which Prefect finds only from the project's own folder:
# the temporary API takes up to 22 s to start, and nothing is sent to anybody.
_PREFECT = {
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "PREFECT_LOGGING_EXTRA_LOGGERS": "digidistrikt",
}


@dataclass(frozen=True)
class Settings:
    """`home` holds the warehouse, the replies and the runs; `upstream` as in `sources.http`."""

    home: Path = field(default_factory=lambda: Path(os.environ.get(HOME_VARIABLE, "data")))
    upstream: str = field(default_factory=lambda: os.environ.get(UPSTREAM_VARIABLE, "recorded"))

    @property
    def warehouse(self) -> Path:
        return self.home / "digidistrikt.duckdb"

    @property
    def catalogue(self) -> Path:
        """What the researcher declares: own files, composites, district definitions."""
        return self.home / "catalogue"

    @property
    def files(self) -> Path:
        """The researcher's own files, copied here so that a later refresh finds them."""
        return self.home / "files"

    @property
    def budget(self) -> Path:
        """The call budget that all processes share."""
        return self.home / "budget.sqlite"

    def prepare_prefect(self) -> None:
        """Sets what Prefect reads when it is imported; what the user has set wins.

        Its home is made here: Prefect makes no parent folders, and without a home its temporary
        API dies and is started again until its time is up.
        """
        home = Path(os.environ.setdefault("PREFECT_HOME", str((self.home / "prefect").resolve())))
        home.mkdir(parents=True, exist_ok=True)
        for name, value in _PREFECT.items():
            os.environ.setdefault(name, value)
