"""What can go wrong outside: each error is one sentence for a person, naming file, row or URL."""


class SourceError(Exception):
    """Something outside the warehouse is not as it should be; the message says what to do."""


class UpstreamError(SourceError):
    """A publisher's service failed, refused, or sent something that is not what it documents."""


class InputError(SourceError):
    """A file or an entry written by a person (catalogue, register, survey) can't be used."""
