"""One family of errors: each is one sentence for a person, and each has its exit code.

The sentence names the file, row or URL, what was expected, and what to do.
"""

from collections.abc import Sequence
from typing import Any

EXIT_CODES = (
    "Exit codes: 0 done (fresh, or nothing new), 3 a data check failed, 4 an upstream failed,"
    " 5 bad input, 6 the warehouse is held by another program, 7 published, but a target is behind,"
    " 130 interrupted, 1 anything else."
)
INTERRUPTED = 130
BEHIND = 7  # the warehouse is published, a target is not
NAME_CERTIFICATES = (
    "Name the certificates of who issued it, also of a proxy that shows its own, in a PEM file:"
    " ca_bundle in digidistrikt.toml, or REQUESTS_CA_BUNDLE."
)


class DigidistriktError(Exception):
    """Something is not as it should be; the message says what, and what to do about it."""

    exit_code = 1


# --- what comes from outside ---------------------------------------------------------------


class SourceError(DigidistriktError):
    """Something outside the warehouse is not as it should be."""


class UpstreamError(SourceError):
    """A publisher's service failed, refused, or sent something that is not what it documents.

    `status` is the HTTP status of a refusal, None for everything else.
    """

    exit_code = 4

    def __init__(self, sentence: str, status: int | None = None) -> None:
        super().__init__(sentence)
        self.status = status
        # The requests that led to it, where they were sent in another process.
        self.sent_elsewhere: tuple[Any, ...] = ()


class InputError(SourceError):
    """A file or an entry written by a person (catalogue, register, survey) can't be used."""

    exit_code = 5


class NotKeptError(SourceError):
    """A reply or the record of a run can't be written, as on a full disk."""


class SharedServerError(DigidistriktError):
    """The PostgreSQL that machines share does not answer, or not as it should."""


# --- what we know --------------------------------------------------------------------------


class WarehouseError(DigidistriktError):
    """The warehouse can't be built, opened or read."""


class NoRoomError(WarehouseError):
    """The new warehouse can't be written: the disk is full."""


class ModelError(WarehouseError):
    """A model file breaks a rule of its folder (missing comment, no key, bad SQL)."""


class ChecksFailedError(WarehouseError):
    """A check or a key found a fault in the data, so the new warehouse was not published."""

    exit_code = 3


class LockedError(WarehouseError):
    """Another process is writing."""

    exit_code = 6


class BoundaryError(WarehouseError):
    """A code, name, date or crosswalk that doesn't fit the municipal map; says what would."""

    exit_code = 5


# --- what a researcher asks for ------------------------------------------------------------


class ReportError(DigidistriktError):
    """A report can't be made as asked."""

    exit_code = 5


class SelectionError(ReportError):
    """A selection file, or the method it names, can't be used on these figures.

    `problems` holds one sentence for each thing that is wrong; `place` is the entry of the
    selection file they are about, as keys and positions, where that is known. `nb` is the same in
    bokmål, for what a report may say of a method that can't be used.
    """

    def __init__(
        self,
        problems: str | Sequence[str],
        place: tuple[str | int, ...] = (),
        *,
        nb: str | None = None,
    ) -> None:
        self.problems = (problems,) if isinstance(problems, str) else tuple(problems)
        self.place = place
        super().__init__("\n".join(self.problems))
        self.nb = nb or str(self)
