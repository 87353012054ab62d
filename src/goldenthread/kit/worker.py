"""The worker thread of the server process. It comes back after a fault and finishes its job before the process ends."""

from __future__ import annotations

import logging
import multiprocessing.util
import os
import threading
import time
from datetime import timedelta

from django.db import connection, connections
from django.utils import timezone
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from goldenthread.kit import jobs

log = logging.getLogger("goldenthread.worker")
MEASURE_EVERY = 60.0  # seconds between two looks at what the tables hold; one takes some milliseconds
TICK = 5.0  # seconds between two looks at the clock
PAUSE = 0.5  # seconds between two looks at the queue; each look takes the write lock for an instant
_stopping = threading.Event()
_current: list[Worker] = []


def make_worker(*, batch: bool = False) -> Worker:
    """A worker over all queues; with `batch` it ends when the queue is empty."""
    return Worker(
        queue_names=["*"],
        interval=PAUSE,
        batch=batch,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=f"thread-{os.getpid()}",
        excluded_queue_names=[],
    )


def drain() -> None:
    """Do all the work that is queued now: for commands and tests."""
    make_worker(batch=True).run()


def start() -> None:
    """Start the thread. Work that a killed process left unfinished is queued again."""
    thread = threading.Thread(target=_loop, name="worker", daemon=True)
    thread.start()
    threading.Thread(target=_clock, name="clock", daemon=True).start()

    def stop() -> None:
        _stopping.set()
        for worker in _current:
            worker.running = False
        thread.join(10)

    multiprocessing.util.Finalize(None, stop, exitpriority=100)  # granian's worker process does not run atexit


def measure_tables() -> None:
    """Let the database look at what its tables hold, so that it picks the right index; PostgreSQL does so by itself.

    Without it SQLite takes the index of the organisation for everything, which in one organisation leaves out nothing. It
    looks at no more rows of one value than the limit, and below it believes that there are no more: a low limit misleads it.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA analysis_limit=10000")
            cursor.execute("ANALYZE")


def _clock() -> None:
    """Look every few seconds for recurring work; the first look, at the start, finds all of it due."""
    last, measured = timezone.now() - timedelta(days=1), 0.0
    while not _stopping.wait(TICK):
        now = timezone.now()
        if time.monotonic() - measured > MEASURE_EVERY or not measured:
            measured = time.monotonic()
            try:
                measure_tables()
            except Exception:
                log.exception("the tables could not be measured; pages may be slower")
        try:
            jobs.run_recurring(last, now)
        except Exception:
            log.exception("recurring work failed and is tried again")
        else:
            last = now
        connections.close_all()


def _loop() -> None:
    requeued = False
    while not _stopping.is_set():
        try:
            if not requeued:
                DBTaskResult.objects.filter(status="RUNNING", started_at__lt=timezone.now()).update(
                    status="READY", started_at=None
                )
                requeued = True
            worker = make_worker()
            _current[:] = [worker]
            worker.run()
        except Exception:
            log.exception("the worker stopped and starts again")
            connections.close_all()
            time.sleep(1)
        else:
            return
