"""Execute a book's stale notebooks: `python -m sidebyside.running [folder of the book]`."""

import argparse
import sys
from pathlib import Path

from sidebyside.running.lock import hold
from sidebyside.running.notebooks import Book, NotebookFailure, console


def main():
    parser = argparse.ArgumentParser(prog="python -m sidebyside.running", description=__doc__)
    parser.add_argument("folder", nargs="?", default=".", help="where _config.yml is")
    folder = Path(parser.parse_args().folder).resolve()
    if not (folder / "_config.yml").exists():
        parser.error(f"{folder} holds no _config.yml: name the folder of a book")
    lock = hold(folder)
    try:
        Book(folder).execute(console())
    except NotebookFailure as failure:
        sys.exit(str(failure))
    finally:
        lock.release()


if __name__ == "__main__":
    main()
