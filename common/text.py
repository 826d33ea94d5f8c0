"""Words in sentences: what came from outside, quoted."""


def shown(came: object, longest: int = 80) -> str:
    """Something from outside as it is quoted in a sentence: the beginning of it, on one line."""
    try:
        text = " ".join(repr(came).split())
    except RecursionError:  # JSON may lie deeper than Python goes
        text = f"a {type(came).__name__} with hundreds of others within one another"
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
