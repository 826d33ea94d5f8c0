"""What is wrong with the shape of a rule: in the words of the file and in both languages."""

from pathlib import Path

import pytest

from common.errors import SelectionError
from selection import rulefile

RULE = """\
title: Prøve
question: Hva
goal: explore
networks: {given: [digivestland], because: gitt}
membership: {basis: [named_in_source]}
cases: {per_network: 1}
indicators:
  - {id: population, role: control}
method: {name: diverse, clusters: 3}
seed: 1
"""


def refused(folder: Path, old: str, new: str) -> SelectionError:
    assert RULE.count(old) == 1
    path = folder / "mine.yaml"
    path.write_text(RULE.replace(old, new), encoding="utf-8")
    with pytest.raises(SelectionError) as caught:
        rulefile.load(path)
    return caught.value


@pytest.mark.parametrize(
    ("old", "new", "en", "nb"),
    [
        ("goal: explore", "goal: explor", "line 3: goal: 'explor' can't stand here. Did you mean"
         " explore? Possible: describe,", "goal: 'explor' kan ikke stå her. Mente du explore?"),
        ("seed: 1", "seed: 1\nsensitivty: {}", "line 11: sensitivty: there is no such entry. Did"
         " you mean sensitivity?", "finnes ingen slik nøkkel. Mente du sensitivity?"),
        ("role: control", "role: control, weigth: 2", "line 8: indicators.0.weigth: there is no"
         " such entry. Did you mean weight?", "Mente du weight?"),
        ("clusters: 3", "cluster: 3", "line 9: method.cluster: there is no such entry. Did you"
         " mean clusters?", "linje 9: method.cluster: det finnes ingen slik nøkkel."),
        ("name: diverse", "name: divers", "method: 'divers' can't stand here. Did you mean diverse",
         "method: 'divers' kan ikke stå her. Mente du diverse"),
        ("name: diverse, ", "", "method: say the method under 'name'.", "si metoden under 'name'."),
        ("per_network: 1", "per_network: 0", "'0' must be at least 1.", "'0' må være minst 1."),
        ("clusters: 3", "clusters: x", "'x' must be a whole number.", "'x' må være et helt tall."),
        ("[named_in_source]", "named_in_source", "must be a list, as [a, b].",
         "må være en liste, som [a, b]."),
        ("title: Prøve", "title: 5", "title: '5' must be keys with values",
         "title: '5' må være nøkler med verdier"),
        ("id: population", "id: 5", "'5' must be text; write it in quotes.",
         "'5' må være tekst; skriv det i anførselstegn."),
        ("id: population", "id: Folk", "'Folk' must be a name of small letters",
         "'Folk' må være et navn av små bokstaver"),
        ("seed: 1", "seed: 1\nsensitivity: {mean_of_years: [0]}", "'0' must be at least 2.",
         "'0' må være minst 2."),
        ("seed: 1", "", "line 1: seed: this is missing.", "linje 1: seed: dette mangler."),
        (", because: gitt", "", "networks: say in 'because' why these networks are given.",
         "networks: si i 'because' hvorfor disse nettverkene er gitt."),
        ("clusters: 3", "clusters: 3, categories: {a: []}",
         "method: say exactly one of 'categories', 'quantiles' and 'clusters'.",
         "method: si nøyaktig én av 'categories', 'quantiles' og 'clusters'."),
    ],
)  # fmt: skip
def test_a_fault_is_told_in_the_words_of_the_file_and_in_both_languages(
    tmp_path: Path, old: str, new: str, en: str, nb: str
) -> None:
    error = refused(tmp_path, old, new)
    assert len(error.problems) == 1
    assert en in str(error)
    assert nb in error.nb


def test_a_rule_with_faults_is_read_in_part_so_that_its_names_can_be_looked_at(
    tmp_path: Path,
) -> None:
    path = tmp_path / "mine.yaml"
    text = RULE.replace("goal: explore", "goal: x").replace("seed: 1", "sed: 1")
    path.write_text(text.replace("role: control", "role: controll"), encoding="utf-8")
    found, problems = rulefile.load_in_part(path)
    assert found is not None
    assert [indicator.id for indicator in found.rule.indicators] == ["population"]
    assert found.rule.networks.given == ("digivestland",)
    places = [place for place, _ in problems]
    assert places == [("goal",), ("indicators", 0, "role"), ("seed",), ("sed",)]


def test_a_file_that_is_no_rule_at_all_is_told(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("just a text", encoding="utf-8")
    assert rulefile.load_in_part(path)[0] is None
    with pytest.raises(SelectionError, match="the file: 'just a text' must be keys with values"):
        rulefile.load(path)
