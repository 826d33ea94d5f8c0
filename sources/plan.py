"""What will be asked, before anything is: one entry a call."""

from dataclasses import dataclass

from sources.http import Call


@dataclass(frozen=True)
class Planned:
    """A call, the catalogue table it feeds, and the division its municipality codes live in.

    `division` is `own` (the division of each figure's own period), `current`, or a year.
    """

    call: Call
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
