"""Members of networks that merge or are divided, in a whole refresh."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from flows import engine
from flows.settings import Settings
from sources import networks
from sources.networks.register import PACKAGED, read_register
from warehouse import publish

# Municipalities that were merged in 2020 or divided in 2024, as members of networks they were
# never said to be in.
MADE_UP = """\
digivestland,1235,Voss,2019,named_in_source,2019,,https://made-up.example/voss,2019-05-01,
digivestland,1234,Granvin,2019,council_decision,2019,,https://made-up.example/granvin,2019-06-01,
digimr,1507,Ålesund,2023,council_decision,2021,2023,https://made-up.example/alesund,2023-05-01,once
"""

Ask = Callable[[str], list[tuple[object, ...]]]


@pytest.fixture(scope="module")
def ask(
    small: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Ask:
    """The rows a query gives after a refresh with the made-up members in the register."""
    folder = tmp_path_factory.mktemp("register")
    shutil.copytree(PACKAGED, folder, dirs_exist_ok=True)
    with (folder / "network_membership.csv").open("a", encoding="utf-8") as file:
        file.write(MADE_UP)
    settings = Settings(home=tmp_path_factory.mktemp("merged") / "home", upstream="recorded")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(networks, "read_register", lambda: read_register(folder))
        engine.run(settings)

    def rows(query: str) -> list[tuple[object, ...]]:
        with publish.reading(settings.warehouse) as con:
            return con.execute(query).fetchall()

    return rows


@pytest.mark.thorough
def test_two_members_that_merged_are_one_member_on_all_their_evidence(ask: Ask) -> None:
    assert ask(
        "select municipality_name, valid_from, basis, bases, reported_code, code_year, source_url,"
        " source_date, warnings from mart.network_membership"
        " where municipality_code = '4621' and network_id = 'digivestland' and valid_from = '2019'"
    ) == [
        (
            "Voss",
            "2019",
            "named_in_source",
            ["named_in_source", "council_decision"],
            "1235 ; 1234",
            2019,
            "https://made-up.example/voss ; https://made-up.example/granvin",
            "2019-05-01",
            [],
        )
    ]


def test_a_membership_goes_over_to_each_part_of_a_member_and_says_so(ask: Ask) -> None:
    assert ask(
        "select municipality_code, reported_code, basis, valid_from, valid_to, warnings, note"
        " from mart.network_membership where list_contains(warnings, 'member_as_successor')"
        " order by all"
    ) == [
        ("1508", "1507", "council_decision", "2021", "2023", ["member_as_successor"], "once"),
        ("1580", "1507", "council_decision", "2021", "2023", ["member_as_successor"], "once"),
    ]


def test_no_member_of_the_register_is_lost_or_told_twice(ask: Ask) -> None:
    assert ask(
        "select count(*) from raw.network_membership as membership where not exists ("
        " from mart.network_membership as found"
        " where found.network_id = membership.network_id"
        " and list_contains(string_split(found.reported_code, ' ; '),"
        " membership.municipality_code))"
    ) == [(0,)]
    assert (
        ask(
            "select network_id, municipality_code, valid_from_text from mart.network_membership"
            " group by all having count(*) > 1"
        )
        == []
    )


def test_a_second_table_of_memberships_agrees_with_the_first(ask: Ask) -> None:
    [(networks_of_voss,)] = ask(
        "select networks from mart.case_candidate where municipality_code = '4621'"
    )
    assert "digivestland" in str(networks_of_voss)
