"""A page read back: its elements, its tables, and what they say."""

from collections.abc import Iterator
from html.parser import HTMLParser

import duckdb

from common.text import Language
from reports.findings import Findings
from reports.page.html import page
from reports.page.numbers import Numbers

OUTCOME = "accessibility_breaches_per_statement"
MADE_BY = ("0.0.0", "made up")
HOSTILE = '<script>alert("x")</script>'
VOID = {"meta", "link", "input", "br", "img", "hr", "rect", "line", "path", "circle", "use"}


class Node:
    """An element of a parsed page."""

    def __init__(self, tag: str, attributes: dict[str, str]) -> None:
        self.tag, self.attributes = tag, attributes
        self.children: list[Node | str] = []

    def __iter__(self) -> Iterator["Node"]:
        for child in self.children:
            if isinstance(child, Node):
                yield child
                yield from child

    @property
    def text(self) -> str:
        inside = (c if isinstance(c, str) else c.text for c in self.children)
        return " ".join("".join(inside).split())

    def all(self, tag: str, **attributes: str) -> list["Node"]:
        asked = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [n for n in self if n.tag == tag and asked.items() <= n.attributes.items()]


class Parser(HTMLParser):
    """Builds the tree; fails on an element that is closed by another."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Node("root", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].children.append(Node(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def parsed(html: str) -> Node:
    parser = Parser()
    parser.feed(html)
    assert [node.tag for node in parser.open] == ["root"]
    return parser.root


_MADE: dict[tuple[int, Language], tuple[Findings, str]] = {}


def page_of(found: Findings, language: Language) -> str:
    """The page of findings that several tests look at, drawn once."""
    key = id(found), language
    if key not in _MADE:
        _MADE[key] = found, page(found, language, "my-report")  # held, so that no other has its id
    return _MADE[key][1]


def section(html: Node, name: str) -> Node:
    [one] = html.all("section", id=name)
    return one


def table(html: Node, caption: str) -> list[list[str]]:
    """The rows of the first table with a caption, headings among them."""
    own = next(t for t in html.all("table") if t.all("caption")[0].text == caption)
    return [[cell.text for cell in row if cell.tag in ("th", "td")] for row in own.all("tr")]


def title_of(con: duckdb.DuckDBPyConnection, indicator: str) -> str:
    """A title as a page in English has it."""
    [(title,)] = con.execute(
        "select title_en from mart.indicator where indicator_id = ?", [indicator]
    ).fetchall()
    return Numbers("en").in_text(str(title))
