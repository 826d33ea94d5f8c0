"""What can go wrong with what we know: each error is one sentence for a person."""


class WarehouseError(Exception):
    """The warehouse can't be built, opened or read; the message says why and what to do."""


class ModelError(WarehouseError):
    """A model file breaks a rule of its folder (missing comment, duplicate key, bad SQL)."""


class ChecksFailedError(WarehouseError):
    """A data check found a fault, so the new warehouse was not published."""


class LockedError(WarehouseError):
    """Another process is writing."""
