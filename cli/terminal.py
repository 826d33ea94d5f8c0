"""Text from data on a terminal: it neither steers the terminal nor is taken for markup."""

from rich import markup

from common.text import printable


def escape(text: str) -> str:
    """Text as Rich prints it unchanged, with the signs that steer a terminal as their codes."""
    return markup.escape(printable(text))
