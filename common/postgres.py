"""A PostgreSQL that several machines share, named as libpq names it: a service.

Address, user and password stand where libpq looks for them (`pg_service.conf` and `.pgpass`, or the
files that PGSERVICEFILE and PGPASSFILE name), and nowhere in settings, logs or messages of ours.
"""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from common.errors import InputError, SharedServerError

if TYPE_CHECKING:
    from psycopg_pool import ConnectionPool

PATIENCE = 10  # seconds in which the server answers, or is taken to be away
# A machine that is cut off is noticed within half a minute, at either end.
_KEEPALIVES = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}
_AT_THE_SERVER = "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"
# Requests are noted without a time zone: where clocks go back they would be an hour ahead.
_IN_UTC = " -c timezone=UTC"


@dataclass(frozen=True)
class Service:
    """A service of libpq."""

    name: str

    def connected(self, purpose: str) -> Any:
        """A connection of psycopg that commits each statement, and says who it is and what for.

        Raises InputError where the extra `lake` is not installed, and SharedServerError.
        """
        with self.answering(purpose):
            return _psycopg().connect(**self._words(purpose), autocommit=True)

    def pool(self, purpose: str) -> "ConnectionPool":
        """Connections that threads share. Raises as `connected` does."""
        self.connected(purpose).close()  # told in a sentence; a pool would go on trying
        from psycopg_pool import ConnectionPool  # noqa: PLC0415 - of the extra

        logging.getLogger("psycopg.pool").setLevel(logging.ERROR)  # an error is ours to tell
        return ConnectionPool(
            kwargs=self._words(purpose),
            min_size=1,
            max_size=4,
            timeout=PATIENCE,
            check=ConnectionPool.check_connection,  # the server may have been away meanwhile
            open=True,
        )

    @contextmanager
    def answering(self, purpose: str) -> Iterator[None]:
        """Raises SharedServerError for what goes wrong with the server in the block."""
        errors = _psycopg().Error
        try:
            yield
        except errors as error:
            reason = " ".join(str(error).split()).rstrip(".")
            raise SharedServerError(
                f"PostgreSQL service '{self.name}', needed for {purpose}: {reason}. Look at the"
                " server, and at pg_service.conf and .pgpass (PGSERVICEFILE, PGPASSFILE); then"
                f" try again. The warehouse is as it was.{advice_on_certificate(reason)}"
            ) from error

    def _words(self, purpose: str) -> dict[str, Any]:
        import socket  # noqa: PLC0415 - most commands share nothing

        who = f"{socket.gethostname()[:24]} {os.getpid()} {purpose}"
        return {
            "service": self.name,
            "connect_timeout": PATIENCE,
            "application_name": f"digidistrikt {who}"[:63],
            "options": _AT_THE_SERVER + _IN_UTC,
            **_KEEPALIVES,
        }


def advice_on_certificate(reason: str) -> str:
    """What to do about a server whose certificate libpq does not trust; else nothing."""
    if "certificate verify failed" not in reason:
        return ""
    return " Name the certificate of who issued it in pg_service.conf: sslrootcert=FILE."


def _psycopg() -> Any:
    """Raises InputError where it is not installed."""
    try:
        import psycopg  # noqa: PLC0415 - of the extra, and slow to import
    except ImportError as error:
        raise InputError(
            f"a shared PostgreSQL needs the extra 'lake' ({error}): pip install"
            " 'digidistrikt[lake]'."
        ) from error
    return psycopg
