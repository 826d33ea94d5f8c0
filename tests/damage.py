"""What hypothesis does to a file or a reply: parts replaced, dropped, doubled, swapped, broken off.

The suite tries a few hundred and always the same; `make fuzz` tries many thousand new ones.
"""

import io
import string
import zipfile
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

Draw = Callable[[st.SearchStrategy[Any]], Any]

CODES = st.text(string.ascii_letters + string.digits + "æøå ", min_size=1, max_size=4)
DEEP = 1_000
"""As deep as the JSON reader goes, and deeper than Python's stack."""

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 10)
    | st.floats(allow_nan=False, allow_infinity=False)
    | CODES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(CODES, inner, max_size=3),
    max_leaves=4,
)
ODD = (
    JSON
    | st.sampled_from([2**63, -(2**70), 1e308, "\ud800", "\x00", "2024-13-01", "0", "=1+1"])
    | st.builds(lambda: [[[[[[[[[[]]]]]]]]]])
)
_SIGNS = "&a *a [ ] { } - : ? ' \" # ~ .inf .nan 1e400 0x_ true null % @ 2026-13-45 [[[[[[ \x07"
YAML = st.text(max_size=5) | st.sampled_from(
    [*_SIGNS.split(), "<<: *a", "\n", "  ", "\t", "---\n", "!!python/object:x", "!!int x", "!!set"]
)


def mutated(draw: Draw, node: Any, other: st.SearchStrategy[Any] = JSON) -> Any:
    """The same JSON with one part replaced, dropped, doubled, or put in another's place."""
    keys = list(node) if isinstance(node, dict) else list(range(len(node)))
    if not keys:
        return draw(other)
    key = draw(st.sampled_from(keys))
    if isinstance(node[key], dict | list) and draw(st.integers(0, 4)):
        node[key] = mutated(draw, node[key], other)
        return node
    match draw(st.sampled_from(["replace", "drop", "swap", "add"])):
        case "replace":
            node[key] = draw(other)
        case "drop":
            del node[key]
        case "swap":
            place = draw(st.sampled_from(keys))
            node[key], node[place] = node[place], node[key]
        case "add" if isinstance(node, dict):
            node[draw(CODES)] = draw(other)
        case _:
            node.append(draw(other))
    return node


def several(draw: Draw, node: Any, other: st.SearchStrategy[Any] = ODD) -> Any:
    """The same with one to three changes."""
    for _ in range(draw(st.integers(1, 3))):
        node = mutated(draw, node, other) if isinstance(node, dict | list) else node
    return node


def in_bytes(draw: Draw, body: bytes) -> bytes:
    """A body with some bytes replaced, taken out or put in, or broken off."""
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(body)))
        out = draw(st.integers(0, 20))
        body = body[:at] + draw(st.binary(max_size=8)) + body[at + out :]
        if not draw(st.integers(0, 6)):
            body = body[: draw(st.integers(0, len(body)))]
    return body


def in_text(draw: Draw, text: str, pieces: st.SearchStrategy[str]) -> str:
    """A text with pieces put in place of parts of it."""
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + draw(pieces) + text[at + draw(st.integers(0, 12)) :]
    return text


def in_zip(draw: Draw, packed: bytes, pieces: st.SearchStrategy[str]) -> bytes:
    """A zipped file in which one part says something else, and the zip itself is whole."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as old, zipfile.ZipFile(out, "w") as new:
        names = [part.filename for part in old.infolist()]
        changed = draw(st.sampled_from(names))
        for name in names:
            content = old.read(name)
            if name == changed:
                if not draw(st.integers(0, 5)):
                    continue
                content = in_text(draw, content.decode(), pieces).encode("utf-8", "surrogatepass")
            new.writestr(name, content)
    return out.getvalue()
