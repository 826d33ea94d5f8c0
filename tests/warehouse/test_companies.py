"""Inter-municipal companies whose owners merged or were divided."""

from tests.warehouse.conftest import Connection
from warehouse import models

MODELS = [
    models.MODELS / name
    for name in (
        "2_core/38_municipal_organisation.sql",
        "3_mart/36_intermunicipal_company.sql",
        "3_mart/37_company_owner.sql",
    )
]


def test_what_a_municipality_of_before_owned_is_owned_by_its_successor(damaged: Connection) -> None:
    """Granvin merged into Voss; Tysfjord was divided; the register still has their numbers."""
    con = damaged
    numbers = {"999000001": "1234", "999000002": "1850"}
    for number, code in numbers.items():
        con.execute("insert into staging.organisation values (?, ?, 'MADE UP', '')", [code, number])
    con.execute(
        "insert into raw.company by name select '999000000' as organisation_number,"
        " 'MADE UP IKS' as name, 'IKS' as legal_form, false as is_ending, 'made up' as reply_id"
    )
    [(voss,)] = con.execute(
        "select organisation_number from core.municipality where municipality_code = '4621'"
    ).fetchall()
    for position, number in enumerate((voss, *numbers), 1):
        con.execute(
            "insert into raw.company_owner by name select '999000000' as organisation_number,"
            " ?::integer as position, ? as owner_number, 'MADE UP' as owner_name,"
            " 'KOMM' as owner_form, 'DTPR' as liability, 'made up' as reply_id",
            [position, number],
        )
    for path in MODELS:
        models.run(con, models.read_model(path))
    assert con.execute(
        "select municipality_code, municipality_name from mart.company_owner"
        " where company_number = '999000000' order by position"
    ).fetchall() == [("4621", "Voss"), ("4621", "Voss"), (None, None)]
    assert con.execute(
        "select owners, municipal_owners from mart.intermunicipal_company"
        " where company_number = '999000000'"
    ).fetchall() == [(3, 1)]
