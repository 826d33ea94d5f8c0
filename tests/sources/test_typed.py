"""The class that reads a row declares its raw table: a further attribute is a further column."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

import pyarrow as pa
from pydantic import BaseModel, Field

from sources import typed
from sources.catalogue import Indicator, raw
from sources.networks import REGISTER, read_register
from sources.networks.register import schema
from sources.typed import BothLanguages, Column


class Kind(StrEnum):
    A = "a"


class Inner(BaseModel):
    text: str


class MadeUp(BaseModel):
    id: Annotated[str, Column("made_up_id")]
    title: BothLanguages
    kind: Kind
    choice: Literal["x", "y"] = "x"
    share: Annotated[float, Field(ge=0)] | None = Field(None, description="a share")
    count: int = 0
    on: date | None = None
    is_good: bool = False
    classes: tuple[int, ...] = ()
    note: str = ""
    inner: Inner | None = None
    either: Literal["own"] | int = "own"
    places: dict[str, str] = Field(default_factory=dict)


SHAPE = typed.schema(MadeUp, one_row="a made-up entry", key=("made_up_id",))


def test_each_field_of_one_kind_is_a_column_of_its_type() -> None:
    assert [(column.name, column.type, column.nullable) for column in SHAPE] == [
        ("made_up_id", pa.string(), False),
        ("title_nb", pa.string(), False),
        ("title_en", pa.string(), False),
        ("kind", pa.string(), False),
        ("choice", pa.string(), False),
        ("share", pa.float64(), True),
        ("count", pa.int32(), False),
        ("on", pa.date32(), True),
        ("is_good", pa.bool_(), False),
        ("classes", pa.list_(pa.int32()), False),
        ("note", pa.string(), True),
    ]
    assert SHAPE.metadata == {b"one_row": b"a made-up entry", b"key": b"made_up_id"}
    assert SHAPE.field("share").metadata == {b"comment": b"a share"}


def test_an_entry_is_a_row_and_a_text_left_out_is_missing() -> None:
    entry = MadeUp(id="one", title=BothLanguages(nb="En", en="One"), kind=Kind.A, classes=(4, 5))
    assert typed.table([entry], SHAPE).to_pylist() == [
        {
            "made_up_id": "one",
            "title_nb": "En",
            "title_en": "One",
            "kind": "a",
            "choice": "x",
            "share": None,
            "count": 0,
            "on": None,
            "is_good": False,
            "classes": [4, 5],
            "note": None,
        }
    ]


def test_every_attribute_of_an_indicator_is_a_column_of_its_raw_table() -> None:
    parts_of_their_own = {"id", "title", "origins", "warnings"}
    assert set(Indicator.model_fields) - parts_of_their_own <= set(raw.SHAPES["indicator"].names)


def test_a_register_has_the_columns_of_its_file_in_its_order() -> None:
    for name, table in read_register().items():
        if name in REGISTER:
            assert tuple(table.column_names) == REGISTER[name].columns()
            assert table.schema == schema(REGISTER[name])
