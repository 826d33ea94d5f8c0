"""A PostgreSQL of a test's own on loopback, where the machine has one."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

_USER = "prefect"


@contextmanager
def postgres() -> Iterator[str | None]:
    """The address of an empty database as the Prefect server takes it, None without PostgreSQL."""
    if not (shutil.which("initdb") and shutil.which("postgres")):
        yield None
        return
    somebody = "nobody" if os.geteuid() == 0 else None  # it refuses to be run by root
    with TemporaryDirectory(prefix="digidistrikt-postgres-") as folder, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        if somebody:
            shutil.chown(folder, somebody)
        data = Path(folder) / "data"
        make = ["initdb", "--pgdata", data, "--username", _USER, "--auth", "trust"]
        subprocess.run(make, user=somebody, check=True, capture_output=True, cwd=folder)
        run = [
            "postgres",
            "-D",
            data,
            "-p",
            str(port),
            "-k",
            folder,
            "-c",
            "listen_addresses=127.0.0.1",
        ]
        server = subprocess.Popen(
            run, user=somebody, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            yield f"postgresql+asyncpg://{_USER}@127.0.0.1:{port}/postgres"
        finally:
            server.terminate()
            server.wait(timeout=600)
