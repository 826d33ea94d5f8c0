"""A report is whole or not there, whatever the texts in it hold."""

from pathlib import Path

import duckdb
import pytest

from common.text import Language
from reports import findings, report
from tests.selection.conftest import RuleWith

MADE_BY = ("0.0.0", "made up")


@pytest.mark.thorough
def test_a_control_sign_in_a_label_ends_no_report_and_a_fault_leaves_none(
    real: duckdb.DuckDBPyConnection, rule_with: RuleWith, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    title = {"nb": "Klokke\x07", "en": "Bell\x07"}
    override = {"network": "diginordland", "municipality": "1841", "decision": "take",
                "because": "The interviews\x0b were made here."}  # fmt: skip
    file = rule_with(title=title, overrides=[override], sensitivity={"draws": 0, "vintages": 0})
    found = findings.find(real, file)
    out = tmp_path / "out"

    def no_disk(*_: object) -> str:
        raise OSError("no space left")

    with monkeypatch.context() as patch:
        patch.setattr(report, "print_pdf", no_disk)
        with pytest.raises(OSError, match="no space left"):
            report.write_files(found, out, Language.EN, MADE_BY)
    assert not out.exists()
    assert not list(tmp_path.glob(".out*"))
    report.write_files(found, out, Language.EN, MADE_BY)
    assert "\x07" not in (out / "report.html").read_text("utf-8")
    assert "Bell" in (out / "report.html").read_text("utf-8")
