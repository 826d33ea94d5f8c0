"""How patiently and how often a publisher is asked."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RequestLimits:
    """How patiently and how often an address is asked: `requests` in any `per_seconds`.

    The wait before another attempt doubles from `first_wait_seconds`; a service that asks for
    more than `longest_wait_seconds` is left alone; a wait over `logged_after_seconds` is logged.
    `read_seconds` is the longest silence, and `whole_seconds` the longest an answer may take;
    StatBank's largest is some 30 million bytes.
    """

    requests: int = 30
    per_seconds: float = 60
    connect_seconds: float = 10
    read_seconds: float = 120
    whole_seconds: float = 600
    largest_bytes: int = 500_000_000
    attempts: int = 5
    first_wait_seconds: float = 1
    longest_wait_seconds: float = 120
    logged_after_seconds: float = 60
