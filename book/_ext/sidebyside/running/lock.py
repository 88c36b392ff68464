"""Two builds at once in one folder: the second waits for the first."""

from filelock import FileLock, Timeout

from sidebyside.running import words


def hold(root):
    """The lock of the book in the folder `root`, held until it is released or forgotten.

    The operating system releases it when the process ends, however it ends.
    """
    folder = root / "_build"
    folder.mkdir(exist_ok=True)
    lock = FileLock(folder / ".lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        print(words.WAITING.format(folder=root), flush=True)
        lock.acquire()
    return lock
