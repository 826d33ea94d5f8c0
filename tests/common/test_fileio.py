"""A file that a person names is read whole, or refused in a sentence at once."""

import os
from pathlib import Path

import pytest

from common import fileio
from common.errors import InputError


def refusal(path: Path, at_most: int = fileio.MAX_BYTES) -> str:
    with pytest.raises(InputError) as caught:
        fileio.read_bytes(path, at_most)
    return str(caught.value)


def test_an_ordinary_file_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"12345")
    assert fileio.read_bytes(path, at_most=5) == b"12345"


def test_a_file_one_byte_too_large_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"123456")
    assert refusal(path, at_most=5).startswith(f"{path}: 6 bytes are more than 5;")


def test_a_device_without_end_is_refused() -> None:
    assert refusal(Path("/dev/zero")) == (
        "/dev/zero: this is a device, not an ordinary file; name a file."
    )


def test_a_pipe_that_nobody_writes_to_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    assert "this is a pipe, not an ordinary file" in refusal(path)


def test_a_folder_is_refused_as_a_folder(tmp_path: Path) -> None:
    assert refusal(tmp_path) == f"{tmp_path}: this is a folder, not an ordinary file; name a file."


def test_a_file_that_is_not_there_and_a_name_that_can_not_be_are_told(tmp_path: Path) -> None:
    assert (
        refusal(tmp_path / "none") == f"none: there is no such file in {tmp_path}. Check the path."
    )
    assert "the file can't be read (embedded null" in refusal(tmp_path / "a\0b")
    assert "the file can't be read (File name too long)" in refusal(tmp_path / ("a" * 300))
