"""What the researcher says of a file, what is known of municipalities, and what has to be asked."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

from common.errors import InputError
from sources.catalogue.entry import Title
from sources.file_rows import Resolver
from sources.municipal_cells import code_and_name

InForce = Callable[[int], frozenset[str]]
"""The municipality codes in force on 1 January of a year."""

CodesNamed = Callable[[str], frozenset[str]]
"""The codes that have ever had a name; none for what is no municipality's name."""

SameGround = Callable[[str, int, str, int], bool]
"""Whether a code in a year and another in another year are one municipality on the same ground."""

FIRST_YEAR = 1964


class Question(InputError):  # noqa: N818 - it is asked before it is an error
    """Something that a file leaves in doubt: `option` of `Hints` answers it, `choices` are likely.

    In a pipe it is an error like another, and its sentence names the option to write.
    """

    def __init__(self, sentence: str, option: str, choices: tuple[str, ...] = ()) -> None:
        super().__init__(sentence)
        self.option = option
        self.choices = choices


@dataclass(frozen=True)
class Hints:
    """What the researcher says of a file; None and empty mean: find out.

    `period` is a column or one period for all; `values` are columns, each alone or as
    `column=indicator_id`.
    """

    id: str
    title: Title | None = None
    unit: str = "not stated"
    aggregate: Literal["sum", "none"] = "none"
    publisher: str = "not stated"
    licence: str = "unconfirmed"
    citation: str | None = None
    url: str = "not stated"
    sheet: str | None = None
    skip_rows: int | None = None
    footer_rows: int = 0
    has_header: bool | None = None
    code: str | None = None
    name: str | None = None
    name_pattern: str | None = None
    county: str | None = None
    period: str | None = None
    values: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    decimal: Literal[".", ","] | None = None
    names_on: date | None = None
    division: int | Literal["own"] | None = None


class Known:
    """What is known of municipalities: names on a day, codes in force, names ever had, ground."""

    def __init__(
        self,
        resolve: Resolver,
        in_force: InForce,
        codes_named: CodesNamed,
        is_same_ground: SameGround,
        today: date,
    ) -> None:
        self.resolve = resolve
        self.in_force = in_force
        self.codes_named = codes_named
        self.is_same_ground = is_same_ground
        self.today = today
        self._kinds: dict[str, str] = {}

    @cached_property
    def ever(self) -> frozenset[str]:
        """Every code there has been since 1964."""
        years = range(FIRST_YEAR, self.today.year + 2)
        return frozenset().union(*(self.in_force(year) for year in years))

    def kind(self, cell: str) -> str:
        """What a cell says of a municipality: `both` its code and name, `code`, `name`, or ''."""
        if cell not in self._kinds:
            self._kinds[cell] = self._kind(cell)
        return self._kinds[cell]

    def _kind(self, cell: str) -> str:
        code, name = code_and_name(cell)
        if code is None:
            return "name" if name and self.codes_named(name) else ""
        if code not in self.ever:
            return ""
        if name is None:
            return "code"
        return "both" if code in self.codes_named(name) else ""
