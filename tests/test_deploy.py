"""What is shipped for unattended use names what there is."""

import ast
import configparser
import re
from pathlib import Path

import prefect.settings
import yaml
from prefect.client.schemas.objects import StateType

PROJECT = Path(__file__).parents[1]
DEPLOY = PROJECT / "deploy"
_FLOWS = {"refresh", "report", "publish"}


def test_every_end_of_a_run_is_known_to_the_automations() -> None:
    """One that is forgotten would be called crashed 90 seconds after it ended well."""
    source = ast.parse((PROJECT / "flows" / "outcome.py").read_text(encoding="utf-8"))
    [state] = [
        node
        for node in ast.walk(source)
        if isinstance(node, ast.FunctionDef) and node.name == "state"
    ]
    said = {
        part.value
        for node in ast.walk(state)
        if isinstance(node, ast.Return)
        for part in ast.walk(node)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    }
    assert said == {"Stale", "Unchanged", "Completed"}
    named = said - {"Completed"}
    prefect_s_own = {"Completed", "Failed", "Crashed", "Cancelled", "TimedOut"}
    assert {each.upper() for each in prefect_s_own} - {each.value for each in StateType} == {
        "TIMEDOUT"
    }
    automations = {each["name"]: each["trigger"] for each in _automations()}
    silent = set(automations["digidistrikt-silent-run"]["expect"])
    ends = {f"prefect.flow-run.{state}" for state in named | prefect_s_own}
    assert silent == ends | {"prefect.flow-run.heartbeat"}
    well = set(automations["digidistrikt-no-refresh"]["expect"])
    assert well == {f"prefect.flow-run.{state}" for state in named | {"Completed"}}
    for trigger in automations.values():
        flows = trigger["match_related"]["prefect.resource.name"]
        assert {flows} if isinstance(flows, str) else set(flows) <= _FLOWS


def _automations() -> list[dict[str, dict[str, dict[str, str]]]]:
    text = (PROJECT / "automations.yaml").read_text(encoding="utf-8")
    found: list[dict[str, dict[str, dict[str, str]]]] = yaml.safe_load(text)["automations"]
    return found


def test_the_units_start_programs_of_the_environment_with_variables_that_are_read() -> None:
    units = sorted((DEPLOY / "systemd").glob("*.service"))
    assert len(units) == 2
    variables = (DEPLOY / "digidistrikt.env").read_text(encoding="utf-8")
    names = set(re.findall(r"^#?([A-Z_]+)=", variables, flags=re.MULTILINE))
    unknown = {name for name in names if not hasattr(prefect.settings, name)}
    assert unknown == {"DIGIDISTRIKT_HOME", "DO_NOT_TRACK"}
    for unit in units:
        read = configparser.ConfigParser(interpolation=None)
        read.read(unit, encoding="utf-8")
        assert read["Service"]["EnvironmentFile"] == "/etc/digidistrikt.env"
        assert read["Service"]["ExecStart"].startswith("/srv/digidistrikt/.venv/bin/prefect ")


def test_the_compose_file_mounts_the_home_for_writing_in_the_worker_alone() -> None:
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    mounts = {name: each.get("volumes", []) for name, each in compose["services"].items()}
    assert mounts["worker"] == ["data:/data"]
    assert mounts["reports"] == ["data:/data:ro"]
    assert mounts["site"] == ["data:/data:ro"]
    assert mounts["server"] == []
    published = [port for each in compose["services"].values() for port in each.get("ports", [])]
    assert all(port.startswith("127.0.0.1:") for port in published)
