"""A district definition that a researcher declares, as docs/districts.md shows, named in a rule."""

import json
import shutil
from pathlib import Path

import duckdb
import pytest
import yaml

from common.errors import SelectionError
from common.text import Language
from flows import engine
from flows.settings import Settings
from selection import candidates, rulefile
from selection.rulefile import RuleFile
from tests.command import digidistrikt
from tests.reports.pages import parsed
from warehouse import publish

EXAMPLE = Path(__file__).parents[2] / "selections" / "three-networks.yaml"
# An index with a cut. The population of 2015 is not comparable in the municipalities that were
# divided in 2020 or joined with a part of one, so that for those nobody can say.
DECLARED = """
theme: districts
district_definitions:
  - id: few_people
    title: {nb: "Under 5 000 innbyggere i 2015", en: "Below 5,000 inhabitants in 2015"}
    index: population
    period: "2015"
    below: 5000
    source_url: https://www.ssb.no/statbank/table/07459
    note: "The cut is made up for this test."
"""
SENTENCES = {
    Language.NB: "distriktskommuner etter definisjonen «Under 5 000 innbyggere i 2015»",
    Language.EN: "district municipalities by the definition “Below 5,000 inhabitants in 2015”",
}
UNJUDGED = {
    Language.NB: "{} kommuner kunne ikke vurderes fordi tall mangler",
    Language.EN: "{} could not be assessed because figures are missing",
}


@pytest.fixture(scope="module")
def home(small_home: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The home of a researcher who has declared the definition."""
    settings = Settings(home=tmp_path_factory.mktemp("declared") / "home", upstream="recorded")
    shutil.copytree(small_home.home, settings.home)
    settings.catalogue.mkdir(exist_ok=True)
    (settings.catalogue / "few_people.yaml").write_text(DECLARED, encoding="utf-8")
    engine.run(settings)
    return settings


@pytest.fixture(scope="module")
def verdicts(home: Settings) -> dict[str, bool | None]:
    """Municipality code -> in, out or not known, as the warehouse has it."""
    with publish.reading(home.warehouse) as con:
        rows = con.execute(
            "select municipality_code, meets_definition from mart.district_definition"
            " where definition_id = 'few_people'"
        ).fetchall()
    found = dict(rows)
    assert {*found.values()} == {True, False, None}
    return found


@pytest.fixture(scope="module")
def rule(tmp_path_factory: pytest.TempPathFactory) -> RuleFile:
    """The example, of the declared definition and of figures that the small catalogue has."""
    said = yaml.safe_load(EXAMPLE.read_text("utf-8"))
    said["universe"] = {"district_definition": "few_people"}
    said["indicators"] = [
        {"id": "nurses_fte_per_1000", "role": "outcome"},
        {"id": "population", "role": "cause", "transform": "log"},
    ]
    said["cases"] = {"per_network": 1}
    said["method"] = {"name": "diverse", "clusters": 2}
    said["missing"] = "exclude"
    said["sensitivity"] = {
        "draws": 10, "leave_one_out": False, "district_definitions": ["few_people"],
    }  # fmt: skip
    path = tmp_path_factory.mktemp("rule") / "declared.yaml"
    path.write_text(yaml.safe_dump(said, allow_unicode=True, sort_keys=False), "utf-8")
    return rulefile.load(path)


@pytest.mark.parametrize("language", list(Language))
def test_check_names_it_by_its_title_and_counts_those_it_can_not_judge(
    language: Language, home: Settings, rule: RuleFile, verdicts: dict[str, bool | None]
) -> None:
    done = digidistrikt("select", "check", rule.path, "--language", language, home=home.home)
    assert done.returncode == 0, done.stderr
    said = " ".join(done.stdout.split())
    inside, unknown = [[*verdicts.values()].count(verdict) for verdict in (True, None)]
    unjudged = UNJUDGED[language].format(unknown)
    left = {Language.NB: f"er med: {inside} igjen", Language.EN: f"are kept: {inside} remain"}
    expected = f"{SENTENCES[language]} ({unjudged}) {left[language]}."
    assert expected in said
    assert "few_people" not in said


@pytest.mark.thorough
@pytest.mark.usefixtures("no_browser")
@pytest.mark.parametrize("language", list(Language))
def test_the_report_chooses_by_it_and_says_why_the_others_are_not_in(
    language: Language,
    home: Settings,
    rule: RuleFile,
    verdicts: dict[str, bool | None],
    tmp_path: Path,
) -> None:
    out = tmp_path / "out"
    done = digidistrikt("report", rule.path, "--out", out, "--language", language, home=home.home)
    assert done.returncode == 0, done.stderr
    said = json.loads((out / "selection.json").read_text("utf-8"))
    reasons = {row["municipality_code"]: row["reason"] for row in said["universe"]["excluded"]}
    title = "Below 5,000 inhabitants in 2015"
    for code, verdict in verdicts.items():
        if verdict is None:
            assert (
                reasons[code] == f"a figure that the district definition '{title}' needs is missing"
            )
        elif not verdict:
            assert reasons[code] == f"not in the district definition '{title}'"
        else:
            assert "district definition" not in reasons.get(code, "")
    chosen = {row["municipality_code"] for row in said["chosen"]}
    assert chosen
    assert all(verdicts[code] for code in chosen)
    page = parsed((out / "report.html").read_text("utf-8"))
    for section in ("rule", "universe"):
        [text] = [node.text for node in page.all("section", id=section)]
        assert SENTENCES[language][1:] in text
    assert "few_people" not in page.text


def test_a_definition_misspelt_is_refused_with_the_one_that_was_meant(
    home: Settings, rule: RuleFile, tmp_path: Path
) -> None:
    said = yaml.safe_load(rule.path.read_text("utf-8"))
    said["universe"]["district_definition"] = "few_peple"
    path = tmp_path / "misspelt.yaml"
    path.write_text(yaml.safe_dump(said, allow_unicode=True), "utf-8")
    for language, meant in ((Language.NB, "Mente du"), (Language.EN, "Did you mean")):
        done = digidistrikt("select", "check", path, "--language", language, home=home.home)
        assert done.returncode == 5
        assert f"{meant} few_people?" in " ".join(done.stderr.split())


@pytest.mark.parametrize("name", ["centrality_class", "every_municipality"])
def test_a_definition_named_as_something_else_does_not_take_its_place(
    name: str, home: Settings, rule: RuleFile, tmp_path: Path
) -> None:
    copy = tmp_path / home.warehouse.name
    shutil.copy(home.warehouse, copy)
    with duckdb.connect(str(copy)) as con:
        con.execute(
            "update mart.district_definition set definition_id = ?"
            " where definition_id = 'few_people'",
            [name],
        )
        with pytest.raises(SelectionError, match=f"district definition '{name}'.*another name"):
            candidates.read(con, rule.rule)
