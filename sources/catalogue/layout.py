"""How a file is read: the part of a catalogue entry that belongs to files."""

from datetime import date
from typing import Literal, Self

from pydantic import Field, model_validator

from sources.catalogue.entry import CatalogueEntry


class FileLayout(CatalogueEntry):
    """How a file is read: where codes (or names) and periods stand, and how numbers are written.

    `header_rows` are read as one heading a column, a group's name standing over all its
    columns. Without a header the columns are c1, c2, ... `names_on` is a day on which the names
    were those of the municipalities that are meant, or `own`: each figure's own year.
    `name_pattern` finds the groups `name` and, if it can, `county` in a name cell; a row that
    does not match is about another body. `known_names` gives the code of a name that only its
    publisher writes so. With `code` and `name` both, a row whose name is another municipality's
    is refused. `code_form: any` reads `0301 Oslo`, `K-0301` and `301.0` as codes too.
    `part_of_year` is a column of months or quarters beside that of years. A cell of `blocks`
    that is empty is as the one above it (outermost column first; a new word in one column ends
    those to its right). `footer_rows` are left out at the end. An Excel workbook has a `sheet`
    (the first, unless named) in place of encoding and delimiter. A file of context, not about
    municipalities, has columns for the `subject`, its `breakdown`, `value` and `unit`.
    """

    file: str
    sheet: str | None = None
    encoding: str = "utf-8-sig"
    delimiter: str = ","
    skip_rows: int = Field(default=0, ge=0)
    has_header: bool = True
    header_rows: int = Field(default=1, ge=1)
    footer_rows: int = Field(default=0, ge=0)
    code: str | None = None
    code_form: Literal["digits", "any"] = "digits"
    name: str | None = None
    names_on: date | Literal["own"] | None = None
    name_pattern: str = "(?P<name>.*)"
    known_names: dict[str, str] = Field(default_factory=dict)
    other_names: tuple[str, ...] = ()
    county: str | None = None
    subject: str | None = None
    breakdown: tuple[str, ...] = ()
    value: str | None = None
    unit: str | None = None
    period: str | None = None
    part_of_year: str | None = None
    blocks: tuple[str, ...] = ()
    decimal: Literal[".", ","] = "."
    thousands: Literal["", ".", ","] = ""
    missing: tuple[str, ...] = ("",)

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.subject:
            if not (self.value and self.unit and self.period):
                raise ValueError(
                    "'subject' belongs to context; name 'value', 'unit' and 'period' too"
                )
            return self
        if not (self.code or self.name):
            raise ValueError(
                "a layout has either 'code' or 'name', the column of municipalities, or both"
            )
        if self.name and not self.code and not self.names_on:
            raise ValueError("'names_on' belongs to 'name', and it needs one: names move over time")
        if self.names_on and not (self.name or self.code_form == "any"):
            raise ValueError("'names_on' belongs to 'name'")
        if self.thousands == self.decimal:
            raise ValueError("'thousands' and 'decimal' are two signs")
        return self
