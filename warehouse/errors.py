"""What can go wrong with what we know: each error is one sentence for a person."""


class WarehouseError(Exception):
    """The warehouse can't be built, opened or read; the message says why and what to do."""


class NoRoomError(WarehouseError):
    """The new warehouse can't be written: the disk is full."""


class ModelError(WarehouseError):
    """A model file breaks a rule of its folder (missing comment, no key, bad SQL)."""


class ChecksFailedError(WarehouseError):
    """A check or a key found a fault in the data, so the new warehouse was not published."""


class LockedError(WarehouseError):
    """Another process is writing."""


class BoundaryError(WarehouseError):
    """A code, name, date or crosswalk that doesn't fit the municipal map; says what would."""
