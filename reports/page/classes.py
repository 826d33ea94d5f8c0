"""The classes of a map: up to five with about as many municipalities in each."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from reports.page import svg

_QUANTILES = [0.2, 0.4, 0.6, 0.8]


def of_equal_size(known: pd.Series) -> tuple[NDArray[np.intp], list[int]]:
    """The class of each figure, and the place of each class among `svg.CLASS_COLOURS`.

    Figures that are alike are in one class, so there may be fewer than five; where no more than
    five different figures are known, as with yes and no, each has its own. The lightest and the
    darkest colour are always used.
    """
    figures, last = np.unique(known), len(svg.CLASS_COLOURS) - 1
    lowest = figures if len(figures) <= last + 1 else np.unique(known.quantile(_QUANTILES))
    edges = lowest[lowest > known.min()]  # the lowest figure of each class but the first
    place = np.searchsorted(edges, known.to_numpy(), side="right")
    return place, [round(n * last / max(len(edges), 1)) for n in range(len(edges) + 1)]
