"""A lake: tables in Parquet files on a store, and a catalogue of them in a PostgreSQL (DuckLake).

It is named `lake:SERVICE`, after a service of libpq (pg_service.conf), as DuckDB shows what it was
connected by: a password belongs in that file or in .pgpass. Keys of an S3 store come from the
environment or a profile of AWS. DuckDB's extensions are those of the extra `lake`, loaded from
their wheels; none is fetched.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import duckdb

from common.errors import InputError, WarehouseError
from common.postgres import advice_on_certificate
from warehouse import extensions, network, publish
from warehouse.models import quote

_SERVICE = re.compile(r"lake:([\w.-]+)")
_PATIENCE = 10  # seconds that a connection to PostgreSQL may take
_ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
_NO_LAKE = re.compile(r"does not exist - and creating a new DuckLake is explicitly disabled")
_OTHER_FORMAT = re.compile(r"catalog version is (\S+), but the extension requires version (\S+)\.")
_LAKE = "a lake"
# What a snapshot that a vintage was published in says: which, and which snapshot it was made of.
VINTAGE, AFTER = "vintage ", "after "


def service_of(where: str) -> str:
    """The service of libpq that `lake:SERVICE` names. Raises InputError for what is none."""
    found = _SERVICE.fullmatch(where)
    if not found:
        raise InputError(
            "a lake is named lake:SERVICE, by a service of pg_service.conf, without address or"
            " password, which DuckDB would show."
        )
    return found[1]


@contextmanager
def connected() -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection in memory that can attach a lake. Raises WarehouseError without the extra."""
    with duckdb.connect(config=publish.IN_MEMORY) as con:
        con.execute("set enable_progress_bar = false")
        load_extensions(con)
        yield con


def load_extensions(con: duckdb.DuckDBPyConnection) -> None:
    """Loads what a lake needs. Raises WarehouseError without the extra `lake`."""
    extensions.load(con, ["postgres_scanner", "httpfs", "ducklake"], _LAKE)
    for name in ("s3_access_key_id", "s3_secret_access_key", "s3_session_token"):
        con.execute(f"set {name} = ''")  # httpfs shows what the environment says among settings


def attach(con: duckdb.DuckDBPyConnection, service: str, name: str, options: str = "") -> None:
    """Attaches the lake of a service. Raises WarehouseError if there is none or it can't be had."""
    given = ", ".join(filter(None, ["create_if_not_exists false", options]))
    try:
        con.execute(f"attach {_address(service)} as {name} ({given})")
    except duckdb.Error as error:
        if _NO_LAKE.search(str(error)):
            raise WarehouseError(
                f"lake:{service}: there is no lake in that database yet. Make it:"
                f" digidistrikt lake create {service} --data s3://BUCKET/FOLDER"
            ) from error
        if found := _OTHER_FORMAT.search(str(error)):
            raise WarehouseError(
                f"lake:{service}: its catalogue has DuckLake's format {found[1]}, and this version"
                f" of digidistrikt reads {found[2]}. Read and publish with the version that made"
                " the lake, or make another lake for this one."
            ) from error
        raise unreachable(service, error) from error


def _address(service: str) -> str:
    return quote(f"ducklake:postgres:service={service} connect_timeout={_PATIENCE}")


def unreachable(service: str, error: duckdb.Error) -> WarehouseError:
    """What DuckDB says of a lake that can't be had, as a sentence."""
    advice = advice_on_certificate(str(error))
    words = " ".join(str(error).partition("\nLINE ")[0].split())
    words = words.rpartition(f"service={service} connect_timeout={_PATIENCE}")[2] or words
    cause = words.lstrip('":, ').rstrip(".?")
    return WarehouseError(
        f"lake:{service}: its catalogue in PostgreSQL can't be reached: {cause}. Look at the"
        f" service {service} in pg_service.conf, and whether its server runs.{advice}"
    )


@contextmanager
def told(service: str) -> Iterator[None]:
    """Raises WarehouseError for what goes wrong in the block with the catalogue of a lake."""
    try:
        yield
    except duckdb.Error as error:
        raise unreachable(service, error) from error


