"""Pictures as SVG text: elements whose every attribute and text is escaped."""

from collections.abc import Iterable, Mapping
from itertools import count

from markupsafe import Markup, escape

# After Okabe and Ito, told apart with any colour vision; darkened so that white text can be read.
NETWORK_COLOURS = ("#0072B2", "#D55E00", "#007A5A", "#9C4F7E", "#8A6D00", "#3D3D8F")
# Greens to blues after ColorBrewer, lightest first: legible in grey and to the colour-blind.
CLASS_COLOURS = ("#dce8c4", "#a6d3b4", "#5db3bd", "#2b82b4", "#0b4a86")
NO_FIGURE = "#ffffff"
INK, SOFT, LINE = "#1a1f2b", "#5a6172", "#c9cdd6"

_FONT = "system-ui, 'Segoe UI', 'Noto Sans', Helvetica, Arial, sans-serif"


def element(name: str, *inside: Markup | str, **attributes: object) -> Markup:
    """`<name attribute="...">inside</name>`; `stroke_width` is written `stroke-width`."""
    written = Markup("").join(
        Markup(' {}="{}"').format(key.rstrip("_").replace("_", "-"), _short(value))
        for key, value in attributes.items()
        if value is not None
    )
    if not inside:
        return Markup("<{}{}/>").format(name, written)
    content = Markup("").join(inside)
    return Markup("<{}{}>{}</{}>").format(name, written, content, name)


def text(x: float, y: float, label: str, **attributes: object) -> Markup:
    """A text; 13 units high unless said otherwise."""
    more = {"font_size": 13, "fill": INK, **attributes}
    return element("text", escape(label), x=x, y=y, **more)


def _short(value: object) -> object:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else value


class Pictures:
    """Wraps drawings as whole pictures, with ids that no two on a page share."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def picture(
        self, size: tuple[float, float], title: str, description: str, *inside: Markup
    ) -> Markup:
        """A picture that a screen reader reads as its title and description."""
        width, height = size
        name = f"picture-{next(self._numbers)}"
        return element(
            "svg",
            element("title", escape(title), id=f"{name}-title"),
            element("desc", escape(description), id=f"{name}-desc"),
            *inside,
            xmlns="http://www.w3.org/2000/svg",
            viewBox=f"0 0 {_short(float(width))} {_short(float(height))}",
            role="img",
            aria_labelledby=f"{name}-title",
            aria_describedby=f"{name}-desc",
            font_family=_FONT,
        )


def stripes(name: str, colour: str, step: int) -> Markup:
    """A pattern of stripes in a colour: for what is known on weak evidence, or not at all."""
    back = element("rect", width=step, height=step, fill="#ffffff")
    half, quarter = step / 2, step / 4
    lines = (
        f"M0,{step}L{step},0M{-quarter},{quarter}L{quarter},{-quarter}"
        f"M{step - quarter},{step + quarter}L{step + quarter},{step - quarter}"
    )
    return element(
        "pattern",
        back + element("path", d=lines, stroke=colour, stroke_width=half * 0.8),
        id=name,
        patternUnits="userSpaceOnUse",
        width=step,
        height=step,
    )


def group(children: Iterable[Markup], **attributes: object) -> Markup:
    """Several elements that share attributes."""
    return element("g", Markup("").join(children), **attributes)


def legend(entries: Mapping[str, str], x: float, y: float, step: float = 20) -> Markup:
    """A square of each colour with what it means, one below the other."""
    return group(
        element("rect", x=x, y=y + place * step - 11, width=13, height=13, fill=colour,
                stroke=SOFT, stroke_width=0.7)
        + text(x + 20, y + place * step, meaning, font_size=step * 0.66)
        for place, (meaning, colour) in enumerate(entries.items())
    )  # fmt: skip
