"""The catalogue: what is declared can be read, and what can't be is refused by file and line."""

import re
import textwrap
from pathlib import Path

import pytest

from common.errors import InputError
from sources import catalogue, files
from sources.catalogue import Catalogue

GOOD = """\
theme: invented
tables:
  - id: first
    kind: statbank
    table: "99999"
    publisher: Nobody
    title: {nb: Oppdiktet, en: Invented}
    licence: invented
    citation: invented
    url: https://example.org
indicators:
  - id: people
    title: {nb: Oppdiktet, en: Invented}
    unit: persons
    aggregate: sum
    origins: [{table: first, contents: C1}]
"""

FILE = """\
  - id: second
    kind: file
    publisher: Nobody
    title: {nb: Oppdiktet, en: Invented}
    licence: invented
    citation: invented
    url: https://example.org
    obtained_via: made up for a test
    layout: {file: invented.csv, code: code}
"""


def written(folder: Path, text: str, name: str = "invented.yaml") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def with_file(text: str = FILE) -> str:
    return GOOD.replace("indicators:\n", text + "indicators:\n")


@pytest.fixture(scope="module")
def shipped() -> Catalogue:
    return catalogue.load()


# --- what is refused, and where ------------------------------------------------------------


def test_a_good_catalogue_is_read(tmp_path: Path) -> None:
    found = catalogue.load(written(tmp_path, with_file()))
    assert [table.id for table in found.tables] == ["first", "second"]
    assert [(i.id, i.theme) for i in found.indicators] == [("people", "invented")]


@pytest.mark.parametrize(
    ("before", "after", "line", "fault"),
    [
        ("kind: statbank", "kind: statbnak", 4, "tables.0.kind: Input should be 'statbank'"),
        ('    table: "99999"\n', "", 3, "tables.0: a statbank table needs 'table'"),
        ("publisher: Nobody", "publisher:", 6, "tables.0.publisher: Input should be a valid str"),
        ("licence: invented", "license: invented", 3, "tables.0.licence: this is missing"),
        (
            "unit: persons",
            "unit: persons\n    unti: x",
            15,
            "indicators.0.unti: there is no such entry; is it misspelt?",
        ),
        ("aggregate: sum", "aggregate: add", 15, "indicators.0.aggregate: Input should be 'sum'"),
        ("aggregate: sum", "aggregate: ratio", 12, "indicators.0: 'numerator' and"),
        ("aggregate: sum", "aggregate: weighted_mean", 12, "'weight' belongs to a weighted_mean"),
        ("    origins: [{table: first, contents: C1}]\n", "", 12, "either 'origins' or, as a rat"),
        ("id: people", "id: People", 12, "indicators.0.id: String should match pattern"),
        ("nb: Oppdiktet, en: Invented}\n    lic", "nb: x}\n    lic", 7, "title.en: this is missi"),
        ("title: {nb", "warnings: {odd: []}\n    title: {nb", 7, "warnings.odd.* should be 'est"),
        (
            "url: https://example.org",
            'url: a\n    published_on: "May 2026"',
            11,
            "published_on: Str",
        ),
        ("theme: invented", "theme: [invented]", 1, "theme: Input should be a valid string"),
        (
            "    licence: invented\n",
            "    licence: a\n    licence: b\n",
            9,
            "'licence' is written t",
        ),
        (
            "title: {nb: Oppdiktet,",
            "title: {nb: Oppdiktet,, ",
            7,
            "this is not YAML: did not find expected node",
        ),
        ("contents: C1", "contents: C1, column: {", 16, "this is not YAML"),
        (GOOD, "", 1, "the file: Input should be a valid dictionary"),
        (GOOD, "- a list\n", 1, "the file: Input should be a valid dictionary"),
        ("contents: C1", "measure: C1", 12, r"an origin in 'first' \(statbank\) needs 'contents'"),
        ("table: first, ", "table: frist, ", 12, "there is no table 'frist'"),
        ("id: people", "id: first", 12, "'first' is already declared in invented.yaml, line 3"),
    ],
)
def test_an_entry_that_does_not_fit_is_refused_by_file_and_line(
    tmp_path: Path, before: str, after: str, line: int, fault: str
) -> None:
    assert before in GOOD
    folder = written(tmp_path, GOOD.replace(before, after, 1))
    with pytest.raises(InputError, match=rf"^invented\.yaml, line {line}: .*{fault}") as caught:
        catalogue.load(folder)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("    obtained_via: made up for a test\n", "", "a file needs 'layout' and 'obtained_via'"),
        ("code: code}", "encoding: cp1252}", "has either 'code' or 'name'"),
        ("code: code}", "code: code, decimal: '.', thousands: '.'}", "are two signs"),
        ("code: code}", "name: name}", "'names_on' belongs to 'name', and it needs one"),
        ("code: code}", "code: code, names_on: 2024-01-01}", "'names_on' belongs to 'name'"),
        ("url:", "holds: classification\n    url:", "a classification needs 'classes', and 'div"),
    ],
)
def test_a_file_that_could_not_be_read_is_refused_before_it_is(
    tmp_path: Path, before: str, after: str, fault: str
) -> None:
    folder = written(tmp_path, with_file(FILE.replace(before, after)))
    with pytest.raises(InputError, match=rf"^invented\.yaml, line 1\d: .*{fault}"):
        catalogue.load(folder)


