"""The right to write a warehouse, where several machines share a PostgreSQL.

It is an advisory lock of the server's session: free the moment its holder dies, and within half a
minute of a machine that is cut off.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from common.errors import LockedError, SharedServerError
from common.postgres import Service

_PURPOSE = "the right to write"
# One database coordinates one warehouse, so the key is the same for all.
_KEY = int.from_bytes(b"digidist")
_HOLDER = """
select application_name || ', since ' || to_char(backend_start, 'YYYY-MM-DD HH24:MI TZ')
from pg_locks join pg_stat_activity using (pid)
where locktype = 'advisory' and granted and (classid::bigint << 32 | objid::bigint) = %s
"""


@contextmanager
def sole_machine(service: Service) -> Iterator[Callable[[], None]]:
    """Holds the right among all machines; what it gives raises LockedError once it was lost.

    Raises LockedError if another process has it, and SharedServerError.
    """
    con = service.connected(_PURPOSE)
    try:
        _take(con, service)
        yield lambda: _require(con, service)
    finally:
        con.close()


def _take(con: Any, service: Service) -> None:
    with service.answering(_PURPOSE):
        [(taken,)] = con.execute("select pg_try_advisory_lock(%s)", [_KEY]).fetchall()
        holders = [] if taken else con.execute(_HOLDER, [_KEY]).fetchall()
    if not taken:
        who = f" ({holders[0][0]})" if holders else ""
        raise LockedError(
            f"PostgreSQL service '{service.name}': another refresh is writing{who}. Wait for it to"
            " end, or stop it first."
        )


def _require(con: Any, service: Service) -> None:
    """The session that has the lock is still there."""
    try:
        with service.answering(_PURPOSE):
            con.execute("select 1")
    except SharedServerError as error:
        raise LockedError(
            f"the right to write was lost, so nothing is published: {error}"
        ) from error
