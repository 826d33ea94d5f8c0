"""`networks`: networks and their members, and a membership file checked."""

from pathlib import Path
from typing import Annotated

import typer

from cli.connect import open_warehouse
from cli.options import HOME, FormatOption, Home
from cli.output import write_cursor
from common.errors import InputError

app = typer.Typer(
    invoke_without_command=True, help="Networks and their members. Example: digidistrikt networks"
)


@app.callback(epilog="Example: digidistrikt networks")
def networks(context: typer.Context, home: Home = HOME, output_format: FormatOption = None) -> None:
    """Networks with the number of members by what the evidence is."""
    if context.invoked_subcommand:
        return
    with open_warehouse(home) as con:
        cursor = con.execute(
            """
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
        )
        write_cursor(cursor, output_format)


@app.command("check", epilog="Example: digidistrikt networks check members.csv")
def check(
    file: Annotated[Path, typer.Argument(help="A CSV of memberships.")], home: Home = HOME
) -> None:
    """Say of each row of a file what is wrong with it. Exit code 5 if any is."""
    from sources.networks import check_membership_file

    with open_warehouse(home) as con:
        today = con.execute(
            "select municipality_code, municipality_name, county_name from mart.municipality"
        ).fetchall()
        former = con.execute(
            "select code, arg_max(name, valid_from) from core.municipality_version"
            " where code not in (select municipality_code from mart.municipality) group by code"
        ).fetchall()
        known = [row[0] for row in con.execute("select network_id from mart.network").fetchall()]
    problems = check_membership_file(
        file,
        {code: name for code, name, _ in today},
        known,
        counties={code: county for code, _, county in today},
        former=dict(former),
    )
    for problem in problems:
        typer.echo(str(problem))
    if problems:
        raise typer.Exit(InputError.exit_code)
    typer.echo(f"{file}: every row can be used.")
