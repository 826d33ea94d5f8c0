"""Text from data on a terminal: it neither steers the terminal nor is taken for markup."""

from common.text import printable


def escape(text: str) -> str:
    """Text as Rich prints it unchanged, with the signs that steer a terminal as their codes."""
    from rich import markup

    return markup.escape(printable(text))
