"""`digidistrikt model`: a table built anew on a copy of the warehouse."""

from pathlib import Path

import pytest

from common.errors import InputError, ModelError
from flows.settings import Settings
from warehouse import preview

MODEL = """-- one row: a network with its number of letters
-- key: network_id
-- network_id: see mart.network
-- letters: letters of its name
select network_id, {} as letters from mart.network
"""


def test_a_table_is_built_with_all_it_is_made_of_and_the_warehouse_stays(built: Settings) -> None:
    before = built.warehouse.read_bytes()
    with preview.previewed(built.place, "network_profile") as (con, made):
        assert made.table == "mart.network_profile"
        assert con.execute("select count(*) from mart.network_profile").fetchall() == [(13,)]
    assert built.warehouse.read_bytes() == before


def test_a_file_that_is_no_part_of_the_product_is_built_too(
    built: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "3_mart" / "90_letters.sql"
    file.parent.mkdir()
    file.write_text(MODEL.format("length(network_name)"), encoding="utf-8")
    with preview.previewed(built.place, str(file)) as (con, made):
        found = con.execute("select min(letters) > 0, count(*) from mart.letters").fetchall()
        assert (made.key, found) == (("network_id",), [(True, 13)])
    file.write_text(MODEL.format("no_column"), encoding="utf-8")
    with (
        pytest.raises(ModelError, match=r"90_letters.sql: .*no_column"),
        preview.previewed(built.place, str(file)),
    ):
        pass


@pytest.mark.parametrize(
    ("text", "fault"),
    [("mart.nothing", "no model makes mart.nothing"), ("no.sql", "no.sql: there is no such file")],
)
def test_what_is_no_model_is_refused(built: Settings, text: str, fault: str) -> None:
    with pytest.raises(InputError, match=fault), preview.previewed(built.place, text):
        pass
