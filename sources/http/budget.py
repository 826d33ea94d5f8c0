"""The requests made of each host, where all that ask count them together."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from pyrate_limiter import AbstractBucket, PostgresBucket, Rate, SQLiteBucket
from requests_ratelimiter.buckets import HostBucketFactory

from common.postgres import Service
from sources.http.limits import RequestLimits

# A request takes its time from the server and is counted a moment later: of 30 in a minute 31 were
# seen. So many fewer are made.
_MARGIN = 2
_PURPOSE = "the request budget"


def request_budget(where: Path | Service, limits: RequestLimits) -> HostBucketFactory:
    """The budget of all processes of a user, in a file, or of several machines, in a PostgreSQL.

    Raises InputError or SharedServerError for a service that can't be used.
    """
    if isinstance(where, Service):
        requests = max(limits.requests - _MARGIN, 1)
        return _OfMachines([_rate(requests, limits)], where)
    where.parent.mkdir(parents=True, exist_ok=True)
    shared = {"path": where, "use_file_lock": True}
    return _OfProcesses([_rate(limits.requests, limits)], SQLiteBucket, shared)


def _rate(requests: int, limits: RequestLimits) -> Rate:
    return Rate(requests, int(limits.per_seconds * 1000))


class _OfProcesses(HostBucketFactory):
    """In a file that all processes of a user share.

    Those noted at a time to come were counted by a clock that has been set back since; they would
    be waited for until then.
    """

    def _create_bucket(self, name: str) -> SQLiteBucket:
        bucket = cast(SQLiteBucket, super()._create_bucket(name))
        with bucket.lock:
            later = time.time_ns() // 1_000_000 + 1000
            bucket.conn.execute(f"delete from '{bucket.table}' where item_timestamp > ?", [later])
            bucket.conn.commit()
        return bucket


class _OfMachines(HostBucketFactory):
    """In a PostgreSQL that several machines share, by the clock of its server.

    That clock too may have been set back since.
    """

    def __init__(self, rates: list[Rate], service: Service) -> None:
        super().__init__(rates)
        self._service, self._pool = service, service.pool(_PURPOSE)

    def _create_bucket(self, name: str) -> AbstractBucket:
        table = "".join(sign if sign.isalnum() else "_" for sign in name)
        bucket = _Bucket(self._service, self._pool, table, self.rates)
        bucket.leak(bucket.now())
        bucket.forget_those_to_come()
        return bucket

    def schedule_leak(self, new_bucket: AbstractBucket) -> None:
        """What is out of date is cleared when a bucket is opened: there are 30 rows a minute."""

    def close(self) -> None:
        """Lets go of the connections."""
        self._pool.close()


class _Bucket(PostgresBucket):
    """A table of requests; no request is made that could not be counted."""

    def __init__(self, service: Service, pool: Any, table: str, rates: list[Rate]) -> None:
        self._service = service
        super().__init__(pool, table, rates)

    @contextmanager
    def _get_conn(self) -> Iterator[Any]:
        with self._service.answering(_PURPOSE), self.pool.connection() as con:
            yield con

    def now(self) -> int:
        """The time by the server's clock, in milliseconds."""
        with self._get_conn() as con:
            row = con.execute("select (extract(epoch from clock_timestamp()) * 1000)::bigint")
            [(milliseconds,)] = row.fetchall()
            return int(milliseconds)

    def forget_those_to_come(self) -> None:
        """Deletes requests that were counted by a clock that has been set back since."""
        with self._get_conn() as con:
            con.execute(
                f"delete from {self._full_tbl}"  # letters, digits and lines alone
                " where item_timestamp > clock_timestamp() + interval '1 second'"
            )
