"""`Engine` on DBOS. The application version is pinned: a changed comment or an upgrade must not orphan pending runs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, ClassVar

from dbos import (
    DBOS,
    DBOSClient,
    DBOSConfig,
    DBOSPortableJSONSerializer,
    EnqueueOptions,
    SetWorkflowID,
)
from dbos import error as dbos_error

from tickless.domain.errors import Conflict
from tickless.flow import names
from tickless.flow.engine import STEP_TRIES, Json, Pending, StepBroke, WorkflowFunction
from tickless.journal import Journal, Tx
from tickless.kit.log import get_logger

APPLICATION = "tickless"
APPLICATION_VERSION = "1"
"""Raised only when stored runs of the old version can't be continued by the new code: an ADR goes with it."""
POLL_SECONDS = 0.2
STEP_PAUSE = 0.5
"""Seconds before a step that broke is tried again: a database that is away for a moment is no defect."""
BROKE = "__broke__"
"""Marks the remembered result of a step that never worked, so that a replay comes to the same end."""
log = get_logger("flow")
_LIVE = ["PENDING", "ENQUEUED", "DELAYED"]


class DbosEngine:
    """One process's share of the durable work, over the journal's own database."""

    _working: ClassVar[DbosEngine | None] = None
    """DBOS is one per process: a second engine would silently share the first one's."""

    def __init__(self, journal: Journal, *, executor: str, concurrency: int = 64) -> None:
        self.executor = executor
        self._concurrency = concurrency
        self._engine = journal.engine
        self._workflows: dict[str, Any] = {}
        self._launched = False
        self._client: DBOSClient | None = None

    def _config(self) -> DBOSConfig:
        return DBOSConfig(
            name=APPLICATION,
            application_version=APPLICATION_VERSION,
            executor_id=self.executor,
            system_database_url=self._engine.url.render_as_string(hide_password=False),
            system_database_engine=self._engine,
            serializer=DBOSPortableJSONSerializer(),
            notification_listener_polling_interval_sec=POLL_SECONDS,
            log_level="ERROR",
            console_log_level="ERROR",
            enable_otlp=False,
        )

    def register(self, name: str, function: WorkflowFunction) -> None:
        if not self._workflows:
            if DbosEngine._working is not None:
                raise Conflict("this process runs a house already", mend="stop it first, or use a process of its own")
            DbosEngine._working = self
            DBOS(config=self._config())

        async def workflow(*args: Json) -> Json:
            return await function(*args)

        self._workflows[name] = DBOS.workflow(name=name)(workflow)

    def prepare(self) -> None:
        """For a process that only enqueues and sends: bring the engine's tables up to date, run nothing."""
        DBOS.migrate(self._engine.url.render_as_string(hide_password=False))

    def launch(self) -> None:
        DBOS.launch()
        DBOS.register_queue(
            names.QUEUE,
            worker_concurrency=self._concurrency,
            polling_interval_sec=POLL_SECONDS,
            on_conflict="always_update",
        )
        self._launched = True

    def stop(self) -> None:
        if self._client is not None:
            self._client.destroy()
            self._client = None
        if self._workflows:
            DBOS.destroy(destroy_registry=True, workflow_completion_timeout_sec=2)
            self._workflows.clear()
            self._launched = False
            DbosEngine._working = None

    @property
    def client(self) -> DBOSClient:
        """Writes durable work from outside of workflows; needs no launch, so a door-only process has it too."""
        if self._client is None:
            self._client = DBOSClient(
                system_database_engine=self._engine,
                serializer=DBOSPortableJSONSerializer(),
                application_name=APPLICATION,
            )
        return self._client

    def enqueue(self, tx: Tx, name: str, *, workflow: str, args: tuple[Json, ...]) -> None:
        options = EnqueueOptions(
            queue_name=names.QUEUE,
            workflow_name=name,
            workflow_id=workflow,
            app_version=APPLICATION_VERSION,
        )
        self.client.enqueue_in_transaction(tx.connection, options, *args)

    def send(self, workflow: str, message: Json, *, key: str) -> None:
        try:
            self.client.send(workflow, message, names.INBOX, idempotency_key=key)
        except dbos_error.DBOSNonExistentWorkflowError:
            log.warning("nobody waits for this message any more", workflow=workflow, key=key)

    async def step(self, name: str, function: Callable[..., Json], *args: Json) -> Json:
        async def in_thread() -> Json:
            for attempt in range(STEP_TRIES):
                try:
                    return await asyncio.to_thread(function, *args)
                except Exception as error:  # ADR 0013: a defect ends one case, not the house
                    log.error("a step broke", step=name, args=args, attempt=attempt, exc_info=error)
                    broke = f"{type(error).__name__} in {name}"
                    await asyncio.sleep(STEP_PAUSE * (attempt + 1))
            return {BROKE: broke}

        result = await DBOS.run_step_async({"name": name}, in_thread)
        if isinstance(result, dict) and BROKE in result:
            raise StepBroke(result[BROKE])
        return result

    async def call(self, name: str, *, workflow: str, args: tuple[Json, ...]) -> Json:
        with SetWorkflowID(workflow):
            handle = await DBOS.start_workflow_async(self._workflows[name], *args)
        return await handle.get_result()

    async def sleep(self, seconds: float) -> None:
        await DBOS.sleep_async(seconds)

    async def receive(self, *, seconds: float) -> Json:
        return await DBOS.recv_async(names.INBOX, timeout_seconds=seconds)

    def pending(self, *, executor: str | None = None) -> list[Pending]:
        found = self.client.list_workflows(
            status=_LIVE, executor_id=executor, load_input=False, load_output=False, limit=10_000
        )
        return [
            Pending(row.workflow_id, row.name or "", row.status, row.executor_id or "", row.created_at or 0)
            for row in found
        ]

    def take_over(self, workflow: str) -> None:
        self.client.resume_workflow(workflow)

    def cancel(self, workflow: str) -> None:
        self.client.cancel_workflow(workflow)
