"""What readers see in tables of what was recorded, and what authors are told about them."""

import datetime

# {results-table}
FRAMEWORK, MODEL = "Framework", "Model"
MODELS = {"scratch": "from scratch", "concise": "concise"}
FIGURES = {
    "train_loss": "Train loss",
    "train_acc": "Train accuracy",
    "test_acc": "Test accuracy",
    "seconds": "Seconds per epoch",
}
NO_FIGURE, UNKNOWN_FIGURE = "–", "?"
NOT_GLUED = "results-table: {docname} has not glued {key!r}"
UNKNOWN_NAMES = "unknown: {unknown}; allowed: {allowed}"
NOTHING_GIVEN = "nothing given"

# {semantics-table}
QUESTION = "Question"
LEGEND = """\
An answer in bold, followed by a number in square brackets, is not the expected one.
The sentence with that number, below the table, says what to do about it."""
SHOWN = {
    "two": "Shown: {first} and {second}.",
    "all": "Shown: all libraries.",
    "none": "{label} has no dropout of its own, and so no column.",
    "showAll": "Show all",
    "showTwo": "Show {first} and {second} only",
}
MEASURED_WITH = "Measured with {versions}."
UNANSWERED = "semantics-table: {docname} has not answered {question!r} for {form}"
NO_WORDS = UNANSWERED + ": {answer}"
NO_ADVICE = "semantics-table: no advice on {question!r} where {framework} answers: {answer}"
USELESS_ADVICE = (
    "semantics-table: advice on {question!r} for what no form of dropout in {framework} does: "
    "{answer}"
)

# Whatever shows a record
NO_RECORD = "{directive}: {error}. Run: {command}"
STALE = "{file} is not of what is here now; changed since: {names}. Run: {command}"


def date(iso):
    day = datetime.date.fromisoformat(iso)
    return f"{day.day} {day:%B %Y}"


# {equivalence-table}
COMPARED_WITH = "Compared with {reference} in float64"
PRECISIONS = ("float64", "float32")
EQUIVALENCE_HEADS = ("Largest error, {precision}", "Allowed, {precision}")
EQUIVALENCE_CAPTION = """\
Errors are relative to the largest element of an array. \
In brackets: the library that is farthest away."""
COMPARED = {  # a test, and the model in its parameters: what it compares
    (
        "test_one_pass_gives_the_references_logits_loss_and_gradients",
        "",
    ): "One training pass: logits, loss and six gradients",
    (
        "test_training_takes_the_references_road",
        "scratch",
    ): "The training loop to its end, from scratch: losses and parameters",
    (
        "test_training_takes_the_references_road",
        "concise",
    ): "The training loop to its end, concise: losses and parameters",
    (
        "test_evaluation_gives_the_references_logits",
        "scratch",
    ): "Evaluation of the model from scratch: logits",
    (
        "test_evaluation_gives_the_references_logits",
        "concise",
    ): "Evaluation of the concise model: logits",
}

# {mutants-table}
PARTS = {  # the last cell that a mistake changes: the part of the notebook
    "dropout-layer": "`dropout_layer`",
    "data": "The data",
    "mlp-scratch": "The network from scratch",
    "mlp-concise": "The concise network",
    "training-loop": "The training loop",
    "train-concise": "The seeds",
    "setup": "The seeds",
}
PUBLISHED = {
    "textbook": "*(published in the textbook)*",
    "elsewhere": "*(published elsewhere)*",
}
MUTANTS_HEADS = ["Mistake", "Made in", "Noticed by"]
MUTANTS_SUMMARY = """\
**{number} mistakes of {kinds} kinds, of which {survived} went unnoticed**: the run of {date}."""
ALL, NONE, NOBODY = "all", "none", "nobody"

# {mutants-figure}
NOTICED_BY = {  # the file of the test that noticed a mistake first
    "test_training_loop.py": "the loops, watched",
    "test_statistics.py": "the layer's statistics",
    "test_properties.py": "the layer's law",
    "test_models.py": "networks and data, read",
    "test_equivalence.py": "six networks, one function",
    "test_reference.py": "the reference's derivatives",
    "test_repeatable.py": "the same seed, again",
    "test_gradient.py": "the gradient",
}
MUTANTS_AXIS = "mistakes noticed"
MUTANTS_ALT = "Bars: how many mistakes were noticed first by which tests. {said}."

# {speed-table}
LOOPS = {
    "scratch": "our loop, from scratch",
    "concise": "our loop, concise",
    "without dropout": "our loop without dropout",
    "floor": "the matrix products alone",
    "expert": "an expert's loop",
    "textbook": "the textbook's loop and loader",
}
RATIOS = {
    "textbook / scratch": "The textbook's loop / ours",
    "textbook / floor": "The textbook's loop / the matrix products alone",
    "scratch / floor": "Ours / the matrix products alone",
    "concise / expert": "Ours, concise / an expert's loop",
    "scratch / expert": "Ours, from scratch / an expert's loop",
    "scratch / without dropout": "Ours / ours without dropout",
    "mask / library mask": "Our mask / the library's own dropout",
    "selecting mask / mask": "Our mask, selecting / multiplying",
    "library mask in place / library mask": "The library's own dropout, in place / not",
}
MASKS = {
    "mask": "Our `dropout_layer`",
    "selecting mask": "The same, selecting",
    "library mask": "The library's own dropout",
    "library mask in place": "The same, in place",
}
RATIO_HEAD = "What is divided by what"
MASK_HEAD = "Nanoseconds per element"
USED = {
    "wall": "Wall seconds per epoch",
    "cpu": "CPU seconds per epoch, of all cores and processes",
    "memory": "Resident memory at its peak, in gigabytes",
}
CONDITIONS = """\
Measured on {date} in one run of {minutes:.0f} minutes, on {cores} cores of {processor}, \
{system}, with Python {python}, {versions} and d2l {textbook}."""

# {speed-figure}
SECONDS_AXIS = "wall seconds per epoch"
GROWTH_AXES = {
    "width": "width of the hidden layers",
    "batch size": "examples in a minibatch",
    "examples": "training examples",
}
EPOCHS_ALT = """\
Wall seconds per epoch on a logarithmic axis, a line for each library, a mark for each \
loop. {said}."""
GROWTH_ALT = """\
Wall seconds per epoch, both axes logarithmic, in three panels, a line for each library. \
{said}."""
GROWN = "{title} from {smallest:,} to {largest:,}, {label}: from {first:.2g} to {last:.2g} seconds"

# {experiments-plan}
PRIMARIES_HEADS = ["Question", "Primary contrast", "Seeds"]
PRIMARIES_CAPTION = "Named before the runs"
DESIGNS_HEADS = [
    "Question",
    "Arms",
    "Images",
    "Steps",
    "Batch",
    "Rate",
    "Seeds",
    "Seconds",
]
IMAGES_ALT = """\
Of {all:,} training images, {held_out:,} are held out, the same for every seed; {n:,} are \
drawn from the other {pool:,}, others for each of {seeds} seeds. {test:,} test images are apart."""
POOL, CHOOSING, TESTING = (
    "{n:,} drawn of {pool:,}, to train on",
    "{n:,} to choose by",
    "{n:,} to test",
)
SEED = "seed {seed}"
DESIGNS_CAPTION = "What is run, and what it should cost in seconds of one core"
TUNED, RATE_OF, TOTAL = "tuned", "that of {arm}", "In sum"

# {experiments-answers}
ANSWERS_HEADS = ["Question and answer", "Effect and its interval"]
ALL_RUNS = "All runs, seed by seed: {link}"
BEING_RUN = "*Its runs are not all recorded yet.*"
