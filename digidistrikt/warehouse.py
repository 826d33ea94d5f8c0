"""The warehouse in Python: a question is a method, its answer a frame."""

from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar, cast

import duckdb

from common.errors import InputError
from common.text import Language, nearest
from digidistrikt import about, catalog, citation, frames, municipality, networks, query
from digidistrikt.opening import open_warehouse
from digidistrikt.series import GroupKind, series_of
from warehouse.reading import TABLES

if TYPE_CHECKING:
    import pyarrow as pa

Frame = TypeVar("Frame")


class Warehouse(Generic[Frame]):
    """One warehouse, open for reading only; `digidistrikt.open` gives it.

    Each method gives a frame of the kind that was asked for in opening. A pandas frame has in
    `attrs` what must go with the figures: `vintage`, `columns` (what each means), `titles`,
    `units`, `sources` (with licences) and `citations`; an Arrow table has the same as JSON in the
    metadata of its schema, under `digidistrikt`. Errors are `digidistrikt.DigidistriktError`,
    each a sentence. A thread needs a warehouse of its own.
    """

    def __init__(
        self,
        home: Path,
        kind: frames.Kind,
        as_of: str | None = None,
        memory: str | None = None,
        place: str | None = None,
    ) -> None:
        frames.require_kind(kind)
        self.home = home
        self._kind, self._as_of, self._memory, self._place = kind, as_of, memory, place
        self._open = ExitStack()
        self.connection: duckdb.DuckDBPyConnection = self._open.enter_context(
            open_warehouse(home, as_of, memory, place)
        )

    # --- figures ---------------------------------------------------------------------------

    def series(
        self,
        indicator: str,
        division: int | str | None = None,
        *,
        municipality: str | None = None,
        by: str | None = None,
        members_on: str | None = None,
    ) -> Frame:
        """An indicator on the municipal division of a year, this year's unless one is given.

        One row a municipality and period, with `value`, `quality` and `missing_reason`; only one
        with `municipality`, a code or name of that year. With `by` (country, county,
        economic_region, centrality_class, kostra_group, district, network) one row a group and
        period; `members_on` is the day of membership in networks. Raises InputError and
        BoundaryError.
        """
        kinds = [*map(str, GroupKind)]
        if by is not None and by not in kinds:
            raise InputError(
                f"there are no groups by '{by}'; there are those by {', '.join(kinds)}."
            )
        year = None if division is None else _year(division)
        asked = series_of(
            self.connection,
            indicator,
            year,
            municipality=municipality,
            by=None if by is None else GroupKind(by),
            members_on=members_on,
        )
        return self._frame(asked.text, [indicator])

    def candidates(self) -> Frame:
        """One row a municipality of today: classes, networks and the newest of each indicator."""
        return self.table("case_candidate")

    def table(self, name: str) -> Frame:
        """A table of `mart`, whole, as `observation`. Raises InputError naming the nearest."""
        bare = name.removeprefix("mart.")
        known = self.connection.execute(
            f"select table_name from ({TABLES}) where schema_name = 'mart'"
        ).fetchall()
        there = [row[0] for row in known]
        if bare not in there:
            near = nearest(bare, there) or sorted(there)
            raise InputError(f"there is no table mart.{bare}; there are {', '.join(near)}.")
        return self._frame(f"from mart.{bare}")

    def sql(self, text: str, tables: Mapping[str, Any] | None = None) -> Frame:
        """The result of one statement of SQL, which reads the warehouse and nothing else.

        `tables` are frames of your own by name, to be joined as `from mine`: pandas, Arrow or
        polars. They are gone afterwards. Raises InputError for SQL that does not run.
        """
        with ExitStack() as registered:
            for name, table in (tables or {}).items():
                self.connection.register(name, table)
                registered.callback(self.connection.unregister, name)
            return self._frame(text)

    # --- what there is ---------------------------------------------------------------------

    def catalog(self, word: str = "") -> Frame:
        """One row an indicator or trait whose id, titles, theme or synonyms hold a word.

        Raises InputError if none do.
        """
        return self._frame(catalog.entries(self.connection, word))

    def indicators(self) -> Frame:
        """One row an indicator, with all that is declared of it."""
        return self.table("indicator")

    def networks(self, network: str | None = None) -> Frame:
        """One row a network, or of one network, by id or name, one row a membership.

        Raises InputError for a network there is none of.
        """
        if network is None:
            return self._frame(networks.OVERVIEW)
        found = networks.id_of(self.connection, network)
        return self._frame(networks.members_of(found))

    def municipality(self, name: str) -> Frame:
        """One row a fact of one municipality: names, changes, successors, classes, networks.

        `name` is a code or name of any year. Raises BoundaryError for none, and for several.
        """
        found = municipality.find(self.connection, name)
        table = frames.table_of(municipality.Fact._fields, found.facts())
        return self._given(table)

    def about(self, indicator: str) -> dict[str, Any]:
        """What goes with the figures of an indicator, as `attrs` has it. Raises InputError."""
        series_of(self.connection, indicator)  # says what is wrong with the name
        return about.as_attributes(self.connection, [indicator], [indicator])

    def cite(self, what: str, style: str = "apa", language: str = "en") -> str:
        """The references to an indicator, source table or vintage, in apa, bibtex or csl-json.

        Raises InputError for a name there is none of, and figures that nobody fetched.
        """
        styles, languages = [*map(str, citation.Style)], [*map(str, Language)]
        for given, choices in ((style, styles), (language, languages)):
            if given not in choices:
                raise InputError(f"'{given}' is none of {', '.join(choices)}.")
        return citation.cited(self.connection, what, citation.Style(style), Language(language))

    @property
    def vintage(self) -> str:
        """The run whose figures these are."""
        return about.vintage(self.connection).run_id

    def as_of(self, moment: str) -> "Warehouse[Frame]":
        """The same warehouse with the figures known on a day, at a time or vintage.

        Raises InputError for a moment that is none, or before the first vintage.
        """
        return Warehouse(self.home, self._kind, moment, self._memory, self._place)

    # --- opening and closing ---------------------------------------------------------------

    def close(self) -> None:
        """Lets go of the warehouse."""
        self._open.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        known = f", as of {self._as_of}" if self._as_of else ""
        return f"<digidistrikt warehouse {self._place or self.home}, vintage {self.vintage}{known}>"

    # --- frames ----------------------------------------------------------------------------

    def _frame(self, text: str, indicators: Iterable[str] = ()) -> Frame:
        cursor = query.run(self.connection, text)
        try:
            table = cursor.to_arrow_table()
        except duckdb.Error as error:  # a row may fail after others were read
            raise query.refused(error) from error
        return self._given(table, indicators, text)

    def _given(self, table: "pa.Table", indicators: Iterable[str] = (), text: str = "") -> Frame:
        """A table as a frame; a column that is named as an indicator has its sources too."""
        columns = table.column_names
        named = dict.fromkeys([*indicators, *columns, *_values(table, "indicator_id")])
        attributes = about.as_attributes(self.connection, columns, [*named], text)
        return cast(Frame, frames.framed(table, self._kind, attributes))


def _year(division: int | str) -> int:
    """Raises InputError for what is no year."""
    text = str(division)
    if not text.isdecimal():
        raise InputError(f"division is the year of a municipal division, as 2019, not '{text}'.")
    return int(text)


def _values(table: "pa.Table", column: str) -> list[str]:
    """The different values of a column of text; none where there is no such column."""
    if table.column_names.count(column) != 1:
        return []
    return [str(value) for value in table.column(column).unique().to_pylist() if value]
