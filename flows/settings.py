"""Where things lie and which upstream is asked: options of the command line, else environment."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from common.errors import InputError
from common.postgres import Service

if TYPE_CHECKING:
    from warehouse.reading import Place

HOME_VARIABLE, UPSTREAM_VARIABLE = "DIGIDISTRIKT_HOME", "DIGIDISTRIKT_UPSTREAM"
WAREHOUSE_VARIABLE = "DIGIDISTRIKT_WAREHOUSE"
TARGETS_VARIABLE = "DIGIDISTRIKT_TARGETS"
CALLS_VARIABLE = "DIGIDISTRIKT_CALLS_A_MINUTE"
SHARED_VARIABLE = "DIGIDISTRIKT_SHARED"
WAREHOUSE = "digidistrikt.duckdb"
CONFIGURATION = "digidistrikt.toml"

# As in [tool.prefect] of pyproject.toml, which Prefect finds only from the project's own folder:
# the temporary API takes up to 22 s to start, and nothing is sent to anybody. It keeps its database
# in memory, as it lives no longer than the refresh: on a full disk it would try for two minutes.
_PREFECT = {
    "PREFECT_SERVER_DATABASE_CONNECTION_URL": "sqlite+aiosqlite:///file::memory:"
    "?cache=shared&uri=true&check_same_thread=false",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "PREFECT_LOGGING_EXTRA_LOGGERS": "digidistrikt",
}


def _calls_a_minute() -> int:
    """Raises InputError if what the environment says is not a number of calls."""
    number = os.environ.get(CALLS_VARIABLE, "30")
    if not number.isdecimal() or int(number) == 0:
        raise InputError(f"{CALLS_VARIABLE} is a number of calls, 1 or more, not '{number}'.")
    return int(number)


def _targets() -> tuple[str, ...]:
    return tuple(os.environ.get(TARGETS_VARIABLE, "").replace(",", " ").split())


def default_home() -> Path:
    """The folder `data` where the current folder is a project of ours, else the user's data folder.

    A project has a digidistrikt.toml, our prefect.yaml, or a warehouse in `data` already.
    """
    deployments = Path("prefect.yaml")
    is_ours = deployments.is_file() and b"\nname: digidistrikt\n" in deployments.read_bytes()
    home = Path("data")
    if is_ours or Path(CONFIGURATION).is_file() or (home / WAREHOUSE).is_file():
        return home
    from platformdirs import user_data_path  # noqa: PLC0415 - most commands are given a home

    return user_data_path("digidistrikt", appauthor=False)


def _home() -> Path:
    home = os.environ.get(HOME_VARIABLE)
    return Path(home) if home else default_home()


@dataclass(frozen=True)
class Settings:
    """`home` holds the warehouse, the replies and the runs; `upstream` as in `sources.http`.

    `calls_a_minute` is what a publisher is asked at most, 30 as StatBank wishes. `read_from` is
    where a command reads if not in the home, as in `warehouse.reading`; `targets` are where a
    refresh publishes besides, as in `warehouse.targets`. Raises InputError for an upstream with a
    password in its address, which is written to log, replies and warehouse.
    """

    home: Path = field(default_factory=_home)
    upstream: str = field(default_factory=lambda: os.environ.get(UPSTREAM_VARIABLE, "recorded"))
    calls_a_minute: int = field(default_factory=_calls_a_minute)
    read_from: str | None = None
    targets: tuple[str, ...] = field(default_factory=_targets)

    def __post_init__(self) -> None:
        try:
            address = urlsplit(self.upstream)
            is_bare = not (address.username or address.password or address.query)
        except ValueError:
            is_bare = False
        if not is_bare:
            raise InputError(
                "--upstream is 'live', 'recorded' or the http address of a server, without user,"
                " password or key: it is written to the log and the warehouse. A password that a"
                " server needs belongs in .netrc."
            )

    @property
    def warehouse(self) -> Path:
        return self.home / WAREHOUSE

    @property
    def place(self) -> "Place":
        """Where is read from: what `read_from` names, else the warehouse of the home."""
        from warehouse import reading  # noqa: PLC0415 - settings are read before a command is known

        return reading.place(self.read_from or self.warehouse)

    @property
    def reads_home(self) -> bool:
        """Whether what is read from is the warehouse of the home."""
        return str(self.place) == str(self.warehouse)

    @property
    def catalogue(self) -> Path:
        """What the researcher declares: own files, composites, district definitions."""
        return self.home / "catalogue"

    @property
    def files(self) -> Path:
        """The researcher's own files, copied here so that a later refresh finds them."""
        return self.home / "files"

    @property
    def contracts(self) -> Path:
        """The shapes that sources are agreed to have, where they are not those shipped."""
        return self.home / "contracts"

    @property
    def stated_changes(self) -> Path:
        """The changes of municipality codes that a person has stated."""
        return self.contracts / "municipality_changes.yaml"

    @property
    def accepted_population(self) -> Path:
        """The figures of population that a person accepts though they changed much."""
        return self.contracts / "accepted_population.yaml"

    @property
    def shared(self) -> Service | None:
        """The PostgreSQL that several machines share, if one is named."""
        name = os.environ.get(SHARED_VARIABLE)
        return Service(name) if name else None

    @property
    def budget(self) -> Path | Service:
        """The request budget that all processes share, or all machines."""
        return self.shared or self.home / "budget.sqlite"

    def prepare_prefect(self) -> None:
        """Sets what Prefect reads when it is imported, and makes its home; the user's own wins.

        Prefect makes no parent folders; without a home its temporary API dies and is started again
        until its time is up.
        """
        home = Path(os.environ.setdefault("PREFECT_HOME", str((self.home / "prefect").resolve())))
        home.mkdir(parents=True, exist_ok=True)
        for name, value in _PREFECT.items():
            os.environ.setdefault(name, value)
