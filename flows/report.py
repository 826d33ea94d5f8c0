"""The report as a Prefect flow: after each new vintage, with its gist as an artifact."""

from pathlib import Path

from prefect import flow, get_run_logger
from prefect.artifacts import create_markdown_artifact

import reports
from common.errors import DigidistriktError
from common.text import Language
from flows import artifact, configuration, provenance


@flow(name="report", flow_run_name="report of {file}")
def write_report(
    file: str = "selections/three-networks.yaml",
    out: str | None = None,
    language: Language = Language.NB,
    home: str | None = None,
    report_url: str | None = None,
) -> str:
    """Chooses cases by a rule and writes the report; returns where its page is.

    Left out, `out` is the folder of the rule's name under `reports` in the home. `report_url` is
    the address under which that folder is served, if it is; the artifact then links to the page.
    Raises InputError without the libraries of reports, ReportError or WarehouseError, and says why
    in the artifact.
    """
    settings = configuration.settings(home)
    folder = Path(out) if out else settings.home / "reports" / Path(file).stem
    try:
        with reports.libraries():
            from reports import report  # noqa: PLC0415 - its libraries are an extra
            from selection import rulefile  # noqa: PLC0415
        with settings.place.opened() as con:
            written = report.write(
                con,
                rulefile.load(Path(file)),
                folder,
                language,
                provenance.of_reports(con),
            )
            changed = artifact.changes(con)
    except DigidistriktError as error:
        create_markdown_artifact(f"# No report\n\n{error}\n", key="report")
        raise
    path = (folder / report.PAGE).resolve()
    address = f"{report_url.rstrip('/')}/{report.PAGE}" if report_url else ""
    page = f"[{address}]({address})" if address else f"`{path}`"
    create_markdown_artifact(
        artifact.of_report(folder, page, changed, written.no_pdf), key="report"
    )
    get_run_logger().info("written %s", folder)
    return address or str(path)
