"""The audit of dependencies: what fails it, what is only told. The advisories are made up."""

import runpy
from pathlib import Path
from typing import Any

import pytest

AUDIT = runpy.run_path(str(Path(__file__).parents[1] / ".ci" / "audit.py"))
ADVISORY = {"id": "PYSEC-0000-1", "aliases": ["CVE-0000-2"], "fix_versions": ["1.1"]}
WELL = {"name": "made-up-well", "version": "2.0", "vulns": []}
ILL = {"name": "made-up-ill", "version": "1.0", "vulns": [ADVISORY]}
NOT_ASKED = {"name": "made-up-unknown", "version": "3.0", "skip_reason": "not found"}


def judged(*packages: dict[str, Any], **accepted: str) -> tuple[str, str]:
    by_id = {name.replace("_", "-"): reason for name, reason in accepted.items()}
    faults, told = AUDIT["judge"]({"dependencies": list(packages)}, by_id)
    return "\n".join(faults), "\n".join(told)


def test_a_vulnerability_fails_with_its_names_and_the_version_that_mends_it() -> None:
    faults, told = judged(WELL, ILL)
    assert "made-up-ill 1.0: PYSEC-0000-1, CVE-0000-2. Mended in 1.1" in faults
    assert "made-up-well" not in faults + told


def test_one_that_is_accepted_under_any_of_its_names_is_told_with_the_reason() -> None:
    faults, told = judged(ILL, CVE_0000_2="nobody can reach it here")
    assert faults == ""
    assert "accepted, as nobody can reach it here" in told


def test_what_is_accepted_and_gone_is_told() -> None:
    assert "CVE-0000-2 is accepted and no longer found" in judged(WELL, CVE_0000_2="x")[1]


def test_a_package_that_could_not_be_asked_about_is_never_said_to_be_well() -> None:
    faults, told = judged(WELL, NOT_ASKED)
    assert faults == ""
    assert "1 of 2 packages were held against the known vulnerabilities" in told
    assert "did not answer for them: 1 packages (made-up-unknown)" in told


@pytest.mark.parametrize(("more", "code"), [((), 1), (("--without-service",), 0)])
def test_what_knows_no_package_at_all_has_audited_nothing(
    more: tuple[str, ...],
    code: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """As a mirror of packages answers that has no advisories."""
    report = {"dependencies": [NOT_ASKED]}
    monkeypatch.setitem(AUDIT["main"].__globals__, "ask", lambda *_words: report)
    assert AUDIT["main"](*more) == code
    assert_banner(capsys.readouterr().out)


@pytest.mark.parametrize(("more", "code"), [((), 1), (("--without-service",), 0)])
def test_a_service_that_can_not_be_reached_is_a_failure_unless_that_is_expected(
    more: tuple[str, ...], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without pip-audit, or without a network, there is no report."""
    assert AUDIT["main"]("-s", "osv", "--osv-url", "http://127.0.0.1:9/v1/query", *more) == code
    assert_banner(capsys.readouterr().out)


def test_what_is_found_fails_though_a_service_was_not_expected(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    report = {"dependencies": [ILL, NOT_ASKED]}
    monkeypatch.setitem(AUDIT["main"].__globals__, "ask", lambda *_words: report)
    assert AUDIT["main"]("--without-service") == 1


def assert_banner(printed: str) -> None:
    first, second, *_, last = printed.splitlines()
    assert first == last == "!" * 80
    assert second.startswith("NOT AUDITED: none of the ")
