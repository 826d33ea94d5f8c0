"""The methods of choosing cases, one module each; a module laid here is a method.

AnyMethod: one of them, told by its `name`. TITLES: what each is called, by its label.
"""

from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Annotated, Union

from pydantic import Field

from selection.entry import Bilingual
from selection.method import Method


def _found() -> tuple[type[Method], ...]:
    """The one class of each module that is a method of its own."""
    modules = [import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__)]
    return tuple(
        one
        for module in modules
        for one in vars(module).values()
        if isinstance(one, type) and issubclass(one, Method) and one.__module__ == module.__name__
    )


METHODS = _found()
TITLES: dict[str, Bilingual] = {
    label: title for method in METHODS for label, title in method.titles.items()
}

if TYPE_CHECKING:
    AnyMethod = Method
else:
    AnyMethod = Annotated[Union[METHODS], Field(discriminator="name")]  # noqa: UP007 - not known here
