"""`lake`: makes the lake that a refresh can publish to."""

from typing import Annotated

import typer

app = typer.Typer(
    no_args_is_help=True,
    help="A lake: tables in Parquet on a store. Example:"
    " digidistrikt lake create digidistrikt --data s3://figures/lake",
)


@app.callback()
def lake() -> None:
    """A lake: tables in Parquet on a store, and their catalogue in a PostgreSQL."""


@app.command(
    "create", epilog="Example: digidistrikt lake create digidistrikt --data s3://figures/lake"
)
def create(
    service: Annotated[str, typer.Argument(help="A service of libpq (pg_service.conf).")],
    data: Annotated[
        str, typer.Option(help="Where its files lie: a folder, or s3://BUCKET/FOLDER.")
    ],
) -> None:
    """Make an empty lake, once; targets and --warehouse then name it lake:SERVICE."""
    from warehouse import lake

    lake.create(lake.service_of(f"lake:{service}"), data)
    typer.echo(
        f'lake:{service} is made. Set targets = ["lake:{service}"] in digidistrikt.toml, and the'
        " next refresh publishes to it."
    )
