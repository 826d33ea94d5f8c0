"""What the researcher reads: figures and reports."""

from collections.abc import Iterator
from contextlib import contextmanager

from common.errors import InputError


@contextmanager
def libraries() -> Iterator[None]:
    """Around the imports of what draws and computes for reports, whose libraries are an extra.

    Raises InputError, which says how to install them, where one is missing.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        raise InputError(
            f"reports need {error.name}, which is not installed: run 'make report' in the project's"
            " folder, or pip install '.[report]' there."
        ) from error
