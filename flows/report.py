"""The report as a Prefect flow: after each refresh, with a link to it as an artifact."""

from pathlib import Path

from prefect import flow, get_run_logger
from prefect.artifacts import create_link_artifact, create_markdown_artifact

from common.errors import ReportError, WarehouseError
from common.text import Language
from flows import provenance
from flows.settings import Settings
from reports import report
from selection import rulefile
from warehouse import publish


@flow(name="report", flow_run_name="report of {file}")
def write_report(
    file: str = "selections/three-networks.yaml",
    out: str | None = None,
    language: Language = Language.NB,
    home: str | None = None,
) -> str:
    """Chooses cases by a rule and writes the report; returns the address of its page.

    Left out, `out` is the folder of the rule's name under `reports` in the home. Raises ReportError
    or WarehouseError, and says why in the artifact.
    """
    settings = Settings(home=Path(home)) if home else Settings()
    folder = Path(out) if out else settings.home / "reports" / Path(file).stem
    try:
        with publish.reading(settings.warehouse) as con:
            written = report.write(
                con,
                rulefile.load(Path(file)),
                folder,
                language,
                provenance.of_reports(settings.catalogue),
            )
    except (ReportError, WarehouseError) as error:
        create_markdown_artifact(f"# No report\n\n{error}\n", key="report")
        raise
    address = (folder / report.PAGE).resolve().as_uri()
    description = f"{len(written.cases)} cases, vintage {written.vintage}. {written.no_pdf}"
    create_link_artifact(address, link_text=str(folder), key="report", description=description)
    get_run_logger().info("written %s", folder)
    return address
