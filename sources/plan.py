"""What will be asked, before anything is: one entry a request."""

from dataclasses import dataclass

from sources.http import Request


@dataclass(frozen=True)
class Planned:
    """A request, the catalogue table it feeds, and the division its municipality codes live in.

    `division` is `own` (the division of each figure's own period), `current`, or a year.
    """

    request: Request
    table_id: str
    division: str = "own"


@dataclass(frozen=True)
class Failed:
    """A table that could not be had, with a message for a person.

    `difference` is that of its shape from the one agreed, if it failed for that.
    """

    table_id: str
    message: str
    difference: str = ""
