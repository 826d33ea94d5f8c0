"""Whatever a person names is understood or refused in a sentence."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sources import catalogue
from sources.networks import check_membership_file
from tests import damage
from tests.sources.read_or_refused import PLACES, TABLES, WORKBOOK, added, said

# --- files -------------------------------------------------------------------------------------

PIECES = st.text(max_size=6) | st.sampled_from(
    [
        '"',
        '""',
        ";",
        ",",
        "\t",
        "\n",
        "\r",
        "\r\n",
        "\x00",
        "0301",
        "2024",
        "1e999",
        "-",
        "=1+1",
        "−",
        "\ufeff",
        "９",
        "kommunenr",
        "år",
        "1,5",
        "1.5",
        "9" * 400,
        "\u2028",
    ]
)


@given(st.binary(max_size=300) | st.binary(max_size=60).map(lambda tail: b"PK\x03\x04" + tail))
def test_any_bytes_of_a_file_are_understood_or_refused(content: bytes) -> None:
    said(lambda: added(content))


@given(st.data(), st.sampled_from(TABLES), st.sampled_from(["utf-8", "cp1252", "utf-16"]))
def test_a_damaged_csv_file_is_understood_or_refused(
    data: st.DataObject, table: str, encoding: str
) -> None:
    text = damage.in_text(data.draw, table, PIECES)
    wishes: dict[str, Any] = data.draw(
        st.sampled_from(
            [
                {},
                {"period": "2024"},
                {"skip_rows": 1},
                {"has_header": False, "period": "2024"},
                {"skip_rows": -1},
                {"values": ("poeng",)},
                {"id": "0"},
                {"division": 0},
            ]
        )
    )
    said(lambda: added(text.encode(encoding, "replace"), **wishes))


XML = PIECES | st.sampled_from(
    [
        "<",
        ">",
        "/",
        '"',
        "&amp;",
        "&x;",
        "<c>",
        "<v>",
        "<row>",
        'r="A1"',
        'r="ZZZ9999999"',
        't="s"',
        't="d"',
        't="e"',
        "<f>1</f>",
        "<sheet/>",
        's="9"',
        "2e400",
        "-1",
        "<is><t>",
        "-99999999",
    ]
)


@given(st.data())
def test_a_damaged_workbook_is_understood_or_refused(data: st.DataObject) -> None:
    content = (
        damage.in_zip(data.draw, WORKBOOK, XML)
        if data.draw(st.booleans())
        else damage.in_bytes(data.draw, WORKBOOK)
    )
    said(lambda: added(content))
    said(lambda: added(content, sheet="Sheet"))


MEMBERS = (
    "network_id,municipality_code,valid_from,valid_to,basis,source_url,source_date\n"
    "digi_x,0301,2020-01-01,,named_in_source,https://example.org,2025-01-01\n"
)


@given(st.data())
def test_a_damaged_register_of_members_is_told_of_by_row(data: st.DataObject) -> None:
    content = damage.in_text(data.draw, MEMBERS, PIECES).encode("utf-8", "replace")
    if data.draw(st.booleans()):
        content = damage.in_bytes(data.draw, content)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "members.csv"
        path.write_bytes(content)
        said(lambda: [str(each) for each in check_membership_file(path, PLACES, ["digi_x"])])


# --- what a person declares --------------------------------------------------------------------

DECLARED = (Path(catalogue.FOLDER) / "digital.yaml").read_text(encoding="utf-8")[:3_000]


@given(st.data())
def test_a_damaged_catalogue_is_read_or_refused(data: st.DataObject) -> None:
    text = damage.in_text(data.draw, DECLARED, damage.YAML)
    with TemporaryDirectory() as folder:
        (Path(folder) / "own.yaml").write_text(text, encoding="utf-8", errors="replace")
        said(lambda: catalogue.load(Path(folder)))
