"""A command as a person types it, in this process and with the errors of the command line.

Tests whose subject is the process (signals, locks, terminals, imports) start a real one instead.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from typer.testing import CliRunner

from cli.main import app

WIDTH = "80"


@dataclass(frozen=True)
class Done:
    """What a command wrote, and its exit code."""

    returncode: int
    stdout: str
    stderr: str


def digidistrikt(
    *words: str | Path, home: Path | None, stdin: str = "", env: dict[str, str] | None = None
) -> Done:
    """Runs a command on a home, or on the one that the settings name.

    An error that the command line does not know is raised.
    """
    given = [*map(str, words), *(["--home", str(home)] if home else [])]
    done = CliRunner().invoke(app, given, input=stdin, env={"COLUMNS": WIDTH} | (env or {}))
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return Done(done.exit_code, done.stdout, done.stderr)


def processor_seconds(pid: int) -> float:
    """What a process has used of the processor: it tells whether a query has begun."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
