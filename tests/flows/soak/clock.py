"""The clock of the product, which shows the hour of a world of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, tzinfo

import pytest

from flows import attempts, engine, log
from sources import changes, contracts, files
from sources.http import session

REGISTERS_ARE_DUE = timedelta(days=8)
_HAVE_A_CLOCK = (attempts, engine, log, changes, contracts, files, session)


class Clock(datetime):
    """Stands still until it is put forward or back."""

    hour: datetime

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return cls.hour.astimezone(tz)


@contextmanager
def showing(hour: datetime) -> Iterator[None]:
    """The product reads the hour from `Clock`, which begins at this one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Clock, "hour", hour, raising=False)
        for module in _HAVE_A_CLOCK:
            patch.setattr(module, "datetime", Clock)
        yield
