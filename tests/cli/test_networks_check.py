"""`networks check` on the real register and the real municipalities."""

from pathlib import Path

from flows.settings import Settings
from tests.command import digidistrikt

HEADER = "network_id,municipality_code,municipality_name,valid_from,valid_to,basis,source_url,"


def written(folder: Path, *rows: str) -> Path:
    file = folder / "members.csv"
    file.write_text("\n".join([HEADER + "code_year", *rows, ""]), encoding="utf-8")
    return file


def test_names_as_they_are_written_are_understood_and_a_repeated_row_is_a_note(
    built: Settings, tmp_path: Path
) -> None:
    url = "https://made-up.example"
    file = written(
        tmp_path,
        f"digivestland,4620,Ulvik herad,2025,,council_decision,{url},",
        f"digiagder,4201,RISØR KOMMUNE,2025,,council_decision,{url},",
        f"digitrofi,5612,Guovdageainnu suohkan - Kautokeino kommune,2025,,council_decision,{url},",
    )
    done = digidistrikt("networks", "check", str(file), home=built.home)
    assert (done.returncode, done.stdout) == (0, f"{file}: every row can be used.\n")
    notes = done.stderr.splitlines()
    assert any(
        note.startswith(
            "note: members.csv, row 3: 4201 is in digiagder in the register already, dates not"
            " known (source_says_all_in_county, https://agderfk.no/"
        )
        for note in notes
    )


def test_a_membership_that_is_to_come_is_told(built: Settings, tmp_path: Path) -> None:
    row = "digivestland,4630,Osterøy,2999,,council_decision,https://made-up.example,"
    done = digidistrikt("networks", "check", str(written(tmp_path, row)), home=built.home)
    assert done.returncode == 0
    assert "row 2: 4630 is not in digivestland before 2999: that is to come." in done.stderr


def test_a_code_before_its_time_and_a_name_of_another_are_told(
    built: Settings, tmp_path: Path
) -> None:
    file = written(
        tmp_path,
        "digivestland,4601,Bergen,2025,,council_decision,https://made-up.example,2019",
        "digiviken,0301,Ulvik herad,2025,,council_decision,https://made-up.example,",
    )
    done = digidistrikt("networks", "check", str(file), home=built.home)
    assert (done.returncode, done.stderr) == (5, "")
    assert done.stdout.splitlines() == [
        "members.csv, row 2: 4601 is no code of 2019; it is one of 2020-. Correct the code or"
        " code_year.",
        "members.csv, row 3: 0301 is Oslo - Oslove, but municipality_name says 'Ulvik herad'. Ulvik"
        " herad is 4620 in Vestland. Correct the code or the name.",
    ]
