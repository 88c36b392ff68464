"""What readers and authors are told about the running of notebooks."""

COMMAND = "python -m sidebyside.running"

UNAVAILABLE = (
    "{label} was not installed when this copy of the book was built, so its code is shown "
    "without outputs. {label} runs on {platforms}."
)
SHOWN_WITHOUT_OUTPUTS = "{docname}: shown without outputs. {reason}"
UP_TO_DATE = "notebooks: {number} up to date"
STARTED = "{docname}: started ({reason})"
DONE = "{docname}: done after {seconds:.1f} s"
FAILED = "{docname}: FAILED after {seconds:.1f} s"
WHOLE = "notebooks"
ENDED = "{ended} of {all}"
WAITING = "Another build is at work in {folder}; waiting for it to end."

NEW = "new or edited"
AND_MORE = " and more"
FAILURE = "Notebook failure"
UNREADABLE = "{docname}.ipynb cannot be read: {error}"
NOT_INSTALLED = (
    "{docname}.ipynb imports {module}, which is not installed (in {importer}): "
    "pip install -r requirements.txt"
)
SAME_CODE = (
    "{docname}.ipynb has the same code as {owner}.ipynb but other helpers or data, and the "
    "cache has room for one of them: add a comment to a cell"
)
STALE = "The outputs of {docname}.ipynb are stale ({reason})."
RUN_FIRST = "This builder executes nothing. Run first: " + COMMAND

START = "start of the kernel"
CELL = "cell {number} of {all}"
INTERRUPTED = "interrupted"
TIMEOUT = "timeout, it ran for more than {seconds} seconds"
KERNEL_DIED = "the kernel died ({cause})"
SIGNAL = "signal {number}"
EXIT_CODE = "exit code {number}"
