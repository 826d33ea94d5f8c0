"""What can go wrong in a report: each error is one or more sentences for a person."""

from collections.abc import Sequence


class ReportError(Exception):
    """A report can't be made as asked; the message says why and what to do."""


class SelectionError(ReportError):
    """A selection file, or the method it names, can't be used on these figures.

    `problems` holds one sentence for each thing that is wrong; `place` is the entry of the
    selection file they are about, as keys and positions, where that is known. `nb` is the same in
    bokmål, for what a report may say of a method that can't be used.
    """

    def __init__(
        self,
        problems: str | Sequence[str],
        place: tuple[str | int, ...] = (),
        *,
        nb: str | None = None,
    ) -> None:
        self.problems = (problems,) if isinstance(problems, str) else tuple(problems)
        self.place = place
        super().__init__("\n".join(self.problems))
        self.nb = nb or str(self)