@pytest.mark.parametrize(
    ("origin", "fault"),
    [
        ("{table: second, period: '2024'}", r"an origin in 'second' \(file\) needs 'column'"),
        ("{table: second, column: c}", "'second' has no column for the period; write 'period'"),
    ],
)
def test_an_origin_from_which_nothing_could_be_read_is_refused(
    tmp_path: Path, origin: str, fault: str
) -> None:
    text = with_file().replace("{table: first, contents: C1}", origin)
    with pytest.raises(InputError, match=rf"invented\.yaml, line 21: {fault}"):
        catalogue.load(written(tmp_path, text))


CONTEXT = """\
    holds: context_observation
    layout: {file: invented.csv, subject: s, breakdown: [b], value: v, unit: u, period: p}
"""


def test_a_table_of_context_gives_no_indicator(tmp_path: Path) -> None:
    of_context = FILE.replace("    layout: {file: invented.csv, code: code}\n", CONTEXT)
    text = with_file(of_context).replace("{table: first, contents: C1}", "{table: second}")
    with pytest.raises(InputError, match="table 'second' holds no figures for an indicator"):
        catalogue.load(written(tmp_path, text))


@pytest.mark.parametrize(
    ("told", "instead", "fault"),
    [
        ("value: v, ", "", "'subject' belongs to context; name 'value', 'unit' and 'period' too"),
        ("    holds: context_observation\n", "", "with 'subject' and 'holds: context_observation'"),
        ("subject: s, breakdown: [b], value: v, unit: u", "code: c", "'subject' and 'holds: con"),
    ],
)
def test_context_has_a_layout_of_its_own(
    tmp_path: Path, told: str, instead: str, fault: str
) -> None:
    of_context = FILE.replace("    layout: {file: invented.csv, code: code}\n", CONTEXT)
    text = with_file(of_context.replace(told, instead))
    with pytest.raises(InputError, match=fault):
        catalogue.load(written(tmp_path, text))


def test_a_successor_is_known_from_either_side(shipped: Catalogue) -> None:
    new = shipped.table_by_id["ssb_14746"]
    old = new.model_copy(update={"id": "old", "table": "14288", "replaces": ()})
    own = old.model_copy(update={"table": "1", "replaced_by": "2"})
    assert [shipped.successor_of(table) for table in (new, old, own)] == [None, "14746", "2"]


def test_a_table_of_classes_gives_no_indicator(tmp_path: Path) -> None:
    of_classes = "    holds: classification\n    division: 2024\n    classes: {county: [c, n]}\n"
    text = with_file(FILE + of_classes).replace("{table: first, contents: C1}", "{table: second}")
    with pytest.raises(InputError, match="table 'second' holds no figures for an indicator"):
        catalogue.load(written(tmp_path, text))


@pytest.mark.parametrize("part", ["numerator", "denominator"])
def test_a_ratio_of_what_does_not_exist_is_refused(tmp_path: Path, part: str) -> None:
    ratio = textwrap.indent(
        "- {id: share, title: {nb: x, en: x}, unit: percent, aggregate: ratio,\n"
        "   numerator: people, denominator: people}\n".replace(
            f"{part}: people", f"{part}: nobody"
        ),
        "  ",
    )
    with pytest.raises(InputError, match=r"line 17: there is no indicator 'nobody'"):
        catalogue.load(written(tmp_path, GOOD + ratio))


def test_what_is_declared_twice_is_refused_within_a_file_and_between_files(tmp_path: Path) -> None:
    again = GOOD[GOOD.index("  - id: people") :]
    with pytest.raises(InputError, match=r"line 17: 'people' is already declared in .*line 12"):
        catalogue.load(written(tmp_path, GOOD + again))
    written(tmp_path, GOOD, "a.yaml")
    written(tmp_path, GOOD, "invented.yaml")
    with pytest.raises(InputError, match=r"invented.yaml, line 3: 'first' is .* in a.yaml, line 3"):
        catalogue.load(tmp_path)


def test_a_catalogue_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "invented.yaml").write_bytes(GOOD.replace("Nobody", "Språkrådet").encode("cp1252"))
    with pytest.raises(InputError, match=r"invented.yaml: byte \d+ is not UTF-8"):
        catalogue.load(tmp_path)


# --- the catalogue that ships --------------------------------------------------------------


def test_every_origin_of_every_indicator_leads_to_a_table(shipped: Catalogue) -> None:
    assert len(shipped.indicators) > 40
    fed = {
        indicator.id for table in shipped.tables for indicator, _ in shipped.indicators_of(table.id)
    }
    ratios = {each.id for each in shipped.indicators if each.aggregate == "ratio"}
    assert fed | ratios == {indicator.id for indicator in shipped.indicators}
    assert fed & ratios == set()