def create(service: str, files: str) -> None:
    """Makes an empty lake whose tables lie below `files`, a folder or `s3://...`.

    Raises InputError if there is one already or its files can't be kept there, WarehouseError if
    PostgreSQL can't be reached or may not be written, or the store can't be read.
    """
    if "://" in files and not files.startswith("s3://"):
        raise InputError(f"--data {files}: a lake lies in a folder or on s3://BUCKET/FOLDER.")
    folder = files if "://" in files else str(Path(files).resolve())
    folder = f"{folder.rstrip('/')}/"
    with connected() as con:
        try:
            attach(con, service, "lake", "read_only")
        except WarehouseError as error:
            if "there is no lake" not in str(error):
                raise
        else:
            raise InputError(
                f"lake:{service}: there is a lake already, in {data_path(con, 'lake')}."
            )
        if "://" not in folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
        reach_store(con, folder)
        try:
            _require_empty(con, folder)
            # All data in files, so that readers need rights on the tables of the catalogue alone.
            con.execute(
                f"attach {_address(service)} as lake"
                f" (data_path {quote(folder)}, data_inlining_row_limit 0)"
            )
            con.execute("call lake.set_option('data_inlining_row_limit', 0)")
        except duckdb.Error as error:
            cause = network.told(error, store_of(folder))
            raise WarehouseError(f"lake:{service}: can't be made: {cause}") from error


def _require_empty(con: duckdb.DuckDBPyConnection, folder: str) -> None:
    """Raises InputError for a folder with files: cleaning up one lake would remove another's."""
    found = con.execute("select file from glob(?) limit 1", [f"{folder}**"]).fetchone()
    if found:
        raise InputError(
            f"--data {folder}: {found[0]} lies there; a lake needs a folder of its own."
        )


def data_path(con: duckdb.DuckDBPyConnection, name: str) -> str:
    """The folder in which the files of an attached lake lie, ending in a slash."""
    [(path,)] = con.execute(
        f"select value from ducklake_options({quote(name)}) where option_name = 'data_path'"
    ).fetchall()
    return str(path)


def published(con: duckdb.DuckDBPyConnection, name: str) -> dict[str, int]:
    """The snapshot of each vintage that was published to an attached lake, the oldest first.

    Nothing was written to it between, as the vintage was written; what others wrote to the lake
    is in other snapshots.
    """
    found = con.execute(
        f"select commit_message, snapshot_id from ducklake_snapshots({quote(name)})"
        " where starts_with(commit_message, ?) and commit_extra_info = ? || (snapshot_id - 1)"
        " order by snapshot_id",
        [VINTAGE, AFTER],
    ).fetchall()
    return {str(message).removeprefix(VINTAGE): int(snapshot) for message, snapshot in found}


def newest_vintage(con: duckdb.DuckDBPyConnection, name: str) -> tuple[str, int] | None:
    """The vintage that was published last, and its snapshot; None if nothing was published."""
    snapshots = published(con, name)
    return max(snapshots.items(), key=lambda each: each[1]) if snapshots else None


def newest_snapshot(con: duckdb.DuckDBPyConnection, name: str) -> int:
    """The newest snapshot of an attached lake, whoever made it."""
    [(newest,)] = con.execute(
        f"select max(snapshot_id) from ducklake_snapshots({quote(name)})"
    ).fetchall()
    return int(newest)


def reach_store(con: duckdb.DuckDBPyConnection, files: str) -> None:
    """Gives a connection the keys of the store where files lie, if it is S3, and asks it once.

    Raises WarehouseError if there are no keys or the store does not answer, InputError if the
    certificates to trust are not there.
    """
    if not files.startswith("s3://"):
        return
    extensions.load(con, ["aws"], _LAKE)
    network.set_up(con, store_of(files))
    options = ["type s3", "provider credential_chain", f"scope {quote(files)}", *_endpoint()]
    try:
        con.execute(f"create secret store ({', '.join(options)})")
    except duckdb.Error as error:
        raise WarehouseError(
            f"{files}: there are no keys for the store. Set AWS_ACCESS_KEY_ID and"
            " AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, and AWS_ENDPOINT_URL where it is not Amazon's."
        ) from error
    try:
        con.execute(f"from glob({quote(f'{files}nothing-of-this-name-*')})").fetchall()
    except duckdb.Error as error:
        advice = "Look at the store, at AWS_ENDPOINT_URL and at the rights of your keys."
        told = network.told(error, store_of(files), advice)
        raise WarehouseError(f"{files}: the store can't be read: {told}") from error


def store_of(files: str) -> str:
    """The address of the store where files lie; that of a folder is empty."""
    bucket = urlsplit(files).netloc
    return (_named_store() or f"https://{bucket}.s3.amazonaws.com") if bucket else ""


def _named_store() -> str:
    """That of a store which is not Amazon's; DuckDB does not look for it itself."""
    return next((os.environ[name] for name in _ENDPOINTS if os.environ.get(name)), "")


def _endpoint() -> list[str]:
    address = _named_store()
    if not address:
        return []
    parts = urlsplit(address)
    return [
        f"endpoint {quote(parts.netloc)}",
        "url_style 'path'",
        f"use_ssl {str(parts.scheme == 'https').lower()}",
    ]
