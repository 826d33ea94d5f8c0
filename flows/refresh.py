"""The refresh as a Prefect flow: plan, fetch, build (load, model, check) and publish.

Without a Prefect server a temporary API is started; it is given time to start, keeps its home in
the project's data folder unless the user has one, and sends no analytics.
"""

from pathlib import Path

from flows.settings import Settings

Settings().prepare_prefect()

from prefect import flow, get_run_logger, task  # noqa: E402 - after the settings above
from prefect.artifacts import create_markdown_artifact  # noqa: E402
from prefect.futures import wait  # noqa: E402

from flows import steps  # noqa: E402
from flows.steps import Summary  # noqa: E402
from sources import catalogue  # noqa: E402
from sources.catalogue import Catalogue  # noqa: E402
from sources.http import Upstream  # noqa: E402
from sources.plan import Planned  # noqa: E402
from sources.store import Fetched, Store  # noqa: E402

# A reply already kept is not lost when another fails; the session itself retries passing faults,
# so a task is tried again only once, after a pause that outlasts the publisher's error cache.
_ERROR_CACHE_SECONDS = 300


@task(name="plan", task_run_name="plan", retries=1, retry_delay_seconds=_ERROR_CACHE_SECONDS)
def plan(entries: Catalogue, upstream: Upstream, only: tuple[str, ...]) -> list[Planned]:
    """Every call of the refresh."""
    return steps.plan(entries, upstream, only)


@task(
    name="fetch",
    task_run_name="fetch {planned.table_id}",
    retries=1,
    retry_delay_seconds=_ERROR_CACHE_SECONDS,
)
def fetch(planned: Planned, entries: Catalogue, upstream: Upstream, store: Store) -> Fetched:
    """One call, its reply kept."""
    return steps.fetch(planned, entries, upstream, store)


@task(name="build", task_run_name="build {run_id}")
def build(
    settings: Settings, entries: Catalogue, fetched: list[Fetched], run_id: str, calls: int
) -> Summary:
    """Load, model, check and publish."""
    return steps.build(settings, entries, fetched, run_id, calls)


@flow(name="refresh", flow_run_name="refresh from {upstream}", validate_parameters=True)
def refresh(
    upstream: str = "recorded", home: str | None = None, only: list[str] | None = None
) -> Summary:
    """Brings the warehouse up to date from an upstream.

    Raises what the steps raise; a failed run leaves the warehouse as it was.
    """
    base = Settings(upstream=upstream)
    settings = Settings(home=Path(home), upstream=upstream) if home else base
    entries, store, run_id = catalogue.load(), Store(settings.home), steps.new_run_id()
    chosen = tuple(only or ())
    with steps.open_upstream(settings) as session:
        planned = plan(entries, session, chosen)
        futures = [fetch.submit(item, entries, session, store) for item in planned]
        wait(futures)
        fetched = [future.result() for future in futures]
        calls = session.calls
    fetched += steps.kept_from_before(settings, store, chosen)
    try:
        summary = build(settings, entries, fetched, run_id, calls)
    except Exception as error:
        create_markdown_artifact(f"# Refresh failed\n\n{error}\n", key="refresh")
        raise
    store.write_manifest(run_id, fetched)
    create_markdown_artifact(markdown(summary), key="refresh", description="What was loaded")
    get_run_logger().info("published %s", run_id)
    return summary


def markdown(summary: Summary) -> str:
    """What a refresh brought and what its checks found, as Markdown."""
    head = ["| source | figures | periods |", "|---|---:|---|"]
    loaded = [
        f"| {item.table_id} | {item.observations} | {item.periods} |" for item in summary.loaded
    ]
    faults = [f"- {result.sentence}" for result in summary.checks if result.faults]
    return "\n".join(
        [
            f"# Refresh {summary.run_id} from {summary.upstream}",
            "",
            f"{summary.calls} calls; {summary.figures} figures published.",
            "",
            *head,
            *loaded,
            "",
            "## Checks",
            f"{len(summary.checks)} checks, {len(faults)} with something to say.",
            *faults,
        ]
    )
