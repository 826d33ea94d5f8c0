"""A small JSON-stat data set, and the real replies that are kept here."""

import copy
import gzip
import json
from pathlib import Path
from typing import Any

from sources.jsonstat import Cube, read

REPLIES = Path(__file__).parent / "replies"

WITH_FIGURES = [
    "03024_data_en",
    "03024_data_no",
    "07459_data",
    "11118_data",
    "11721_data",
    "12134_data",
    "2016K1_jsonstat1",
]


def reply(name: str) -> bytes:
    return gzip.decompress((REPLIES / f"{name}.json.gz").read_bytes())


def rows(cube: Cube) -> list[tuple[Any, ...]]:
    return list(zip(*cube.table().to_pydict().values(), strict=True))


def small(**changes: Any) -> dict[str, Any]:
    """An invented data set of two municipalities and three years, with changes at its top."""
    data_set = {
        "version": "2.0",
        "class": "dataset",
        "label": "Invented",
        "role": {"time": ["Tid"], "geo": ["Region"]},
        "id": ["Region", "Tid"],
        "size": [2, 3],
        "dimension": {
            "Region": {
                "label": "region",
                "category": {
                    "index": {"1580": 1, "1508": 0},
                    "label": {"1508": "Ålesund", "1580": "Haram"},
                },
            },
            "Tid": {
                "label": "år",
                "category": {
                    "index": ["2024", "2025", "2026"],
                    "label": {"2024": "2024", "2025": "2025", "2026": "2026"},
                },
            },
        },
        "value": [1, 2.5, None, 4, 5, 6],
        "status": {"2": "..", "5": "*"},
    }
    return copy.deepcopy({**data_set, **changes})


def compact(data_set: object) -> bytes:
    """JSON as publishers write it, without blanks: the writing whose values are read apart."""
    return json.dumps(data_set, separators=(",", ":")).encode()


def spaced(data_set: object) -> bytes:
    """JSON with blanks: the writing that is parsed as a whole."""
    return json.dumps(data_set).encode()


def read_json(data_set: object) -> Cube:
    return read(compact(data_set))
