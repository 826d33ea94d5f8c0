"""`publish` and `site` as a person types them."""

import threading
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from cli.serving import served
from common.errors import InputError
from flows.settings import Settings
from tests.command import digidistrikt


@pytest.mark.thorough
def test_a_published_folder_is_served_on_this_machine(small_home: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    done = digidistrikt("publish", "--out", folder, home=small_home.home)
    assert done.returncode == 0, done.stderr
    assert "vintage" in done.stdout
    assert "not confirmed" in done.stdout
    with served(folder, 0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        with urlopen(f"{address}/datapackage.json") as reply:  # noqa: S310 - loopback
            assert reply.read() == (folder / "datapackage.json").read_bytes()
        with pytest.raises(HTTPError, match="404"):
            urlopen(f"{address}/../../etc/passwd")  # noqa: S310 - loopback
        server.shutdown()


def test_a_folder_that_was_not_published_is_not_served(tmp_path: Path) -> None:
    done = digidistrikt("site", tmp_path, "--no-open", home=None)
    assert done.returncode == InputError.exit_code
    assert "no published folder" in done.stderr


def test_nothing_is_published_into_the_home_of_the_warehouse(small_home: Settings) -> None:
    done = digidistrikt("publish", "--out", small_home.home / "x", home=small_home.home)
    assert done.returncode == InputError.exit_code
    assert "lies in the home" in done.stderr
