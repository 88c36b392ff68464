"""What is recorded of a question: one JSON line a run, beside a record that says what the
lines depend on.

    results/weight-decay.json    {"made": …, "depends": …, "data": {"runs": 160, …}}
    results/weight-decay.jsonl   {"attempt": 1, "run": {"seed": 0, …}, "result": {…}, …}

Each time a run has ended the lines are written to another file, which then takes the place
of this one: whoever reads, and whatever breaks, there is never a torn line. What is due and
has no line is missing; a change in the code that runs depend on makes all lines stale.
"""

import json
from pathlib import Path

from filelock import FileLock, Timeout

from dropout_book.experiments.run import Run
from dropout_book.records import record

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(__file__).resolve().parent / "results"
# What decides the result of a run. Fashion-MNIST is held by its checksums, and what a
# question declares by the configurations in the lines.
CODE = [f"dropout_book/experiments/{name}.py" for name in ("run", "data", "scores", "watch")]
OF_LIBRARY = {
    "pytorch": [
        "dropout_book/experiments/in_pytorch.py",
        "dropout_book/experiments/measures.py",
        "pin torch",
    ],
    "numpy": ["dropout_book/experiments/in_numpy.py"],
    "tensorflow": ["dropout_book/experiments/in_tensorflow.py", "pin tensorflow"],
}


class ResultsError(RuntimeError):
    """Results cannot be read or written; the message says why and what to do."""


def depends(question):
    """`{name: digest}`, now, of what the question's runs depend on."""
    libraries = {arm.settings.get("library", Run.library) for arm in question.arms}
    names = [
        *CODE,
        "pin numpy",
        *(name for each in sorted(libraries) for name in OF_LIBRARY[each]),
    ]
    return record.digests(ROOT, names)


class Results:
    """The lines of one question, read and written.

    `entries` maps runs to what is recorded of them, `results` to their results alone;
    `changed` names what is not as it was when they were made.
    """

    def __init__(self, question, folder=FOLDER):
        self.question, self.folder = question, Path(folder)
        self.record = self.folder / f"{question.id}.json"
        self.lines = self.folder / f"{question.id}.jsonl"
        self.entries = dict(self.read()) if self.lines.exists() else {}
        self.depends = depends(question)
        self.changed, self.written = [], {}
        if self.record.exists():
            recorded = record.load(self.record)[""]
            self.changed = record.changed(ROOT, recorded)
            self.written = recorded["data"]

    @property
    def results(self):
        return {run: entry["result"] for run, entry in self.entries.items()}

    def read(self):
        for number, line in enumerate(self.lines.read_text(encoding="utf-8").splitlines(), 1):
            try:
                entry = json.loads(line)
                entry["result"]["curves"]
                yield Run.of(entry["run"]), entry
            except (ValueError, KeyError, TypeError) as error:
                raise ResultsError(
                    f"{self.lines}, line {number}, is no record of a run ({error!r}). "
                    "Nothing was changed. Delete that line and start again: its run is "
                    "repeated, all others are kept."
                ) from error

    def add(self, run, entry):
        self.entries[run] = entry
        self.write()

    def close(self, missing):
        """Note how many runs are missing; a record that says so already stays as it is."""
        now = {"runs": len(self.entries), "missing": missing}
        if self.changed or not now.items() <= self.written.items():
            self.write(missing)

    def write(self, missing=None):
        """Write lines and record whole, or leave what was there."""
        lines = sorted(json.dumps(each, sort_keys=True) for each in self.entries.values())
        entries = self.entries.values()
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            record.put(self.lines, "".join(f"{line}\n" for line in lines))
            record.write(
                self.record,
                {
                    "lines": self.lines.name,
                    "runs": len(lines),
                    "missing": missing,
                    "cpu_seconds": round(sum(each["cpu_seconds"] for each in entries)),
                },
                self.depends,
                by=f"make experiments ONLY={self.question.id}",
            )
        except OSError as error:
            raise ResultsError(
                f"{self.lines} cannot be written: {error}. What was recorded before is as it "
                "was. Free disk space, or make the folder writable, and start again: only "
                "what is missing is run."
            ) from error


def hold(folder):
    """The lock of a folder of results; a second sweep waits until the first has ended."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    lock = FileLock(Path(folder) / ".lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        print(f"Another sweep writes to {folder}: this one waits until it ends.", flush=True)
        lock.acquire()
    return lock
