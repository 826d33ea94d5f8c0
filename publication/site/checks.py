"""How fresh the sources are, what the checks found, and the last runs."""

from typing import Any

from publication.bundle import Bundle, rows
from publication.site.pages import Pages
from warehouse.checks import Check

PATH = "checks"
_RUNS = """
    with outcome as (
        select run_id, count_if(outcome = 'fetched')::int as fetched,
            count_if(outcome = 'unchanged')::int as unchanged,
            count_if(outcome = 'failed')::int as failed,
            count_if(outcome = 'skipped')::int as skipped
        from mart.source_run group by all
    ),
    revised as (
        select changed_at, count(*)::int as revised from mart.revision group by all
    )
    select run.*, fetched, unchanged, failed, skipped, coalesce(revised, 0) as revised
    from mart.refresh_run as run
    left join outcome using (run_id)
    left join revised on changed_at = started_at
    order by started_at desc limit 30
"""
_CHECKS = "from mart.data_check order by faults = 0, check_name"
_SOURCES = "from mart.source_table where is_asked order by accessed_at, table_id"


def write(bundle: Bundle, pages: list[Pages]) -> None:
    """Writes the page in each language."""
    con = bundle.con
    runs, sources = rows(con, _RUNS), rows(con, _SOURCES)
    checks = [check | {"counted": _counted(check)} for check in rows(con, _CHECKS)]
    found = [check for check in checks if check["faults"]]
    for each in pages:
        each.write(
            "checks.html", PATH, each.words("site_checks"),
            each.words("site_checks_about", checks=len(checks), found=len(found)),
            found=found, passed=[check for check in checks if not check["faults"]], runs=runs,
            sources=[_source(each, source, bundle) for source in sources],
        )  # fmt: skip


def _counted(check: dict[str, Any]) -> str:
    """What was found, in English."""
    found = Check(check["check_name"], check["finds"], check["why"], check["severity"], query="")
    return found.counted(check["faults"])


def _source(pages: Pages, source: dict[str, Any], bundle: Bundle) -> dict[str, str]:
    """A source with its dates in words."""
    accessed = bundle.accessed.get(str(source["table_id"]), "")
    updated = str(source["updated"] or "")[:10]
    return {
        "id": str(source["table_id"]),
        "title": str(source[f"title_{pages.language}"] or source["citation"]),
        "publisher": str(source["publisher"] or ""),
        "updated": pages.numbers.date(updated) if updated else pages.words("not_known"),
        "accessed": pages.numbers.date(accessed) if accessed else pages.words("not_known"),
        "outcome": pages.words.of("outcome", source["outcome"]),
        "message": str(source["message"] or ""),
    }
