"""The notebook of the docs runs as it stands."""

import json
from pathlib import Path
from typing import Any

import pytest

from flows.settings import Settings

NOTEBOOK = Path(__file__).parents[2] / "docs" / "python.ipynb"


def test_every_cell_of_the_notebook_runs(
    small_home: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIGIDISTRIKT_HOME", str(small_home.home))
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    known: dict[str, Any] = {}
    for source in sources:
        exec(compile(source, str(NOTEBOOK), "exec"), known)  # noqa: S102 - the page's own code
    assert set(known["haram"]["municipality_code"]) == {"1534"}
    assert known["haram"]["value"].notna().all()
