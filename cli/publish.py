"""`publish` and `site`: a folder to hand on, and a look at it."""

from pathlib import Path
from typing import Annotated

import typer

from cli.options import HOME, Home, ReadFrom, outside_home
from digidistrikt.opening import open_warehouse

app = typer.Typer()
PUBLISHED = Path("site")


@app.command(epilog="Example: digidistrikt publish --out site")
def publish(  # noqa: PLR0913, PLR0917 - each is one thing a person may say
    out: Annotated[
        Path, typer.Option("--out", callback=outside_home, help="Folder to write; replaced.")
    ],
    url: Annotated[str, typer.Option(help="Address under which the folder will be served.")] = "",
    publisher: Annotated[str, typer.Option(help="Who publishes it.")] = "",
    contact: Annotated[str, typer.Option(help="A web address, or mailto:.")] = "",
    duckdb_wasm: Annotated[
        Path | None,
        typer.Option(help="Folder of the npm package @duckdb/duckdb-wasm: SQL in the page."),
    ] = None,
    home: Home = HOME,
    warehouse: ReadFrom = None,
) -> None:
    """Write the newest vintage as a site: pages, search, Parquet, CSV, workbooks, licences."""
    from cli.progress import progress
    from flows import provenance
    from publication import bundle
    from publication import publish as publication
    from publication.site.query import Engine

    engine = Engine.found_in(duckdb_wasm) if duckdb_wasm else None
    imprint = bundle.Imprint(url, publisher, contact)
    with progress(), open_warehouse(home, warehouse=warehouse) as con:
        code = provenance.of_publications(con)
        written = publication.write(con, out, imprint, code, engine)
    typer.echo(
        f"{written.folder}: {written.files} files, {written.size / 1_000_000:.1f} MB, vintage"
        f" {written.vintage}."
    )
    if written.unconfirmed:
        typer.echo(
            f"The licence of {len(written.unconfirmed)} sources is not confirmed (LICENCES.md): ask"
            " their publishers before you put the folder on the web."
        )


@app.command(epilog="Example: digidistrikt site site")
def site(
    folder: Annotated[Path, typer.Argument(help="A folder that publish wrote.")] = PUBLISHED,
    port: Annotated[int, typer.Option(help="Default: one that is free.")] = 0,
    open_it: Annotated[bool, typer.Option("--open/--no-open", help="Open it in a browser.")] = True,
) -> None:
    """Serve a published folder on this machine alone, until Ctrl-C, and open it in a browser."""
    import webbrowser

    from cli.serving import served

    with served(folder, port) as server:
        address = f"http://127.0.0.1:{server.server_port}/"
        typer.echo(f"{folder}: {address} (Ctrl-C ends it)")
        if open_it:
            webbrowser.open(address)
        server.serve_forever()
