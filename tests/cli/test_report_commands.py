"""select, report and reproduce as a person types them: on a real warehouse."""

import json
import shutil
from functools import cache
from pathlib import Path

import pytest
import yaml

from flows.settings import Settings
from selection import conditions
from tests.command import digidistrikt

EXAMPLE = Path(__file__).parents[2] / "selections" / "three-networks.yaml"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The example, turned only a little so that it takes seconds."""
    said = yaml.safe_load(EXAMPLE.read_text("utf-8"))
    said["sensitivity"] = {"draws": 10, "leave_one_out": False}
    path = tmp_path / "my-rule.yaml"
    path.write_text(yaml.safe_dump(said, allow_unicode=True, sort_keys=False), "utf-8")
    return path


def test_check_says_in_words_what_the_rule_will_do(file: Path, built: Settings) -> None:
    done = digidistrikt("select", "check", file, "--language", "en", home=built.home)
    assert done.returncode == 0, done.stderr
    assert "The starting point is the 357 municipalities" in done.stdout
    assert "Frozen in advance? No." in done.stdout
    assert "Sømna" not in done.stdout  # who is chosen is not told beforehand
    bokmaal = digidistrikt("select", "check", file, home=built.home)
    assert "Utgangspunktet er de 357 kommunene i dagens inndeling" in bokmaal.stdout


def test_a_bad_rule_is_a_sentence_each_before_any_work(
    file: Path, built: Settings, tmp_path: Path
) -> None:
    said = yaml.safe_load(file.read_text("utf-8"))
    said["indicators"][0]["id"] = "acessibility_breaches"
    said["networks"]["given"] = ["diginordlan"]
    file.write_text(yaml.safe_dump(said, allow_unicode=True), "utf-8")
    out = tmp_path / "out"
    for words, asked in (
        (("select", "check", file), "Mente du"),
        (("select", "check", file, "--language", "en"), "Did you mean"),
        (("report", file, "--out", out), "Did you mean"),
    ):
        done = digidistrikt(*words, home=built.home)
        assert done.returncode == 5
        assert f"{asked} accessibility_breaches" in done.stderr
        assert f"{asked} diginordland" in done.stderr
        assert "Traceback" not in done.stderr
    assert not out.exists()


@pytest.mark.parametrize(
    ("where", "refusal"),
    [
        ("1=1) or (1=1", 'is not SQL on the columns of a candidate: syntax error at or near ")"'),
        ("random() > 0.5", "calls random, which is not the same each time"),
        ("now() is not null", "calls now, which is not the same each time"),
        ("len(repeat('x', 2000000000)) > 0", "calls repeat, which makes values of any length"),
        ("len(range(2000000000)) > 0", "calls range, which makes values of any length"),
        ("(select count(distinct range) from range(200000000)) > 0", "needs more than 32MiB of"),
        ("(select sum(a.range * b.range) from range(1000000) a, range(1000000) b) > 0",
         "took more than 0.5 s"),
    ],
)  # fmt: skip
def test_a_condition_that_is_unsteady_or_without_bounds_is_refused_in_a_sentence(
    file: Path,
    built: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    where: str,
    refusal: str,
) -> None:
    """Bounds are set low, so that they are met soon."""
    monkeypatch.setattr(conditions, "SECONDS", 0.5)
    monkeypatch.setattr(conditions, "MEMORY", "32MiB")
    monkeypatch.setattr(conditions, "_sandbox", cache(conditions._sandbox.__wrapped__))
    said = yaml.safe_load(file.read_text("utf-8"))
    said["universe"]["exclude"] = [{"where": where, "because": "made up for this test"}]
    file.write_text(yaml.safe_dump(said, allow_unicode=True), "utf-8")
    out = tmp_path / "out"
    for words in (("select", "check", file, "--language", "en"), ("report", file, "--out", out)):
        done = digidistrikt(*words, home=built.home)
        assert (done.returncode, done.stdout) == (5, "")
        assert "my-rule.yaml, line " in done.stderr
        assert refusal in " ".join(done.stderr.split())
        assert "Traceback" not in done.stderr
    assert not out.exists()


@pytest.mark.parametrize("name", ["", "reports/mine"])
def test_no_report_is_written_into_the_home(file: Path, built: Settings, name: str) -> None:
    done = digidistrikt("report", file, "--out", built.home / name, home=built.home)
    assert (done.returncode, done.stdout) == (5, "")
    assert f"--out {built.home / name} lies in the home of the warehouse".rstrip("/") in done.stderr
    assert not (built.home / "reports").exists()


def test_no_recordings_are_written_into_the_home(built: Settings) -> None:
    before = sorted(built.home.rglob("*"))
    done = digidistrikt("record", "--into", built.home / "replies", home=built.home)
    assert (done.returncode, done.stdout) == (5, "")
    assert f"--into {built.home / 'replies'} lies in the home of the warehouse" in done.stderr
    assert sorted(built.home.rglob("*")) == before


@pytest.mark.thorough
def test_a_rule_is_frozen_reported_and_reproduced_from_no_more_than_its_folder(
    file: Path, built: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without any browser there is no PDF, which is said, and the rest is there."""
    monkeypatch.setenv("PATH", str(tmp_path))
    frozen = digidistrikt("select", "freeze", file, home=built.home)
    assert frozen.returncode == 0, frozen.stderr
    assert digidistrikt("select", "freeze", file, home=built.home).returncode == 5

    out = tmp_path / "out"
    done = digidistrikt("report", file, "--out", out, "--language", "en", home=built.home)
    assert done.returncode == 0, done.stderr
    assert "6 cases" in done.stdout
    assert "choosing" in done.stderr
    assert "No PDF" in done.stdout
    page = (out / "report.html").read_text("utf-8")
    assert '<html lang="en">' in page
    assert "and it has not been changed since" in page

    shutil.rmtree(out / "figures")
    again = digidistrikt("reproduce", out, home=built.home)
    assert again.returncode == 0, again.stderr
    assert "byte for byte" in again.stdout

    said = json.loads((out / "selection.json").read_text("utf-8"))
    (out / "selection.json").write_text(json.dumps(said | {"vintage": "another"}), "utf-8")
    other = digidistrikt("reproduce", out, home=built.home)
    assert other.returncode == 5
    assert "was made from vintage another" in other.stderr
    assert "there is no run 'another'" in other.stderr
