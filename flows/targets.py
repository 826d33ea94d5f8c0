"""After each refresh the targets are brought up to what the warehouse of the home has.

A target that can't be reached stays as it was, and is told of: the home has the new vintage, and
the next refresh brings the target up to date, also one that finds nothing new.
"""

import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from common.errors import DigidistriktError
from flows.settings import Settings
from warehouse.targets import Target, target

if TYPE_CHECKING:
    from flows.outcome import Summary

_LOG = logging.getLogger("digidistrikt.refresh")


def named(settings: Settings) -> dict[str, Target]:
    """The targets of the settings, by what they are named. Raises InputError for none such."""
    return {name: target(name) for name in settings.targets}


def published(settings: Settings, summary: "Summary") -> "Summary":
    """The same refresh, after its warehouse was published to the targets."""
    return replace(summary, behind=bring_up_to_date(settings))


def bring_up_to_date(settings: Settings) -> tuple[str, ...]:
    """Makes each target equal to the warehouse; returns a sentence for each that stays behind."""
    behind = []
    for name, each in named(settings).items():
        try:
            _LOG.info("publishing to %s", name)
            if not each.publish(settings.warehouse):
                _LOG.info("%s is up to date", name)
        except DigidistriktError as error:
            _LOG.warning("behind: %s", error)
            behind.append(str(error))
    return tuple(behind)


def state(settings: Settings, vintage: str) -> Iterator[str]:
    """A sentence for each target: which vintage it has, held against that of the warehouse."""
    for name, each in named(settings).items():
        try:
            there = each.vintage()
        except DigidistriktError as error:
            yield str(error)
            continue
        if there == vintage:
            yield f"{name} has this vintage."
        else:
            yield f"{name} is behind: it has {there or 'no vintage'}. The next refresh updates it."
