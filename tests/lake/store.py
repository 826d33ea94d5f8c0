"""An S3 store of its own on loopback (SeaweedFS, from a wheel): a writer's and a reader's key."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep

import requests

from tests.lake.ports import free_port

BUCKET = "figures"
WRITER, READER = "writer", "reader"
_SERVICES = ("master", "volume", "filer", "s3")
_KEYS = {
    WRITER: ["Admin", "Read", "List", "Write", "Tagging"],
    READER: [f"Read:{BUCKET}", f"List:{BUCKET}"],
}


class ObjectStore:
    """A store that answers at `address`."""

    def __init__(self, folder: Path, *options: str) -> None:
        keys = folder / "keys.json"
        keys.write_text(json.dumps({"identities": [_identity(name) for name in _KEYS]}), "utf-8")
        ports = {name: free_port() for name in _SERVICES}
        words = [f"-{name}.port={port}" for name, port in ports.items()]
        words += [f"-{name}.port.grpc={free_port()}" for name in _SERVICES]
        self.address = f"http://127.0.0.1:{ports['s3']}"
        program = Path(sys.executable).with_name("weed")
        self._process = subprocess.Popen(
            [program, "server", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-filer",
             "-s3", f"-s3.config={keys}", "-master.telemetry=false",
             "-s3.port.iceberg=0", "-s3.port.lance=0",
             "-master.volumeSizeLimitMB=64", "-volume.max=20", *words, *options],
            stdout=subprocess.DEVNULL, stderr=(folder / "log").open("w"), cwd=folder,
        )  # fmt: skip
        until = monotonic() + 60
        while not self._answers():
            assert self._process.poll() is None, (folder / "log").read_text("utf-8")[-2000:]
            assert monotonic() < until, (folder / "log").read_text("utf-8")[-2000:]
            sleep(0.1)
        filer = f"http://127.0.0.1:{ports['filer']}/buckets/{BUCKET}/"
        requests.post(filer, timeout=60).raise_for_status()

    def environment(self, who: str = WRITER) -> dict[str, str]:
        """The variables by which programs find it and its keys."""
        return {
            "AWS_ENDPOINT_URL": self.address,
            "AWS_ACCESS_KEY_ID": who,
            "AWS_SECRET_ACCESS_KEY": _secret(who),
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def stop(self) -> None:
        """Ends it at once."""
        self._process.kill()
        self._process.wait(60)

    def _answers(self) -> bool:
        try:
            return requests.get(f"{self.address}/status", timeout=1).ok
        except requests.RequestException:
            return False


def _identity(name: str) -> dict[str, object]:
    keys = {"accessKey": name, "secretKey": _secret(name)}
    return {"name": name, "credentials": [keys], "actions": _KEYS[name]}


def _secret(name: str) -> str:
    return f"made-up-secret-of-{name}"


@contextmanager
def running(*options: str) -> Iterator[ObjectStore]:
    """A new store, ended with the block."""
    with TemporaryDirectory(prefix="store-") as folder:
        store = ObjectStore(Path(folder), *options)
        try:
            yield store
        finally:
            store.stop()
