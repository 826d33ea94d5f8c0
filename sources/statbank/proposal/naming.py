"""Ids, titles and units of what is made of a table, in both languages."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from common.errors import InputError
from sources.catalogue.entry import Title
from sources.infer import slug
from sources.infer.ids import require_id
from sources.jsonstat import Cube, Dimension
from sources.statbank.proposal.wishes import Wishes
from sources.statbank.selection import CONTENTS

Ids = dict[tuple[str, tuple[str, ...]], str]
"""The id of a contents in a combination of expressions."""

_NUMBERED = re.compile(r"^\d{5}:\s*")
_SPANNED = re.compile(r"\s+\d{4}\S*\s*-\s*\d{4}\S*$")
_IN_AN_ID = 8  # words of a label


def labels_of(dimension: Dimension) -> dict[str, str]:
    """The label of each code."""
    return dict(zip(dimension.codes, dimension.labels, strict=True))


@dataclass(frozen=True)
class Naming:
    """What a table calls things, in Norwegian and in English."""

    norwegian: Cube
    english: Cube

    @property
    def table(self) -> Title:
        """The table's title, without its number and its span."""
        nb, en = (
            _SPANNED.sub("", _NUMBERED.sub("", cube.label))
            for cube in (self.norwegian, self.english)
        )
        return Title(nb=nb, en=en)

    def label(self, code: str) -> str:
        """A contents in Norwegian."""
        return labels_of(self.norwegian.dimension(CONTENTS))[code]

    def unit(self, code: str) -> str:
        """The unit of a contents, in English."""
        given = self.english.dimension(CONTENTS).units.get(code)
        return (given.base if given else None) or "not stated"

    def title(self, code: str, chosen: Mapping[str, str]) -> Title:
        """A contents with the codes chosen of the other dimensions."""
        nb, en = (
            ", ".join(
                [
                    labels_of(cube.dimension(CONTENTS))[code],
                    *(
                        labels_of(cube.dimension(dimension)).get(expression, expression)
                        for dimension, expression in chosen.items()
                    ),
                ]
            )
            for cube in (self.norwegian, self.english)
        )
        return Title(nb=nb, en=en)

    def ids(
        self, wishes: Wishes, contents: Iterable[str], combined: Sequence[Mapping[str, str]]
    ) -> Ids:
        """An id for each contents and combination; codes that differ, or were asked for, in it.

        Raises InputError for an id that is to be that of several.
        """
        codes, combinations = list(contents), [tuple(each.values()) for each in combined]
        if wishes.id:
            require_id(wishes.id)
            if len(codes) * len(combinations) > 1:
                raise InputError(
                    f"--as {wishes.id}: that is the id of one indicator, and"
                    f" {len(codes) * len(combinations)} are asked for; choose one with --contents"
                    " and --select, or leave --as out."
                )
            return {(codes[0], combinations[0]): wishes.id}
        in_id = [
            name
            for name in combined[0]
            if name in wishes.select or len({each[name] for each in combined}) > 1
        ]
        words = labels_of(self.english.dimension(CONTENTS))
        found: Ids = {}
        for code in codes:
            label = "_".join(slug(words[code].partition(" (")[0]).split("_")[:_IN_AN_ID])
            for each in combined:
                tail = [slug(each[name]) for name in in_id]
                name = "_".join([f"ssb_{wishes.number}", label, *tail])
                if name in found.values():
                    name = "_".join([f"ssb_{wishes.number}", slug(code), *tail])
                found[code, tuple(each.values())] = name
        return found
