"""What a run costs, in seconds of one core, before it is run: for plans and progress."""

OVERHEAD = {"mlp": 0.3e-3, "cnn": 0.5e-3}  # seconds a step, whatever the size
OPERATIONS = {"mlp": 65e9, "cnn": 16e9}  # floating-point operations a second
NOISE = 6e-9  # seconds for one random number
CHECKPOINTS, LOOKED_AT = 16, 6_000  # images at each
AT_THE_END = 4 * 15_000  # images


def multiplications(run):
    """For one image, forward."""
    if run.network == "cnn":
        return 784 * 8 * 9 + 196 * 8 * 16 * 9 + 784 * run.widths[0] + run.widths[0] * 10
    sizes = [784, *run.widths, 10]
    return sum(a * b for a, b in zip(sizes, sizes[1:]))


def cost(run):
    trained = run.steps * run.batch_size * (1 if run.r_drop is None else 2)
    looked_at = CHECKPOINTS * LOOKED_AT + AT_THE_END + run.n
    if "masks" in run.measures:
        looked_at += 2 * 20 * 25_000
    passes = 3 * trained + looked_at  # training goes forward, and back twice as much
    drawn = trained * sum(run.widths) * any(run.dropout)
    seconds = passes * 2 * multiplications(run) / OPERATIONS[run.network] + drawn * NOISE
    return run.members * (seconds + run.steps * OVERHEAD[run.network])
