"""Holds every locked package against the known vulnerabilities, by pip-audit's report of the locks.

One that is found fails, unless it is accepted with a reason in `.ci/accepted-advisories.toml`. An
audit of nothing fails too, below a banner that says NOT AUDITED: no service can be reached, or what
answers knows none of the packages, as a mirror without advisories does. With `--without-service`
that is told and no failure: tests must pass without a network. A package that the service does not
know is named. Other words go to pip-audit: `-s osv` asks another service.
"""

import json
import subprocess
import sys
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-audit.lock")
WITHOUT_SERVICE = "--without-service"
ACCEPTED = ROOT / ".ci" / "accepted-advisories.toml"
PATIENCE_SECONDS = 300


def main(*words: str) -> int:
    """Prints what was found; returns 1 if any of it is not accepted or nothing was audited, else 0.

    With WITHOUT_SERVICE among the words, it returns 0 where nothing was audited, below the banner.
    """
    accepted = {entry["id"]: entry["reason"] for entry in _accepted()}
    report = ask(*(word for word in words if word != WITHOUT_SERVICE))
    if not isinstance(report, str) and not audited(report):
        report = "What answered knows none of the packages"
    if isinstance(report, str):
        print(not_audited(report))
        return 0 if WITHOUT_SERVICE in words else 1
    faults, told = judge(report, accepted)
    print("\n".join([*told, *faults]))
    return 1 if faults else 0


def not_audited(why: str) -> str:
    """A banner that nobody takes for a result."""
    rule = "!" * 80
    return (
        f"{rule}\nNOT AUDITED: none of the {_locked()} locked packages was held against the known"
        f" vulnerabilities.\n{why}. Run make audit where the service can be reached.\n{rule}"
    )


def ask(*more: str) -> dict[str, Any] | str:
    """pip-audit's report, or why there is none."""
    words = [
        *more,
        "--disable-pip",
        "--require-hashes",
        "--progress-spinner",
        "off",
        "--format",
        "json",
    ]
    locks = [word for lock in LOCKS for word in ("-r", str(ROOT / lock))]
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pip_audit", *words, *locks],
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"no answer within {PATIENCE_SECONDS} seconds"
    try:
        report: dict[str, Any] = json.loads(done.stdout)
    except json.JSONDecodeError:
        return (done.stderr.strip().splitlines() or ["pip-audit said nothing"])[-1].rstrip(".")
    return report


def audited(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The packages that the service knows."""
    packages = {(p["name"], p.get("version")): p for p in report["dependencies"]}.values()
    return [package for package in packages if "skip_reason" not in package]


def judge(report: Mapping[str, Any], accepted: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """What fails, and what is only told, a sentence each. An advisory has several names."""
    faults, told, seen = [], [], set()
    packages = {(p["name"], p.get("version")): p for p in report["dependencies"]}.values()
    known_to_service = audited(report)
    for package in known_to_service:
        for advisory in package["vulns"]:
            names = [advisory["id"], *advisory.get("aliases", ())]
            which = f"{package['name']} {package['version']}: {', '.join(names)}"
            known = [name for name in names if name in accepted]
            seen.update(known)
            if known:
                told.append(f"{which}: accepted, as {accepted[known[0]]}.")
                continue
            mended = ", ".join(advisory.get("fix_versions", ())) or "no version yet"
            faults.append(
                f"{which}. Mended in {mended}: make lock, or accept it with a reason in"
                f" {ACCEPTED.relative_to(ROOT)}."
            )
    told += [
        f"{name} is accepted and no longer found: take it out."
        for name in accepted
        if name not in seen and len(known_to_service) == len(packages)
    ]
    told.append(
        f"{len(known_to_service)} of {len(packages)} packages were held against the known"
        " vulnerabilities."
    )
    if unknown := sorted(p["name"] for p in packages if "skip_reason" in p):
        shown = ", ".join(unknown[:5]) + (", ..." if len(unknown) > 5 else "")
        told.append(
            f"Not audited, as the service of advisories did not answer for them: {len(unknown)}"
            f" packages ({shown})."
        )
    return faults, told


def _accepted() -> Sequence[Mapping[str, str]]:
    entries: list[dict[str, str]] = tomllib.loads(ACCEPTED.read_text(encoding="utf-8"))["accepted"]
    return entries


def _locked() -> int:
    lines = [line for lock in LOCKS for line in (ROOT / lock).read_text("utf-8").splitlines()]
    return len({line.split()[0] for line in lines if "==" in line.split("#")[0]})


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
