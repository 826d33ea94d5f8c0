"""The refresh as a Prefect flow: decide, plan, fetch, then load, model, check and publish.

Without a Prefect server a temporary API is started; `Settings.prepare_prefect`, called before this
module is imported, gives it time to start and a home in the data folder.
"""

from collections.abc import Sequence
from pathlib import Path

from prefect import flow, get_run_logger, runtime, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.events import emit_event
from prefect.settings import PREFECT_API_URL
from prefect.states import Completed
from prefect.task_runners import ThreadPoolTaskRunner
from prefect.tasks import Task

from common.errors import DigidistriktError, UpstreamError
from flows import artifact, configuration, engine, targets
from flows.outcome import Summary
from flows.settings import Settings
from flows.steps import Refresh
from sources.changes import Decision
from sources.http import Request
from sources.plan import Failed, Planned
from sources.store import Fetched
from warehouse.publish import reading

# The session has already tried five times. A person who waits is told of the fault at once; an
# unattended run comes back when the publishers no longer answer from their cache of errors.
_ERROR_CACHE_SECONDS = 300
# The event of a new vintage: what is made of the warehouse (report) waits for it.
PUBLISHED = "digidistrikt.published"


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
def fetch(refresh: Refresh, planned: Planned, place: str) -> tuple[Fetched, tuple[Request, ...]]:
    """One request, its reply kept; with the requests that were sent for it in another process."""
    upstream = refresh.upstream
    try:
        return refresh.fetch(planned, place), upstream.sent_elsewhere
    except UpstreamError as error:
        error.sent_elsewhere = upstream.sent_elsewhere
        raise


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


@task(task_run_name="publish to targets", cache_policy=NO_CACHE)
def publish_to_targets(settings: Settings, summary: Summary) -> Summary:
    """Each target is made equal to the warehouse."""
    return targets.published(settings, summary)


@flow(
    name="refresh",
    flow_run_name="refresh from {upstream}",
    task_runner=ThreadPoolTaskRunner(max_workers=4),  # type: ignore[arg-type] # typed too narrowly
)
def refresh_warehouse(
    upstream: str = "recorded", home: str | None = None, only: list[str] | None = None
) -> State[Summary]:
    """Brings the warehouse up to date from an upstream.

    Ends Completed; Stale (a kind of Completed) if a source failed and is shown with its last good
    figures, or a target is behind; Unchanged if there was nothing new; or Failed with what the
    steps raise: the warehouse then is as it was. Each says why in its artifact. Called directly, it
    returns the Summary.
    """
    configuration.apply()
    settings = Settings(Path(home), upstream) if home else Settings(upstream=upstream)
    try:
        summary = _refreshed(settings, only or ())
        changed = () if summary.unchanged_since else _changed(settings)
    except DigidistriktError as error:
        create_markdown_artifact(f"# Refresh failed\n\n{error}\n", key="refresh")
        raise
    create_markdown_artifact(artifact.of_refresh(summary, changed), key="refresh")
    if summary.unchanged_since:
        get_run_logger().info("nothing new since %s", summary.unchanged_since)
    else:
        get_run_logger().info("published %s", summary.run_id)
        _tell_of(summary, settings)
    return Completed(name=summary.state, message=summary.why, data=summary)


def _refreshed(settings: Settings, only: Sequence[str]) -> Summary:
    with engine.opened(settings, only) as refresh:
        decisions = decide(refresh)
        planned, failed = plan(refresh, decisions)
        futures = [
            (item, fetch.submit(refresh, item, place)) for item, place in engine.placed(planned)
        ]
        fetched: list[Fetched] = []
        for item, future in futures:
            try:
                answered, sent = future.result()
                fetched.append(answered)
            except UpstreamError as error:
                sent = error.sent_elsewhere
                failed.append(Failed(item.table_id, str(error)))
            refresh.upstream.count(sent)
        summary = publish(refresh, decisions, planned, fetched, failed)
        return publish_to_targets(settings, summary) if settings.targets else summary


def _changed(settings: Settings) -> Sequence[str]:
    with reading(settings.warehouse) as con:
        return artifact.changes(con)


def _tell_of(summary: Summary, settings: Settings) -> None:
    """Tells a server that there is a new vintage, for what is made of it.

    The temporary API of a person at a terminal has nobody who listens.
    """
    if PREFECT_API_URL.value():
        emit_event(
            PUBLISHED,
            resource={
                "prefect.resource.id": f"digidistrikt.vintage.{summary.run_id}",
                "prefect.resource.name": str(settings.warehouse.resolve()),
            },
            payload={"vintage": summary.run_id, "figures": summary.figures},
        )
