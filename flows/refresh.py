"""The refresh as a Prefect flow: decide, plan, fetch, then load, model, check and publish.

Without a Prefect server a temporary API is started; `Settings.prepare_prefect`, called before this
module is imported, gives it time to start and a home in the data folder.
"""

from pathlib import Path

from prefect import flow, get_run_logger, runtime, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.task_runners import ThreadPoolTaskRunner
from prefect.tasks import Task

from common.errors import SourceError, UpstreamError, WarehouseError
from flows import engine
from flows.outcome import Summary
from flows.settings import Settings
from flows.steps import Refresh
from sources.changes import Decision
from sources.plan import Failed, Planned
from sources.store import Fetched

# The session has already tried five times. A person who waits is told of the fault at once; an
# unattended run comes back when the publishers no longer answer from their cache of errors.
_ERROR_CACHE_SECONDS = 300


def _worth_another_try(_task: Task[..., object], _run: TaskRun, state: State[object]) -> bool:
    error = state.result(raise_on_failure=False)
    return runtime.deployment.id is not None and isinstance(error, UpstreamError)


@task(
    task_run_name="decide",
    retries=2,
    retry_delay_seconds=_ERROR_CACHE_SECONDS,
    retry_condition_fn=_worth_another_try,
    cache_policy=NO_CACHE,
)
def decide(refresh: Refresh) -> list[Decision]:
    """Which tables to ask."""
    return refresh.decide()


@task(task_run_name="plan", cache_policy=NO_CACHE)
def plan(refresh: Refresh, decisions: list[Decision]) -> tuple[list[Planned], list[Failed]]:
    """Every request of the refresh."""
    return refresh.plan(decisions)


@task(
    task_run_name="fetch {planned.table_id}",
    retries=2,
    retry_delay_seconds=_ERROR_CACHE_SECONDS,
    retry_condition_fn=_worth_another_try,
    cache_policy=NO_CACHE,
)
def fetch(refresh: Refresh, planned: Planned, place: str) -> Fetched:
    """One request, its reply kept."""
    return refresh.fetch(planned, place)


@task(task_run_name="publish {refresh.run_id}", cache_policy=NO_CACHE)
def publish(
    refresh: Refresh,
    decisions: list[Decision],
    planned: list[Planned],
    fetched: list[Fetched],
    failed: list[Failed],
) -> Summary:
    """Load, model, check and swap in."""
    return refresh.publish(decisions, planned, fetched, failed)


@flow(
    name="refresh",
    flow_run_name="refresh from {upstream}",
    task_runner=ThreadPoolTaskRunner(max_workers=4),  # type: ignore[arg-type] # typed too narrowly
)
def refresh_warehouse(
    upstream: str = "recorded", home: str | None = None, only: list[str] | None = None
) -> Summary:
    """Brings the warehouse up to date from an upstream.

    Raises what the steps raise; a failed run leaves the warehouse as it was and says why in its
    artifact.
    """
    settings = Settings(Path(home), upstream) if home else Settings(upstream=upstream)
    try:
        with engine.opened(settings, only or ()) as refresh:
            decisions = decide(refresh)
            planned, failed = plan(refresh, decisions)
            futures = [
                (item, fetch.submit(refresh, item, place)) for item, place in engine.placed(planned)
            ]
            fetched: list[Fetched] = []
            for item, future in futures:
                try:
                    fetched.append(future.result())
                except UpstreamError as error:
                    failed.append(Failed(item.table_id, str(error)))
            summary = publish(refresh, decisions, planned, fetched, failed)
    except (SourceError, WarehouseError) as error:
        create_markdown_artifact(f"# Refresh failed\n\n{error}\n", key="refresh")
        raise
    create_markdown_artifact(markdown(summary), key="refresh", description="What was loaded")
    get_run_logger().info("published %s", summary.run_id)
    return summary


def markdown(summary: Summary) -> str:
    """What a refresh brought, what failed and what its checks found, as Markdown."""
    head = f"# Refresh {summary.run_id} from {summary.upstream}\n\n{summary.requests_made}; "
    if summary.unchanged_since:
        return f"{head}nothing new since {summary.unchanged_since:%Y-%m-%d %H:%M}.\n"
    loaded = [
        f"| {item.table_id} | {item.observations} | {item.periods} |" for item in summary.loaded
    ]
    faults = [f"- {result.sentence}" for result in summary.checks if result.faults]
    failed = [f"- {item.table_id}: {item.message}" for item in summary.failed]
    return "\n".join(
        [
            f"{head}{summary.figures} figures published.",
            "",
            *([summary.code_change, ""] if summary.code_change else []),
            *(["## Failed, and shown with their last good figures", *failed, ""] if failed else []),
            "| source | figures | periods |",
            "|---|---:|---|",
            *loaded,
            "",
            "## Checks",
            f"{len(summary.checks)} checks, {len(faults)} with warnings.",
            *faults,
        ]
    )
