"""The PostgreSQL of these tests: found by its service, ended and started again."""

import psycopg
import pytest

from tests.lake.postgres import SERVICE, Postgres


def test_a_service_is_found_with_its_password(service: Postgres) -> None:
    with psycopg.connect(service=SERVICE) as con:
        assert con.execute("select 6 * 7").fetchall() == [(42,)]


def test_it_can_be_away_and_come_back(service: Postgres) -> None:
    with service.connected() as con:
        con.execute("create table if not exists of_a_test (n int)")
    service.stop()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(service=SERVICE, connect_timeout=5)
    service.start()
    with psycopg.connect(service=SERVICE) as con:
        assert con.execute("select count(*) from of_a_test").fetchall() == [(0,)]
