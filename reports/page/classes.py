"""The classes of a map: up to five with about as many municipalities in each."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from reports.page import svg

_QUANTILES = [0.2, 0.4, 0.6, 0.8]


def of_equal_size(known: pd.Series) -> tuple[NDArray[np.intp], list[int]]:
    """The class of each figure, and the place of each class among `svg.CLASS_COLOURS`.

    Figures that are alike are in one class, so there may be fewer than five. The lightest and the
    darkest colour are always used.
    """
    edges = np.unique(known.quantile(_QUANTILES))
    place = np.searchsorted(edges, known.to_numpy(), side="right")
    last = len(svg.CLASS_COLOURS) - 1
    return place, [round(n * last / max(len(edges), 1)) for n in range(len(edges) + 1)]
