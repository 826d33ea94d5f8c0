"""Where a finished warehouse is published besides its file: each target makes itself equal to it.

A target is named by one text, as `lake:SERVICE`, and is told of a file that has passed its checks.
It takes what differs in one transaction, or stays as it was.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from common.errors import InputError
from warehouse.targets.lake import LakeTarget


class Target(Protocol):
    """A place that is made equal to a warehouse file."""

    def publish(self, file: Path) -> bool:
        """Makes it equal to the file; returns whether anything was to be written.

        Raises WarehouseError or InputError; then it is as it was.
        """

    def vintage(self) -> str | None:
        """The vintage it has, None if nothing was published to it. Raises WarehouseError."""


SCHEMES: dict[str, Callable[[str], Target]] = {"lake": LakeTarget}


def target(where: str) -> Target:
    """The target that a text names. Raises InputError for none."""
    scheme = where.partition(":")[0]
    if scheme not in SCHEMES or ":" not in where:
        raise InputError(f"a target is named {', '.join(f'{each}:NAME' for each in SCHEMES)}.")
    return SCHEMES[scheme](where)
