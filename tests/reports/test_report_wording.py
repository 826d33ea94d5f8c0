"""Every sentence with the smallest and the largest numbers it can hold: no form that is wrong."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from common.text import Language
from reports import data, findings
from reports.findings import Findings
from reports.page.html import page
from reports.page.numbers import Numbers
from reports.page.wording import Wording, sentences
from selection.frozen import Freeze
from tests.reports.pages import OUTCOME, Node, page_of, parsed, table
from tests.selection.conftest import write_rule

FEW = {"draws": 0, "leave_one_out": False}
ONE_MEMBER = {"nb": "Ett kjent medlem er nok.", "en": "One known member will do."}
FAR_APART = {"nb": "De ligger i hver sin landsdel.", "en": "They lie far apart."}
ONE_OF_EVERYTHING: dict[str, Any] = {
    "networks": {"given": ["digitrofi"], "because": ONE_MEMBER},
    "method": {"name": "random"}, "goal": "describe", "cases": {"per_network": 1},
    "sensitivity": FEW, "missing": "exclude",
}  # fmt: skip
TWO_NETWORKS: dict[str, Any] = {
    "networks": {"given": ["diginordland", "digiagder"], "because": FAR_APART},
    "method": {"name": "typical"}, "goal": "find_mechanisms", "cases": {"per_network": 1},
    "sensitivity": {"draws": 20, "bases": [["named_in_source"]], "scalings": ["rank"]},
}  # fmt: skip
RULES = {"one": ONE_OF_EVERYTHING, "two": TWO_NETWORKS}

WRONG = {
    "nb": (
        r"\b1 (medlemmer|kommuner|kandidater|kjøringer|nettverkene|tall bygger|punkter|år gamle)\b",
        r"\b(the|of|and|are|with|from|not|which|was|missing|rank)\b",
        r"frøet|omgang|i huset|der en nettleser|midten\b", r"enn 100 % av kommunene",
    ),
    "en": (
        r"\b1 (members|municipalities|candidates|cases|runs|networks|figures|entries|years)\b",
        r"\b(ikke|kommunene|medlemmer|valgte|gjennomsnitt)\b",
        r"\b(is|was) chosen\b|turned|beforehand", r"than 100% of municipalities",
    ),
    "both": (
        r"\b\d{4}-\d\d(-\d\d)?\b", r"\bconst\b", r"[{}]", r"\bNone\b|\bnan\b", r"−?0[.,]0000",
        r"\b[a-z]+_[a-z_]+\b", r"\.\.(?!\.)", r" ,", r"\b0 (av|of) 0\b",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def at_edges(real: duckdb.DuckDBPyConnection, tmp_path_factory: Any) -> dict[str, Findings]:
    folder = tmp_path_factory.mktemp("edges")
    return {
        name: findings.find(real, write_rule(folder / f"{place}.yaml", changes))
        for place, (name, changes) in enumerate(RULES.items())
    }


def prose(html: Node) -> Iterator[str]:
    """What a page says, but for addresses, commands, checksums and ids of tables."""
    skipped = {"style", "script", "a", "code", "pre"}
    for section in html.all("section"):
        if section.attributes["id"] != "appendix":
            yield from _texts(section, skipped)


def _texts(node: Node, skipped: set[str]) -> Iterator[str]:
    for child in node.children:
        if isinstance(child, str):
            yield child
        elif child.tag not in skipped and child.attributes.get("lang") is None:
            yield from _texts(child, skipped)


def wrong_forms(html: Node, language: Language) -> list[str]:
    """What is wrong with a page: the form, and the text it stands in."""
    forms = (*WRONG[language], *WRONG["both"])
    return [
        f"{form}: {' '.join(text.split())[:200]}"
        for text in prose(html)
        for form in forms
        if re.search(form, text)
    ]


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("name", list(RULES))
def test_no_sentence_of_a_report_is_wrong_at_the_edges(
    at_edges: dict[str, Findings], name: str, language: Language
) -> None:
    html = parsed(page_of(at_edges[name], language))
    assert len(list(prose(html))) > 300
    assert wrong_forms(html, language) == []


def test_the_sentences_of_one_network_with_one_member_are_in_the_singular(
    at_edges: dict[str, Findings],
) -> None:
    said = parsed(page_of(at_edges["one"], Language.NB)).text
    for sentence in (
        "Én kommune i ett nettverk er valgt med metoden «tilfeldig trekning» blant én kandidat",
        "DigiTroFi har ett medlem som en kilde navngir",
        "Utvalget dekker bare ett nettverk, så nettverk kan ikke sammenlignes.",
        "Utvalget er én kommune.",
        "Nettverket er oppgitt i regelen, ikke valgt av den.",
    ):
        assert sentence in said
    assert "Det er ikke prøvd hvordan utvalget endres når regelen varieres." in said
    summary = parsed(page_of(at_edges["one"], Language.NB)).all("section", id="summary")[0].text
    assert not [label for label in ("på grensen", "skjør", "robust") if label in summary]


def test_a_model_has_its_intercept_logarithms_and_standardised_coefficients_named(
    at_edges: dict[str, Findings],
) -> None:
    html = parsed(page_of(at_edges["two"], Language.EN))
    [model] = [t for t in html.all("table") if t.all("caption")[0].text == "The regression model"]
    rows = {
        row.all("th")[0].text: [cell.text for cell in row.all("td")]
        for row in model.all("tr")
        if row.all("td")
    }
    assert rows["Intercept"][2:] == ["–", "–"]
    [population] = [name for name in rows if "(natural logarithm)" in name]
    coefficient, *_ = at_edges["two"].model["coefficients"]["population"].values()  # type: ignore[index]
    assert rows[population][0] == Numbers("en").significant(coefficient)
    assert not any(cell.strip("−0.") == "" for cells in rows.values() for cell in cells)
    methods = html.all("section", id="beside")[0].text
    own = Wording(Language.EN).of("method", "typical")
    tables = [t for t in html.all("table") if t.all("caption")[0].text == "Other methods"]
    assert own not in [row.all("th")[0].text for t in tables for row in t.all("tr")]
    assert "extreme" in methods


@pytest.mark.thorough
def test_a_fragile_case_is_one_and_several_are_more(found: Findings) -> None:
    stability = found.sensitivity.stability
    chosen = stability["chosen"]
    for fragile, said in (
        (0, None),
        (1, "er et skjørt valg: små endringer i regelen gir en annen kommune."),
        (2, "er skjøre valg: små endringer i regelen gir andre kommuner."),
    ):
        labels = ["fragile"] * fragile + ["robust"] * (6 - fragile)
        changed = stability.copy()
        changed.loc[chosen, "label"] = labels
        moved = replace(found.sensitivity, stability=changed)
        text = parsed(page(replace(found, sensitivity=moved), Language.NB, "x")).text
        assert (said in text) if said else ("skjørt valg:" not in text)


def test_one_change_since_a_freeze_is_one_entry(found: Findings) -> None:
    rule = found.rule.model_dump(mode="json") | {"seed": 1}
    kept = Freeze("0" * 64, "2026-06-01T08:30:00+02:00", "made up", rule)
    html = parsed(page(replace(found, freeze=kept, freeze_changes=("seed",)), Language.NB, "x"))
    assert "Den ble fryst 1. juni 2026 kl. 06.30 UTC, men er endret siden, på ett punkt:" in (
        html.text
    )
    assert "Regelen er endret etter at den ble fryst." in html.text
    assert "Regelen er ikke fryst på forhånd." not in html.text


def test_an_agreement_that_ended_stands_among_the_limits(found: Findings) -> None:
    said = parsed(page_of(found, Language.NB)).all("section", id="limits")[0].text
    assert "Digi Vestland: en kilde opplyser at en avtale ble avsluttet 31. desember 2024." in said
    assert "en ny avtale gjelder fra 1. august 2025" in said


def test_a_membership_that_ended_is_told_with_who_left(found: Findings) -> None:
    ended = found.ended.iloc[:0].copy()
    ended.loc[0] = ["digivestland", "4601"]
    said = parsed(page(replace(found, ended=ended), Language.NB, "x")).text
    assert "Ett medlemskap i Digi Vestland er avsluttet og teller ikke: Bergen." in said


@pytest.mark.parametrize(
    ("language", "code", "said"),
    [
        ("nb", "2026-06-01", "1. juni 2026"),
        ("en", "2026-06-01", "1 June 2026"),
        ("nb", "2020-01", "januar 2020"),
        ("nb", "2022H1", "1. halvår 2022"),
        ("en", "2022H2", "second half of 2022"),
        ("nb", "2024K3", "3. kvartal 2024"),
        ("en", "2025M03", "March 2025"),
        ("nb", "2026", "2026"),
        ("nb", "ukjent", "ukjent"),
    ],
)
def test_days_and_periods_are_written_as_people_write_them(
    language: str, code: str, said: str
) -> None:
    assert Numbers(language).period(code) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (-1.08e-5, "−1,08\N{NO-BREAK SPACE}·\N{NO-BREAK SPACE}10⁻⁵"),
        (0.00999999, "0,0100"),
        (0.0123456, "0,0123"),
        (3.14159, "3,14"),
        (1234.5, "1\N{NO-BREAK SPACE}234"),
        (0, "0"),
        (None, "–"),
    ],
)
def test_a_coefficient_has_three_digits_that_count(value: float | None, said: str) -> None:
    assert Numbers("nb").significant(value) == said


def test_the_outcome_of_the_example_is_no_measure_of_maturity(found: Findings) -> None:
    assert found.rule.roles.outcome == OUTCOME
    said = parsed(page_of(found, Language.EN)).text
    assert "is one observed fact, not a measure of maturity." in said


@pytest.mark.thorough
def test_cases_that_are_alike_are_told_in_one_word(found: Findings) -> None:
    for label, said in [("fragile", "skjøre"), ("borderline", "på grensen")]:
        stability = found.sensitivity.stability.assign(label=label)
        moved = replace(found, sensitivity=replace(found.sensitivity, stability=stability))
        text = parsed(page_of(moved, Language.NB)).text
        assert f"Alle de 6 valgte kommunene er {said} når regelen varieres litt." in text


def test_yes_and_no_are_not_far_from_the_median(found: Findings) -> None:
    text = parsed(page_of(found, Language.NB)).text
    far = re.findall(r"Lengst fra landsmedianen: (.*?)\.(?: |$)", text)
    assert len(far) == 6
    assert not any("(1 = ja)" in said for said in far)


def test_a_condition_on_the_place_in_the_net_is_told_in_words(found: Findings) -> None:
    text = parsed(page_of(found, Language.NB)).text
    assert "antall nettverk og samarbeid er over 2" in text


def test_a_stability_just_below_a_threshold_does_not_round_up_to_it(found: Findings) -> None:
    stability = found.sensitivity.stability.copy()
    stability.loc[stability["chosen"], ["stability", "label"]] = [0.796, "borderline"]
    moved = replace(found.sensitivity, stability=stability)
    html = parsed(page(replace(found, sensitivity=moved), Language.EN, "x"))
    assert "borderline 79.6%" in html.all("section", id="summary")[0].text


def test_weak_evidence_and_a_model_that_explains_little_stand_with_the_choice(
    at_edges: dict[str, Findings],
) -> None:
    html = parsed(page_of(at_edges["two"], Language.EN))
    lead = next(p for p in html.all("p") if p.attributes.get("class") == "lead").text
    r2 = Numbers("en").fixed(at_edges["two"].model["r_squared"], 2)  # type: ignore[index]
    assert (
        "2 cases count as at most borderline, however stable: 2 memberships rest on weak evidence "
        f"only; the model explains less of the outcome than the rule requires (R² = {r2})." in lead
    )
    sensitivity = html.all("section", id="sensitivity")[0]
    needs = next(p for p in sensitivity.all("p") if p.attributes.get("class") == "lead").text
    assert "Even so, a case is robust only if it was selected by the rule" in needs
    assert "if the model explains at least 10% of the variance of the outcome" in needs
    lowered = {row[0]: row[3] for row in table(html, "Each municipality") if row[2:3] != [""]}
    assert (
        sum("the model explains too little of the outcome" in why for why in lowered.values()) == 2
    )
    bokmal = parsed(page_of(at_edges["two"], Language.NB)).text
    assert (
        "2 valgte kommuner regnes som høyst på grensen, uansett stabilitet: 2 medlemskap" in bokmal
    )
    assert "Kommunen regnes som høyst på grensen: medlemskapet er svakt dokumentert" in bokmal


@pytest.mark.thorough
def test_an_exception_to_the_rule_is_said_not_to_be_robust_where_it_is_shown(
    real: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    taken = {"network": "digirogaland", "municipality": "1114", "decision": "take",
             "because": "The pilot interviews were made here."}  # fmt: skip
    file = write_rule(tmp_path / "rule.yaml", {"overrides": [taken], "sensitivity": {"draws": 5}})
    exception = findings.find(real, file)
    html = parsed(page(exception, Language.EN, "x"))
    [case] = html.all("article", id="case-1114")
    assert (
        "exception to the rule. Reason: The pilot interviews were made here. The case counts"
        in (case.text)
    )
    assert "it is an exception, which no change of the rule can move" in case.text
    assert "one case was selected as an exception to the rule" in html.all("section")[0].text
    table_of = data.candidate_table(exception).set_index("municipality_code")
    assert (table_of["label"]["1114"], table_of["lowered_by"]["1114"]) == ("borderline", "override")


def test_no_sentence_is_cut_short_by_a_sign_that_yaml_takes_for_a_comment() -> None:
    for key, said in sentences().items():
        for text in said.values():
            assert text.count("{") == text.count("}"), key
