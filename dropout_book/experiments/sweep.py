"""A sweep: runs carried out by Dask, on this machine or on any cluster.

Libraries come one after the other, each in worker processes that begin with it. To a worker
goes a configuration; what comes back is recorded at once.
"""

import logging
import os
import time
from contextlib import contextmanager
from functools import cache

import dask
from dask.distributed import Client, LocalCluster, as_completed, get_worker

from dropout_book.experiments.cost import cost
from dropout_book.experiments.results import FOLDER, ROOT, Results, hold
from dropout_book.experiments.run import LIBRARIES, Run, execute
from dropout_book.records import record

PATIENCE = 30  # seconds, for a scheduler to answer
# Dask has workers give memory back as soon as it is free, to be fetched again at each step of
# a training: that takes a third more time. Who sets the one threshold has to set the other,
# or arrays of more than 128 KB are mapped and unmapped each time.
KEEP_MEMORY = {"MALLOC_TRIM_THRESHOLD_": 1 << 30, "MALLOC_MMAP_THRESHOLD_": 1 << 25}  # bytes


@cache
def code_here(names):
    return record.digests(ROOT, names)


def carry_out(settings, topic, names):
    """What a worker does: say that it begins, run, and say of which code that was."""
    get_worker().log_event(topic, "begins")
    return execute(Run.of(settings)), code_here(names)


class Sweep:
    """Carries out what is missing of some questions, in their order.

    scheduler: the address of Dask's; None for workers of our own, one for each core.
    rehearse: two seeds of each arm, few steps.
    others: questions that may lend runs they have in common with these.
    """

    def __init__(
        self, questions, folder=FOLDER, scheduler=None, workers=None, rehearse=False, others=()
    ):
        self.questions, self.others, self.folder = questions, others, folder
        self.scheduler, self.workers = scheduler, workers or len(os.sched_getaffinity(0))
        self.rehearse = rehearse
        self.failures = {}  # run: why

    def go(self):
        """Run all that is missing; `failures` says what could not be."""
        lock = hold(self.folder)
        try:
            self.stores = [Results(each, self.folder) for each in self.questions]
            for store in self.stores:
                if store.changed:
                    print(
                        f"{store.question.id} is stale, its {len(store.entries)} runs are made "
                        f"anew. Changed: {', '.join(store.changed)}"
                    )
                    store.entries.clear()
            lent = [Results(each, self.folder) for each in self.others]
            self.lenders = self.stores + [store for store in lent if not store.changed]
            self.begun, self.spent = time.monotonic(), 0.0
            for library in LIBRARIES:
                if self.missing(library):
                    self.run_all(library)
            for store in self.stores:
                store.close(len(self.missing_of(store)))
        finally:
            lock.release()

    def due(self, store):
        question = store.question
        return question.rehearsal() if self.rehearse else question.due(store.results)

    def planned(self, store):
        question = store.question
        return question.rehearsal() if self.rehearse else question.planned(store.results)

    def missing_of(self, store):
        """The runs that are due and neither recorded here nor with another question."""
        while True:
            due = [run for run in self.due(store) if run not in store.entries]
            lent = {
                run: lender.entries[run]
                for run in due
                for lender in self.lenders
                if run in lender.entries
            }
            if not lent:
                return due
            store.entries |= lent

    def missing(self, library):
        """`{run: the stores that want it}`, in the order of the questions."""
        found = {}
        for store in self.stores:
            for run in self.missing_of(store):
                if run.library == library and run not in self.failures:
                    found.setdefault(run, []).append(store)
        return found

    def run_all(self, library):
        """Carry out the runs in one library; results can make more of them due."""
        with self.client() as client:
            flying, submitted, completed = {}, set(), as_completed()
            while True:
                wanted = self.missing(library)
                for run, stores in wanted.items():
                    if run not in submitted:
                        submitted.add(run)
                        future = self.submit(client, run, stores[0], len(submitted))
                        flying[future] = run
                        completed.add(future)
                if not flying:
                    return
                future = next(completed)
                run = flying.pop(future)
                self.take(client, future, run, wanted[run])

    def submit(self, client, run, store, number):
        key = f"{store.question.id}-{number}"
        return client.submit(
            carry_out,
            run.settings(),
            key,
            tuple(store.depends),
            key=key,
            pure=False,
            priority=-number,  # in the order of the questions
        )

    def take(self, client, future, run, stores):
        """Record what has ended, in each question that wants it, and say how far we are."""
        try:
            entry, code = future.result()
            if code != stores[0].depends:
                raise RuntimeError(
                    "the worker's clone of the repository holds other code than this one: "
                    "bring it up to date and start the worker again"
                )
        except Exception as error:  # of the run, or it has brought its workers down
            self.failures[run] = f"{type(error).__name__}: {error}"
            print(f"{stores[0].question.id}: {run.settings()}: {self.failures[run]}", flush=True)
            return
        entry["attempt"] = len(client.get_events(future.key))
        for store in stores:
            store.add(run, entry)
        self.say(stores[0].question.id, run, entry)

    def say(self, id, run, entry):
        self.spent += cost(run)
        planned = {run for store in self.stores for run in self.planned(store)}
        done = {run for store in self.stores for run in store.entries}
        left = sum(cost(run) for run in planned - done - self.failures.keys())
        minutes = (time.monotonic() - self.begun) / self.spent * left / 60
        notes = [f"{entry['seconds']} s"]
        if "diverged" in entry["result"]:
            notes.append(f"diverged at step {entry['result']['diverged']}")
        if entry["attempt"] > 1:
            notes.append(f"attempt {entry['attempt']}")
        print(
            f"{time.strftime('%H:%M:%S')}  {len(done)} of {len(done | planned)}, "
            f"{minutes:.0f} min left  {id}: {run.settings()}: {', '.join(notes)}",
            flush=True,
        )

    @contextmanager
    def client(self):
        """Workers that have just begun: with today's code, and no other library in them."""
        if self.scheduler:
            try:
                client = Client(self.scheduler, timeout=PATIENCE)
            except OSError as error:
                raise ConnectionError(
                    f"no scheduler of Dask answers at {self.scheduler}: start one with "
                    "`dask scheduler`, and workers with `dask worker`; see CONTRIBUTING.md"
                ) from error
            with client:
                client.restart()
                yield client
        else:
            # A worker that dies is started again; on a busy machine that may take longer than
            # the seconds after which Dask would give it up for good.
            with (
                dask.config.set(
                    {
                        "distributed.deploy.lost-worker-timeout": "1 hour",
                        "distributed.nanny.pre-spawn-environ": {
                            **dask.config.get("distributed.nanny.pre-spawn-environ"),
                            **KEEP_MEMORY,
                        },
                    }
                ),
                LocalCluster(
                    n_workers=self.workers,
                    threads_per_worker=1,
                    memory_limit=None,
                    dashboard_address=None,
                    silence_logs=logging.CRITICAL,
                ) as cluster,
                Client(cluster) as client,
            ):
                yield client
