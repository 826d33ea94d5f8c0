"""The published folder as a Prefect flow: after each new vintage; an artifact says what changed."""

from pathlib import Path

from prefect import flow, get_run_logger
from prefect.artifacts import create_markdown_artifact

from common.errors import DigidistriktError
from flows import artifact, configuration, provenance
from publication import bundle, publish
from publication.site.query import Engine


@flow(name="publish", flow_run_name="publish the newest vintage")
def publish_folder(
    out: str | None = None,
    url: str = "",
    publisher: str = "",
    contact: str = "",
    duckdb_wasm: str | None = None,
    home: str | None = None,
) -> str:
    """Writes the site and bundle of the newest vintage; returns its folder.

    Left out, `out` is the folder `site` in the home. `duckdb_wasm` is the folder of the npm
    package, for SQL in the page. Raises ReportError or WarehouseError, and says why in the
    artifact.
    """
    settings = configuration.settings(home)
    folder = Path(out) if out else settings.home / "site"
    try:
        engine = Engine.found_in(Path(duckdb_wasm)) if duckdb_wasm else None
        with settings.place.opened() as con:
            imprint = bundle.Imprint(url, publisher, contact)
            code = provenance.of_publications(con)
            written = publish.write(con, folder, imprint, code, engine)
            changed = artifact.changes(con)
    except DigidistriktError as error:
        create_markdown_artifact(f"# Not published\n\n{error}\n", key="publish")
        raise
    lines = [
        f"# Published {written.vintage}",
        "",
        f"`{folder.resolve()}`, {written.files} files.",
        "",
    ]
    lines += [f"- {line}" for line in changed]
    create_markdown_artifact("\n".join(lines) + "\n", key="publish")
    get_run_logger().info("written %s", folder)
    return str(folder.resolve())
