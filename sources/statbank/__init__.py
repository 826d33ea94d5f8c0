"""StatBank, the tables of Statistics Norway, through PxWebApi v2."""

from sources.statbank.api import fetch
from sources.statbank.planning import plan, questions
from sources.statbank.reading import read
from sources.statbank.shape import shape

__all__ = ["fetch", "plan", "questions", "read", "shape"]
