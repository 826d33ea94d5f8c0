"""What can go wrong outside: each error is one sentence for a person, naming file, row or URL."""


class SourceError(Exception):
    """Something outside the warehouse is not as it should be; the message says what to do."""


class UpstreamError(SourceError):
    """A publisher's service failed, refused, or sent something that is not what it documents.

    `status` is the HTTP status of a refusal, None for everything else.
    """

    def __init__(self, sentence: str, status: int | None = None) -> None:
        super().__init__(sentence)
        self.status = status


class InputError(SourceError):
    """A file or an entry written by a person (catalogue, register, survey) can't be used."""


def shown(came: object, longest: int = 80) -> str:
    """Something from outside as it is quoted in a sentence: the beginning of it, on one line."""
    try:
        text = " ".join(repr(came).split())
    except RecursionError:  # JSON may lie deeper than Python goes
        text = f"a {type(came).__name__} with hundreds of others within one another"
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


class NotKeptError(SourceError):
    """A reply or the record of a run can't be written, as on a full disk."""
