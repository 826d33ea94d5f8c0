"""`digidistrikt.toml`: what else an option or a variable of the environment would say each time.

The file lies in the folder from which commands are run, or where DIGIDISTRIKT_CONFIG points. Each
key stands for a variable of the environment; one that is set wins, and an option over both. (It is
read with the standard library: a library for settings would add a third to the time in which `sql`
starts.)
"""

import os
import re
import tomllib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from common.errors import InputError
from common.text import did_you_mean
from flows.settings import (
    CONFIGURATION,
    HOME_VARIABLE,
    SHARED_VARIABLE,
    TARGETS_VARIABLE,
    WAREHOUSE_VARIABLE,
    Settings,
    default_home,
)

FILE_VARIABLE = "DIGIDISTRIKT_CONFIG"
FILE = Path(CONFIGURATION)


@dataclass(frozen=True)
class Setting:
    """A key of the file, the variable it stands for, what holds without both, and what it is."""

    key: str
    variable: str
    default: str
    meaning: str


NETWORK = ("proxy", "ca_bundle")
"""The keys of how all that lies elsewhere is reached."""
_PATHS = {"home", "ca_bundle"}
_SCHEME = re.compile(r"[a-z][a-z0-9+]+:")  # lake:name or https://..., which are no paths
_PASSWORD = re.compile(r"(://[^/@:]*:)[^/@]*@")
SETTINGS = (
    Setting("home", HOME_VARIABLE, "", "folder of the warehouse and replies"),
    Setting("warehouse", WAREHOUSE_VARIABLE, "", "where commands read, if not in the home"),
    Setting("targets", TARGETS_VARIABLE, "", "where a refresh publishes besides: lake:SERVICE"),
    Setting("upstream", "DIGIDISTRIKT_UPSTREAM", "recorded", "recorded, live or an address"),
    Setting("calls_a_minute", "DIGIDISTRIKT_CALLS_A_MINUTE", "30", "requests made of a publisher"),
    Setting("language", "DIGIDISTRIKT_LANGUAGE", "nb", "language of reports: nb or en"),
    Setting("proxy", "HTTPS_PROXY", "", "the way out: http://proxy.example.no:3128"),
    Setting("ca_bundle", "REQUESTS_CA_BUNDLE", "", "certificates trusted, a PEM file"),
    Setting("shared", SHARED_VARIABLE, "", "libpq service that several machines share"),
    Setting("prefect_api", "PREFECT_API_URL", "", "the Prefect server; else a temporary one"),
)


def path() -> Path:
    """Where the file is, or would be."""
    return Path(os.environ.get(FILE_VARIABLE, FILE))


def read() -> dict[str, str]:
    """What the file says by key; nothing if there is none, unless the environment points to one.

    Raises InputError for what can't be read, an unknown key, or a value that is none.
    """
    file = path()
    if not file.is_file() and FILE_VARIABLE not in os.environ:
        return {}
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(
            f"{file}, which {FILE_VARIABLE} names, can't be read: {error.strerror}."
        ) from error
    except ValueError as error:  # also of bytes that are no text
        raise InputError(
            f'{file}: this is no TOML ({error}). Write lines as home = "data".'
        ) from error
    return {key: _text(file, key, value) for key, value in content.items()}


def apply(keys: Collection[str] | None = None) -> frozenset[str]:
    """Sets the variables that the file speaks for and the environment does not have: these.

    Only those of `keys`, if they are given. Raises InputError.
    """
    from_file = read()
    new = [
        each
        for each in SETTINGS
        if (keys is None or each.key in keys)
        and each.key in from_file
        and each.variable not in os.environ
    ]
    os.environ.update({each.variable: from_file[each.key] for each in new})
    return frozenset(each.variable for each in new)


def home() -> Path:
    """The folder of the warehouse: what the environment says, else the file, else the default.

    Raises InputError for a file that can't be read.
    """
    folder = os.environ.get(HOME_VARIABLE) or read().get("home")
    return Path(folder) if folder else default_home()


def warehouse() -> str | None:
    """Where to read from, if not the file in the home. Raises InputError."""
    return os.environ.get(WAREHOUSE_VARIABLE) or read().get("warehouse")


def settings(home: str | None = None) -> Settings:
    """The settings of what is run without options, in a `home` if one is given.

    It reads where the setting `warehouse` says, unless a home is given. Raises InputError.
    """
    apply()
    return Settings(home=Path(home)) if home else Settings(read_from=warehouse())


def in_force(from_file: Collection[str]) -> Iterator[tuple[str, str, str, str]]:
    """Of each setting the key, its value, where that comes from, and what it is.

    `from_file` are the variables that `apply` set. A password is not shown.
    """
    for setting in SETTINGS:
        value = os.environ.get(setting.variable)
        if setting.variable in from_file:
            source = str(path())
        else:
            source = "default" if value is None else f"environment ({setting.variable})"
        default = str(default_home()) if setting.variable == HOME_VARIABLE else setting.default
        shown = _PASSWORD.sub(r"\1***@", default if value is None else value)
        yield setting.key, shown, source, setting.meaning


def _text(file: Path, key: str, value: object) -> str:
    """A value of the file as the environment has it; a path is taken from the file's folder."""
    if key not in {setting.key for setting in SETTINGS}:
        near = did_you_mean(key, [setting.key for setting in SETTINGS])
        raise InputError(f"{file}: there is no setting '{key}'. {near}")
    if isinstance(value, list) and key == "targets":
        return " ".join(map(str, value))
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise InputError(f"{file}: {key} is a text in quotes or a number.")
    is_path = key in _PATHS or (key == "warehouse" and not _SCHEME.match(str(value)))
    return str(file.parent / str(value)) if is_path else str(value)
