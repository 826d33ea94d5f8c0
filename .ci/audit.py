"""Holds every locked package against the known vulnerabilities, by pip-audit's report of the locks.

One that is found fails, unless it is accepted with a reason in `.ci/accepted-advisories.toml`. So
does a service that answers and knows none of the packages: nothing was audited. Where no service
can be reached, a banner that says NOT AUDITED stands last. A package that the service does not
know is named. Words after it go to pip-audit: `-s osv` asks another service.
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
ACCEPTED = ROOT / ".ci" / "accepted-advisories.toml"
PATIENCE_SECONDS = 300


def main(*words: str) -> int:
    """Prints what was found; returns 1 if any of it is not accepted or nothing was audited, else 0.

    Returns 0 without a service too, below a banner, so that what has no network can be tested.
    """
    accepted = {entry["id"]: entry["reason"] for entry in _accepted()}
    report = ask(*words)
    if isinstance(report, str):
        print(not_audited(report))
        return 0
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


def judge(report: Mapping[str, Any], accepted: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """What fails, and what is only told, a sentence each. An advisory has several names."""
    faults, told, seen = [], [], set()
    packages = {(p["name"], p.get("version")): p for p in report["dependencies"]}.values()
    audited = [package for package in packages if "skip_reason" not in package]
    for package in audited:
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
    if packages and not audited:
        faults.append(not_audited("The service answered, and knows none of them"))
    told += [
        f"{name} is accepted and no longer found: take it out."
        for name in accepted
        if name not in seen and len(audited) == len(packages)
    ]
    told.append(
        f"{len(audited)} of {len(packages)} packages were held against the known vulnerabilities."
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
