"""Where a page lies, what every page has, and how things are called in its language."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from common.text import Language
from publication.bundle import Bundle, Imprint
from publication.wording import words
from reports.page.numbers import MISSING, Numbers

_TEMPLATES = Path(__file__).parents[1] / "templates"
YES_OR_NO = "yes or no"
_MENU = ("tables", "coverage", "checks", "changes")
_THEMES = (
    "population", "projections", "living_conditions", "staffing", "economy", "digital",
    "classification",
)  # fmt: skip


def address(path: str, language: Language) -> str:
    """The file of a page: `index.html` in bokmål, `index.en.html` in English."""
    return f"{path}.html" if language is Language.NB else f"{path}.{language}.html"


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_TEMPLATES), undefined=StrictUndefined, autoescape=True,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip


class Pages:
    """Writes the pages of one language."""

    def __init__(
        self, bundle: Bundle, folder: Path, imprint: Imprint, language: Language, has_sql: bool
    ) -> None:
        self.bundle, self.folder, self.imprint, self.has_sql = bundle, folder, imprint, has_sql
        self.language = language
        self.words, self.numbers = words(language), Numbers(language)
        self.titles = bundle.titles(language)
        self.units = {each.id: str(each.indicator["unit"]) for each in bundle.figures}

    def write(self, template: str, path: str, title: str, about: str, **content: Any) -> None:
        """Writes a page; `about` is a sentence on it, and `content` the rest of its template."""
        [other] = [each for each in Language if each is not self.language]
        root = "../" * path.count("/")

        def link(to: str) -> str:
            return root + address(to, self.language)

        text = _environment().get_template(template).render(
            language=self.language, w=self.words, numbers=self.numbers, pages=self, root=root,
            link=link, other=root + address(path, other), other_language=other, title=title,
            about=about, vintage=self.bundle.vintage,
            day=self.numbers.date(self.bundle.day), **content,
        )  # fmt: skip
        file = self.folder / address(path, self.language)
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def others(self) -> list[tuple[str, str]]:
        """The pages of the menu that are about all there is, with their names."""
        return [
            (path, self.words(f"site_{path}_menu"))
            for path in (*_MENU, *(["sql"] if self.has_sql else []))
        ]

    # --- what things are called ---

    def unit(self, indicator_id: str) -> str:
        """The unit of an indicator; empty where its figures are yes or no."""
        unit = self.units[indicator_id]
        return "" if unit == YES_OR_NO else self.words.of("unit", unit)

    def themes(self) -> dict[str, str]:
        """Every theme by its name in the language, those of the package first."""
        named = sorted({str(each.indicator["theme"]) for each in self.bundle.figures} - {*_THEMES})
        return {theme: self.words.of("theme", theme) for theme in (*_THEMES, *named)}

    def shown(self, indicator_id: str, value: float | None) -> str:
        """A figure of an indicator."""
        if self.units[indicator_id] == YES_OR_NO and value in (0, 1):
            return self.words("yes" if value else "no")
        return self.numbers.figure(value)

    def typical(self, indicator_id: str, middle: float | None, mean: float | None) -> str:
        """What a group has: the median of its figures, or the share with yes."""
        if self.units[indicator_id] == YES_OR_NO:
            percent = self.numbers.percent(mean)
            return percent if percent == MISSING else self.words("site_share_yes", share=percent)
        return self.numbers.figure(middle)

    def span(self, first: str | None, last: str | None) -> str:
        """From one period to another."""
        if not first or not last:
            return MISSING
        ends = dict.fromkeys((self.numbers.period(first), self.numbers.period(last)))
        return "–".join(ends)

    def dates(self, first: str | None, last: str | None) -> str:
        """From one date to another, either of which may not be known."""
        start, end = (self.numbers.date(day) if day else "" for day in (first, last))
        if start and end:
            return self.words("valid_between", start=start, end=end)
        if start:
            return self.words("valid_from", day=start)
        return self.words("valid_until", day=end) if end else self.words("not_known")

    def warnings(self, names: Iterable[str]) -> list[str]:
        """Warnings in words."""
        return [self.words.of("warning", name) for name in names]
