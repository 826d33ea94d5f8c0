"""A series as JSON-stat 2: read again by pyjstat, and by our own strict reader."""

import json

import pytest
from pyjstat import pyjstat

import digidistrikt as dd
from flows.settings import Settings
from sources import jsonstat
from tests.command import digidistrikt


@pytest.mark.parametrize(
    ("words", "place"),
    [(["--division", "2019"], "municipality_code"), (["--by", "county"], "group_code")],
)
def test_a_series_in_json_stat_has_the_figures_of_the_series(
    words: list[str], place: str, small_home: Settings
) -> None:
    command = ["series", "population", *words, "--format", "json-stat2"]
    done = digidistrikt(*command, home=small_home.home)
    assert done.returncode == 0, done.stderr
    cube = jsonstat.read(done.stdout.encode())
    read = pyjstat.Dataset.read(done.stdout).write("dataframe", naming="id")
    with dd.open(small_home.home) as warehouse:
        by = {"by": "county"} if place == "group_code" else {"division": 2019}
        ours = warehouse.series("population", **by)  # type: ignore[arg-type]
    theirs = read.dropna(subset="value").set_index([place, "period"])["value"].sort_index()
    figures = ours.dropna(subset="value").set_index([place, "period"])["value"].sort_index()
    assert len(figures) > 300
    assert theirs.to_dict() == figures.to_dict()
    assert cube.dimension(place).codes == tuple(dict.fromkeys(ours[place]))
    told = json.loads(done.stdout)
    assert told["role"] == {"geo": [place], "metric": ["indicator"], "time": ["period"]}
    assert told["dimension"]["indicator"]["category"]["unit"]["population"]["base"] == "persons"
    assert "Statistisk sentralbyrå" in told["note"][0]
    assert told["status"]
