"""`networks graph`: municipalities and their groups as a file for Gephi, R or a spreadsheet."""

import csv
import sys
from datetime import datetime
from enum import StrEnum
from io import BytesIO, StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import duckdb
import typer

from cli.options import HOME, Home, ReadFrom, outside_home
from common.errors import InputError
from digidistrikt.opening import open_warehouse

if TYPE_CHECKING:
    import networkx as nx

app = typer.Typer()


class GraphFormat(StrEnum):
    """How a graph is written."""

    GRAPHML = "graphml"
    GEXF = "gexf"
    CSV = "csv"


class Kind(StrEnum):
    """Which groups are in the net."""

    NETWORKS = "networks"
    ICT = "ict"
    ALL = "all"


_KINDS = {
    Kind.NETWORKS: ("network",),
    Kind.ICT: ("network", "ict_cooperation"),
    Kind.ALL: ("network", "ict_cooperation", "child_welfare"),
}


@app.command("graph", epilog="Example: digidistrikt networks graph --projected")
def graph(  # noqa: PLR0913, PLR0917 - each is one thing a person may say of a graph
    output_format: Annotated[
        GraphFormat, typer.Option("--format", "-f", help="graphml (R, Gephi), gexf or csv (edges).")
    ] = GraphFormat.CSV,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", callback=outside_home, help="Default: shown.")
    ] = None,
    kind: Annotated[
        Kind, typer.Option(help="Which groups: networks, with ICT co-operations, or all.")
    ] = Kind.ALL,
    on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="A day; default today's members.")
    ] = None,
    strong: Annotated[
        bool, typer.Option("--strong", help="Leave out memberships on weak evidence.")
    ] = False,
    projected: Annotated[
        bool, typer.Option("--projected", help="Municipalities only, tied by groups in common.")
    ] = False,
    home: Home = HOME,
    warehouse: ReadFrom = None,
) -> None:
    """Write the net of municipalities and the networks and co-operations they are in.

    Memberships known to have begun after the day, or ended before it, are left out.
    """
    from warehouse import net

    with open_warehouse(home, warehouse=warehouse) as con:
        day = f"{on:%Y-%m-%d}" if on else None
        ties = net.ties_on(con, day, _KINDS[kind], strong_only=strong)
        if not ties:
            raise InputError("there is no membership of this kind on that day.")
        made = _named(con, net.projection(ties) if projected else net.two_mode(ties))
    content = _written(made, output_format)
    if output:
        output.write_bytes(content)
        typer.echo(f"{output}: {len(made)} nodes, {made.number_of_edges()} ties.")
    else:
        sys.stdout.buffer.write(content)


def _named(con: duckdb.DuckDBPyConnection, net: "nx.Graph") -> "nx.Graph":
    """The graph with plain ids, and for each node its name, kind and county."""
    import networkx as nx

    places = {
        code: {"label": name, "kind": "municipality", "county": county}
        for code, name, county in con.execute(
            "select municipality_code, municipality_name, county_name from mart.municipality"
        ).fetchall()
    }
    groups = {
        group: {"label": name, "kind": kind}
        for group, name, kind in con.execute(
            "select distinct group_id, group_name, group_kind from mart.network_tie"
        ).fetchall()
    }
    named = nx.Graph()
    ids = {node: node if isinstance(node, str) else node[1] for node in net}
    for node in sorted(ids.values()):
        named.add_node(node, **(places.get(node) or groups[node]))
    for a, b, weight in sorted(
        (ids[a], ids[b], w) for a, b, w in net.edges(data="weight", default=1)
    ):
        named.add_edge(a, b, weight=weight)
    return named


def _written(net: "nx.Graph", kind: GraphFormat) -> bytes:
    import networkx as nx

    if kind is GraphFormat.CSV:
        text = StringIO()
        rows = csv.writer(text, lineterminator="\n")
        rows.writerow(["source", "source_name", "target", "target_name", "weight"])
        label = net.nodes(data="label")
        for a, b, weight in net.edges(data="weight"):
            rows.writerow([a, label[a], b, label[b], weight])
        return text.getvalue().encode()
    out = BytesIO()
    (nx.write_graphml if kind is GraphFormat.GRAPHML else nx.write_gexf)(net, out)
    return out.getvalue()
