"""A page a network: its members with the evidence, what they add up to, and whom they meet."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from textwrap import shorten
from typing import Any

import pandas as pd
from markupsafe import Markup

from publication.bundle import Bundle, rows
from publication.site.assets import painted
from publication.site.pages import Pages
from reports.page import maps, netpicture, svg
from reports.page.land import ATTRIBUTION, Land

_MEMBERS = """
    select distinct on (network_id, municipality_code, valid_from_text, basis) *
    from mart.network_membership
    order by network_id, municipality_code, valid_from_text, basis, source_url
"""
_OVERLAPS = """
    select overlap.group_id, other_id, other_members, shared, nested_share, jaccard,
        as_many_by_chance, any_value(other.group_name) as other_name,
        any_value(other.group_kind) as other_kind
    from mart.network_overlap as overlap
    inner join mart.network_tie as other on other.group_id = overlap.other_id
    where net = 'all' group by all order by overlap.group_id, shared desc, other_id
"""
_TIES = """
    select distinct group_id, group_name, municipality_code, strength,
        count(distinct municipality_code) over (partition by group_id) as members
    from mart.network_tie where not has_ended and municipality_code is not null
    order by group_id, municipality_code, strength
"""
_LONGEST_NAME = 38  # letters of a group beside the net
_MAP_MARGIN = 0.06  # of the map's longer side, around the members


def path_of(network_id: str) -> str:
    """The page of a network."""
    return f"networks/{network_id}"


def write(bundle: Bundle, pages: list[Pages]) -> None:
    """Writes the pages in each language."""
    known = _Known(bundle)
    for network in known.networks.values():
        for each in pages:
            _write(each, network, known)


class _Known:
    """What is read once for all pages."""

    def __init__(self, bundle: Bundle) -> None:
        con = bundle.con
        self.networks = {n["network_id"]: n for n in rows(con, "from mart.network order by all")}
        self.profiles = {p["network_id"]: p for p in rows(con, "from mart.network_profile")}
        self.members = _by(rows(con, _MEMBERS), "network_id")
        self.statements = _by(
            rows(con, "from mart.network_statement order by statement_id"), "network_id"
        )
        self.overlaps = _by(rows(con, _OVERLAPS), "group_id")
        self.ties = pd.DataFrame(rows(con, _TIES))
        places = rows(con, "from mart.municipality order by municipality_code")
        self.place_names = {p["municipality_code"]: p["municipality_name"] for p in places}
        self.codes = list(self.place_names)
        self.land = bundle.land


def _by(found: list[dict[str, Any]], column: str) -> dict[str, list[dict[str, Any]]]:
    by: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in found:
        by[str(row[column])].append(row)
    return by


def _write(pages: Pages, network: dict[str, Any], known: _Known) -> None:
    name, words = network["network_id"], pages.words
    profile, members = known.profiles[name], known.members[name]
    looks = {
        row["municipality_code"]: "s" if row["strength"] == "strong" else "w"
        for row in sorted(members, key=lambda row: row["strength"], reverse=True)
    }
    names = {code: known.place_names[code] for code in looks}
    pages.write(
        "network.html", path_of(name), network["network_name"],
        words("site_network_about", members=profile["members"],
              scope=words(f"site_scope_{network['scope']}")),
        network=network, facts=list(_facts(pages, network, profile, known)), members=members,
        map_classes=painted(looks, known.codes, "."), map_box=_box(known.land, looks),
        map_key=_key(pages, looks), map_description=words("site_network_map_described",
                                                   members=len(looks)),
        attribution=ATTRIBUTION, land_notes=maps.notes_on(known.land, names, words),
        statements=known.statements[name],
        overlaps=known.overlaps[name], net=_net(pages, name, set(looks), known),
        networks=known.networks,
    )  # fmt: skip


def _facts(
    pages: Pages, network: dict[str, Any], profile: dict[str, Any], known: _Known
) -> Iterator[tuple[str, str]]:
    """What it is, and what its known members add up to; what is not known is left out."""
    words, numbers = pages.words, pages.numbers
    parent = known.networks.get(network["parent_network_id"])
    before = [
        known.networks[each]["network_name"]
        for each in (network["predecessor_ids"] or "").split(" ; ")
        if each in known.networks
    ]
    facts = {
        "site_covers": network["county_description"],
        "inside_network": parent and parent["network_name"],
        "site_came_from": ", ".join(before) or None,
        "valid": pages.dates(network["valid_from"], network["valid_to"]),
        "members": numbers.figure(profile["members"]),
        "site_strong_members": numbers.figure(profile["strong_members"]),
        "site_stated_members": profile["stated_members"],
        "people": profile["population"] and numbers.figure(profile["population"]),
        "district_share": profile["district_share"]
        and numbers.percent(profile["district_share"] / 100),
    }
    for key, value in facts.items():
        if value is not None:
            yield words(key), str(value)


def _box(land: Land, codes: Iterable[str]) -> str:
    west, north, east, south = land.box_of(codes)
    edge = _MAP_MARGIN * max(east - west, south - north)
    return f"{west - edge:.0f} {north - edge:.0f} {east + edge:.0f} {south + edge:.0f}"


def _key(pages: Pages, looks: dict[str, str]) -> list[tuple[str, str]]:
    words, found = pages.words, set(looks.values())
    key = [("strong", words("strong_evidence"))] if "s" in found else []
    key += [("weak", words("weak_evidence"))] if "w" in found else []
    return [*key, ("other", words("other_municipalities"))]


def _net(pages: Pages, name: str, members: set[str], known: _Known) -> Markup | str:
    """Members that are in other groups too, and these; nothing where there are none."""
    others = known.ties[known.ties["municipality_code"].isin(members)]
    elsewhere = set(others.loc[others["group_id"] != name, "municipality_code"])
    ties = others[others["municipality_code"].isin(elsewhere)]
    if ties.empty:
        return ""
    # A tie on strong evidence is drawn so, whatever else it rests on.
    ties = ties.sort_values(["group_id", "municipality_code", "strength"]).drop_duplicates(
        ["group_id", "municipality_code"]
    )
    cases = {code: known.place_names[code] for code in sorted(elsewhere)}
    groups = {
        str(row.group_id): pages.words(
            "net_group",
            name=shorten(str(row.group_name), _LONGEST_NAME, placeholder=" …"),
            members=row.members,
        )
        for row in ties.itertuples()
    }
    size, drawn = netpicture.draw(ties, cases, groups, {name: svg.NETWORK_COLOURS[0]})
    description = pages.words("site_net_described", members=len(cases), groups=len(groups))
    return svg.Pictures().picture(size, pages.words("site_net"), description, drawn)
