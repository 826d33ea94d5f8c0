"""A trait is what the file says in words; what it can't mean is refused by its row."""

import re
from datetime import UTC, date, datetime

import pytest

from common.errors import InputError
from sources import catalogue, files
from sources.catalogue import Catalogue
from sources.http import Reply, Request

TABLE = "file_skytilsynet_email"
HEAD = (
    "municipality_code,label,resolved_by,mx,confidence,behind_gateway,federated,azure_realm,"
    "observed_at,mail_domain"
)


def read(*rows: str) -> list[dict[str, str]]:
    entries: Catalogue = catalogue.load()
    reply = Reply(
        request=Request("file:made_up.csv"),
        body="\n".join([HEAD, *(f"{row}," for row in rows)]).encode(),
        content_type="text/csv",
        fetched_at=datetime.now(UTC),
        upstream="file",
        as_of=date(2026, 7, 20),
        provenance="made up for a test",
    )
    frames = files.read(entries, entries.table_by_id[TABLE], reply, lambda names, on: [])
    return frames["trait_value"].to_pylist()


def test_a_trait_has_its_day_and_the_cells_it_rests_on_and_an_empty_cell_is_no_trait() -> None:
    found = read(
        "0301,Microsoft 365,mx,10 made.up,0.95,False,False,,2026-07-20",
        "1101,,mx,10 made.up,,True,False,,2026-07-20",
    )
    said = {(row["trait_id"], row["municipality_code"]): row for row in found}
    assert said["email_platform", "0301"]["value"] == "Microsoft 365"
    assert said["email_platform", "0301"]["valid_on"] == "2026-07-20"
    assert said["email_platform", "0301"]["evidence"] == (
        "resolved_by: mx; mx: 10 made.up; confidence: 0.95"
    )
    assert ("email_platform", "1101") not in said
    assert said["email_gateway", "1101"]["value"] == "yes"


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (["0301,A,,,,False,False,,2026-07-20"] * 2, "0301 in 2026-07-20 has a figure"),
        (["0301,A,,,,Perhaps,False,,2026-07-20"], "'Perhaps' is none of the values of"),
        (["0301,A,,,,False,False,,last week"], "'last week' is no day"),
    ],
)
def test_what_no_trait_can_be_made_of_is_refused_by_its_row(rows: list[str], said: str) -> None:
    with pytest.raises(InputError, match=re.escape(said)):
        read(*rows)
