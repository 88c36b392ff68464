"""What the cells of an executed notebook wrote, where they should not have."""

import re

# What a library says of the machine, at whatever level: PyTorch built for GPUs that there is
# none, TensorFlow's C++ that a processor lacks an instruction. It is not said of the code.
OF_THE_MACHINE = re.compile(
    r"No CUDA runtime is found"
    r"|^[IWE]\d{4} \S+ +\d+ \S+\.cc:\d+\] .*\b(AVX|CPU|GPU|CUDA|cu[A-Z]\w+|NUMA)\b"
)


def failures(nb, chatting=("setup",)):
    """Errors, and lines on stderr that speak of the code, outside the cells of those tags.

    The site hides stderr: only a library's start-up chatter may be hidden by that."""
    return [
        line
        for cell in nb.cells
        for output in cell.get("outputs", [])
        for line in lines(output)
        if output.output_type == "error"
        or not (set(chatting) & set(cell.metadata.get("tags", [])) or OF_THE_MACHINE.search(line))
    ]


def lines(output):
    if output.output_type == "error":
        return [f"{output.ename}: {output.evalue}"]
    return output.text.splitlines() if output.get("name") == "stderr" else []
