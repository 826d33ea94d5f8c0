"""An invented table of StatBank, and catalogues that ask it."""

from collections.abc import Sequence
from typing import Any

from sources.catalogue import Catalogue, Indicator, Origin, Regions, Table, Title

AGES = [f"{age:03d}" for age in range(105)] + ["105+"]
INVENTED = Title(nb="Oppdiktet", en="Invented")

LISTS = {
    "agg_inv1": "Uttrekk for Kommuner 2020-2023",
    "agg_inv2": "Uttrekk for Kommuner 2024-",
    "agg_inv3": "Fylker 2024-",
}


def metadata(lists: dict[str, str] = LISTS, *, may_leave_out: bool = False) -> dict[str, Any]:
    """An invented table of three regions, two kinds, two contents and three years."""
    chosen = {
        "KOKregion": ["1508", "1580", "EAK"],
        "Art": ["A1", "A2"],
        "ContentsCode": ["C1", "C2"],
        "Tid": ["2024", "2025", "2026"],
    }
    described = {
        name: {
            "label": name,
            "category": {
                "index": {code: place for place, code in enumerate(codes)},
                "label": {code: f"invented {code}" for code in codes},
            },
            "extension": {"elimination": may_leave_out and name == "Art"},
        }
        for name, codes in chosen.items()
    }
    offered = [{"id": each, "label": label, "type": "Valueset"} for each, label in lists.items()]
    described["KOKregion"]["extension"]["codelists"] = offered
    return {
        "version": "2.0",
        "class": "dataset",
        "label": "99999: Invented",
        "id": list(chosen),
        "size": [len(codes) for codes in chosen.values()],
        "role": {"time": ["Tid"], "metric": ["ContentsCode"]},
        "dimension": described,
        "value": [],
    }


def entries(*origins: Origin, **regions: Any) -> tuple[Catalogue, Table]:
    """A catalogue of one invented table and an indicator for each origin."""
    table = Table(
        id="invented",
        kind="statbank",
        table="99999",
        publisher="Nobody",
        title=INVENTED,
        licence="invented",
        citation="invented",
        url="https://example.org/99999",
        region_dimension="KOKregion",
        regions=(Regions(**regions),),
    )
    indicators = [
        Indicator(
            id=f"invented_{number}",
            title=INVENTED,
            unit="pieces",
            aggregate="sum",
            origins=(origin,),
        )
        for number, origin in enumerate(origins, 1)
    ]
    return Catalogue(tables=(table,), indicators=tuple(indicators)), table


def origin(contents: str = "C1", **select: Sequence[str]) -> Origin:
    return Origin(
        table="invented",
        contents=contents,
        select={name: tuple(wanted) for name, wanted in select.items()},
    )


BOTH = origin(Art=["A1", "A2"])
