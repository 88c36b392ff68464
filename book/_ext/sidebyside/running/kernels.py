"""Run a notebook's cells in a kernel of its own, on its own share of the cores."""

import asyncio
import os
import tempfile

import click
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpecManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from sidebyside.running import words

THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
)


def shares(jobs, num_notebooks):
    """The cores of each of `jobs` kernels, or of as many as there is use for.

    They do not depend on how many notebooks are stale: libraries sum in an order that
    depends on the number of threads, and the same machine is to give the same figures.
    """
    cores = (
        sorted(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else range(os.cpu_count())
    )
    jobs = max(1, jobs or min(len(cores), num_notebooks))
    size = max(1, len(cores) // jobs)
    return [{cores[(job * size + n) % len(cores)] for n in range(size)} for job in range(jobs)]


async def execute(nb, path, settings, cores, show):
    """Run the cells of `nb` in a new kernel; return where and how it failed, or None.

    `settings` are MyST-NB's; `show(completed=…, at=…)` is told of each cell that begins.
    """
    # What libraries write past Python would break into the display of progress.
    with tempfile.TemporaryFile("w+", errors="replace") as log:
        return await run_cells(nb, path, settings, cores, show, log)


async def run_cells(nb, path, settings, cores, show, log):
    timeout = settings.execution_timeout
    kernel = AsyncKernelManager(
        kernel_name=nb.metadata.get("kernelspec", {}).get("name", "python3"),
        # Without folders of kernel specs, "python3" is this very interpreter.
        kernel_spec_manager=KernelSpecManager(kernel_dirs=[]),
        transport_encryption="auto",  # else each kernel prints a warning
    )
    client = NotebookClient(
        nb,
        km=kernel,
        timeout=timeout,
        allow_errors=settings.execution_allow_errors,
        record_timing=False,  # it would change the notebook's key
    )
    where, problem = words.START, words.INTERRUPTED
    try:
        # The steps of client.async_execute(), whose own handler of Ctrl-C would stop one
        # kernel of many.
        await client.async_start_new_kernel(
            cwd=str(path.parent),
            stdout=log,
            stderr=log,
            env={
                **os.environ,
                "TQDM_DISABLE": "1",
                **dict.fromkeys(THREAD_VARIABLES, str(len(cores))),
            },
        )
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(kernel.provisioner.pid, cores)
        await client.async_start_new_kernel_client()
        reply = await client.kc.kernel_info(reply=True, timeout=client.startup_timeout)
        nb.metadata.language_info = reply["content"]["language_info"]
        for index, cell in enumerate(nb.cells):
            tag = (cell.metadata.get("tags") or [""])[0]
            where = words.CELL.format(number=index + 1, all=len(nb.cells))
            where += f" ({tag})" if tag else ""
            show(completed=index, at=where)
            await client.async_execute_cell(
                cell, index, execution_count=client.code_cells_executed + 1
            )
        client.set_widgets_metadata()
        problem = None
    except CellExecutionError as error:
        problem = f"{error.ename}: {error.evalue}\n{click.unstyle(error.traceback)}"
    except CellTimeoutError:
        problem = words.TIMEOUT.format(seconds=timeout)
    except DeadKernelError:
        code = await kernel.provisioner.poll()
        if code is None:  # it lives: so nbclient reports a Ctrl-C
            raise asyncio.CancelledError from None
        ending = words.SIGNAL if code < 0 else words.EXIT_CODE
        problem = words.KERNEL_DIED.format(cause=ending.format(number=abs(code)))
        problem += last_words(log)
    except Exception as error:
        problem = f"{type(error).__name__}: {error}{last_words(log)}"
    finally:
        if client.kc:
            client.kc.stop_channels()
        if kernel.has_kernel:
            await kernel.shutdown_kernel(now=bool(problem))
    return problem and f"{where}: {problem}"


def last_words(log):
    """The end of what a kernel wrote past Python, if it wrote anything."""
    log.seek(0)
    return "".join(["\n", *log.readlines()[-20:]]).rstrip()
