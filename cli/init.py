"""`init`: a folder of one's own with all that unattended use and a report need."""

import re
from pathlib import Path
from typing import Annotated

import typer

from common import shipped
from common.errors import InputError
from flows.configuration import SETTINGS
from flows.settings import CONFIGURATION

app = typer.Typer()
_SHIPPED = (
    "prefect.yaml", "automations.yaml", "selections/three-networks.yaml", "r/digidistrikt.R"
)  # fmt: skip
# Prefect finds a flow by the file of the repository, or in what is installed by its module.
_BY_FILE, _BY_MODULE = re.compile(r"\bflows/(\w+)\.py:"), r"flows.\1."


@app.command(epilog="Example: digidistrikt init my-study")
def init(
    folder: Annotated[Path, typer.Argument(help="The folder; made if it is not there.")] = Path(),
) -> None:
    """Make a project: settings, deployments for Prefect, an example of a rule, functions for R.

    The folder then is a project: its warehouse is in `data`. Nothing that is there is overwritten.
    """
    contents = {Path(name): shipped.text(name) for name in _SHIPPED}
    deployments = contents[Path("prefect.yaml")]
    contents[Path("prefect.yaml")] = _BY_FILE.sub(_BY_MODULE, deployments)
    contents[Path(CONFIGURATION)] = _settings()
    if there := [str(path) for path in contents if (folder / path).exists()]:
        raise InputError(f"{folder}: {', '.join(there)} is there already; choose another folder.")
    for path, content in contents.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content, encoding="utf-8", newline="\n")
    typer.echo(f"{folder}: {', '.join(map(str, contents))}. Run 'digidistrikt refresh' in it next.")


def _settings() -> str:
    """Each setting on a line of comment, as it holds without it."""
    lines = ["# Take away the # of what is to hold here; see 'digidistrikt config'."]
    for each in SETTINGS:
        default = each.default or ("data" if each.key == "home" else "")
        value = default if default.isdecimal() else f'"{default}"'
        lines.append(f"# {each.key} = {value}  # {each.meaning}")
    return "\n".join(lines) + "\n"