def test_every_table_feeds_something(shipped: Catalogue) -> None:
    idle = [
        table.id
        for table in shipped.tables
        if table.kind != "klass"
        and table.holds == "observation"
        and not list(shipped.indicators_of(table.id))
        and not shipped.traits_of(table.id)
    ]
    assert idle == []


def test_the_publishers_own_table_stands_before_a_file_of_its_figures(shipped: Catalogue) -> None:
    kinds = {table.id: table.kind for table in shipped.tables}
    both = [
        [kinds[origin.table] for origin in indicator.origins]
        for indicator in shipped.indicators
        if {"statbank", "file"} <= {kinds[origin.table] for origin in indicator.origins}
    ]
    assert len(both) > 8
    assert all(order == sorted(order, reverse=True) for order in both)


def test_shares_and_ratios_are_never_added_up_over_a_merger(shipped: Catalogue) -> None:
    relative = re.compile(r"percent|per mille|index|stars|per |yes or no")
    added = [i.id for i in shipped.indicators if i.aggregate == "sum" and relative.search(i.unit)]
    assert added == []


def test_every_column_that_is_read_is_in_its_file(shipped: Catalogue) -> None:
    for table in shipped.tables:
        if table.layout and table.layout.has_header:
            path = files.FOLDER / table.layout.file
            header = path.read_text(table.layout.encoding).splitlines()[table.layout.skip_rows]
            columns = [name.strip('"') for name in header.split(table.layout.delimiter)]
            for _, origin in shipped.indicators_of(table.id):
                assert {origin.column, *origin.where} <= set(columns), table.id


AS_THEY_WERE = (
    "datahotellet/dataset-archive",
    "praive-inc/skytilsynet",
    "navikt/sosialhjelp-soknad-api",
    "tobiasmcvey/kommunale-nettsider",
)


def test_figures_that_came_through_someone_elses_hands_say_so(shipped: Catalogue) -> None:
    """Difi's were kept as they were in an archive of data sets; the rest is their makers' own."""
    silent = [
        table.id
        for table in shipped.tables
        if table.kind == "file"
        and table.holds == "observation"
        and not str(table.obtained_via).startswith(AS_THEY_WERE)
        and catalogue.WarningKind.INTERMEDIARY not in table.warnings
    ]
    assert silent == []


def test_a_licence_is_stated_only_where_the_publishers_own_is_known(shipped: Catalogue) -> None:
    """Whose own words on a licence have been seen; of the others nothing has."""
    said = {
        "Statistisk sentralbyrå": "CC BY 4.0",
        "Skytilsynet / BetterWorld": "CC BY 4.0",
        "Tobias McVey: kommunale-nettsider": "CC BY 4.0",
        "Arbeids- og velferdsetaten (NAV)": "MIT",
    }
    stated = {(table.publisher, table.licence) for table in shipped.tables}
    assert stated == {(publisher, said.get(publisher, "unconfirmed")) for publisher, _ in stated}
    assert said.keys() <= {publisher for publisher, _ in stated}


def test_tables_outside_the_package_are_known_as_added(tmp_path: Path) -> None:
    found = catalogue.load(catalogue.FOLDER, written(tmp_path, with_file()))
    assert found.added == {"first", "second"}
    assert catalogue.load().added == frozenset()


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("ssb_12134", {"ssb_12134"}),
        ("12134", {"ssb_12134", "ssb_12134_more"}),
        ("klass", {"klass_131", "klass_104", "klass_112", "klass_128"}),
        ("robek", {"file_kdd_robek", "file_kdd_robek_stays", "file_kdd_robek_years"}),
        ("nkom", {"file_nkom_2022h1"}),
        ("enhetsregisteret", {"enhetsregisteret"}),
        ("14288", set()),
    ],
)
def test_a_table_goes_by_its_id_its_number_and_the_words_of_its_id(
    name: str, ids: set[str]
) -> None:
    assert {table.id for table in catalogue.load().called(name)} == ids


def test_kostra_is_what_is_published_twice_a_year_and_the_files_made_of_it() -> None:
    called = {table.id for table in catalogue.load().called("kostra")}
    assert {"ssb_14534", "ssb_11918", "ssb_12134", "ssb_12143", "ssb_12367"} <= called
    assert "file_kostra_northern_series" in called
    assert not called & {"ssb_07459", "ssb_06944"}


TRAIT = """\
traits:
  - id: vendor
    title: {{nb: Oppdiktet, en: Invented}}
    table: {table}
    column: vendor
    {dated}
"""


@pytest.mark.parametrize(
    ("table", "dated", "said"),
    [
        ("third", "valid_on: '2026'", "there is no table 'third'"),
        ("first", "valid_on: '2026'", "a trait is read from a file with a 'division'"),
        ("first", "note: none", "either 'observed', a column of days, or 'valid_on'"),
    ],
)
def test_a_trait_that_could_never_be_read_is_refused(
    tmp_path: Path, table: str, dated: str, said: str
) -> None:
    (tmp_path / "invented.yaml").write_text(
        GOOD + TRAIT.format(table=table, dated=dated), encoding="utf-8"
    )
    with pytest.raises(InputError, match=re.escape(said)):
        catalogue.load(tmp_path)
