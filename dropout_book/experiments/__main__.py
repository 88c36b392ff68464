"""`python -m dropout_book.experiments`: run what is missing or stale; see `make experiments`."""

import argparse
import sys

from dropout_book.experiments.cost import cost
from dropout_book.experiments.questions import IDS, all_questions, question
from dropout_book.experiments.results import FOLDER, ResultsError
from dropout_book.experiments.sweep import Sweep

REHEARSAL = "_build/rehearsal"


def arguments():
    parser = argparse.ArgumentParser(prog="make experiments", description=__doc__)
    parser.add_argument("--only", default="", help="questions, by name, with commas between")
    parser.add_argument("--rehearse", default="", help="1: two seeds, few steps, elsewhere")
    parser.add_argument("--scheduler", default="", help="of Dask, as tcp://host:port")
    parser.add_argument("--workers", type=int, help="of our own; by default one for each core")
    parser.add_argument("--folder", help=f"by default {FOLDER}")
    parser.add_argument("--plan", action="store_true", help="say what it would cost")
    return parser.parse_args()


def main():
    given = arguments()
    try:
        chosen = [question(id) for id in given.only.replace(",", " ").split()] or all_questions()
    except ValueError as error:
        sys.exit(f"ONLY={given.only}: {error}")
    if given.plan:
        return plan(chosen)
    sweep = Sweep(
        chosen,
        folder=given.folder or (REHEARSAL if given.rehearse else FOLDER),
        scheduler=given.scheduler,
        workers=given.workers,
        rehearse=bool(given.rehearse),
        others=[question(id) for id in IDS],
    )
    try:
        sweep.go()
    except (ResultsError, ConnectionError) as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit("Interrupted. What has ended is recorded; start again to go on.")
    if sweep.failures:
        sys.exit(f"{len(sweep.failures)} runs failed, all others are recorded; see above.")


def plan(questions):
    """Runs and core-seconds of each, those left out that one before it has."""
    seen = set()
    for each in questions:
        runs = [run for run in each.planned({}) if run not in seen]
        seen.update(runs)
        print(f"{each.id:16} {len(runs):5} runs {sum(map(cost, runs)):7,.0f} core-seconds")
    print(f"{'':16} {len(seen):5} runs {sum(map(cost, seen)):7,.0f} core-seconds")


if __name__ == "__main__":
    main()
