"""Networks with their members by evidence, and the members of one."""

import duckdb

from common.errors import InputError
from common.text import nearest
from warehouse.models import quote

# The last day, month or year, in as many digits as the source gives, is held against today's.
ENDED = "coalesce(valid_to < strftime(current_date, '%Y-%m-%d')[1:len(valid_to)], false)"
OVERVIEW = """
    select
        network_id,
        network_name,
        members,
        (
            select string_agg(
                basis.members || ' ' || basis.basis || if(strength = 'weak', ' (weak)', ''),
                ', ' order by basis.basis
            )
            from (
                select unnest(map_keys(members_by_basis)) as basis,
                    unnest(map_values(members_by_basis)) as members
            ) as basis
            left join mart.membership_basis using (basis)
        ) as by_basis,
        stated_members as stated
    from mart.network_profile
"""
"""One row a network, with its members by evidence, and the number its own sources state."""


def members_of(network_id: str) -> str:
    """A query: one row a membership in a network, those that have ended last."""
    return f"""
        select municipality_code, municipality_name, valid_from, valid_to,
            {ENDED} as has_ended,
            basis, strength, source_date, source_url, note
        from mart.network_membership
        where network_id = {quote(network_id)}
        order by has_ended, municipality_code, valid_from
    """


def id_of(con: duckdb.DuckDBPyConnection, text: str) -> str:
    """The id of a network by its id or name. Raises InputError naming the nearest."""
    known = con.execute("select network_id, network_name from mart.network").fetchall()
    for network_id, name in known:
        if text.casefold() in {network_id, name.casefold()}:
            return str(network_id)
    near = nearest(text, [row[0] for row in known])
    raise InputError(
        f"there is no network '{text}'; "
        + (f"the nearest are {', '.join(near)}." if near else "'digidistrikt networks' lists them.")
    )
