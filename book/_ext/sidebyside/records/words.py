"""What readers see in tables of what was recorded, and what authors are told about them."""

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
MEASURED_WITH = "Measured with {versions}."
UNANSWERED = "semantics-table: {docname} has not answered {question!r} for {form}"
NO_WORDS = UNANSWERED + ": {answer}"
NO_ADVICE = "semantics-table: no advice on {question!r} where {framework} answers: {answer}"
USELESS_ADVICE = (
    "semantics-table: advice on {question!r} for what no form of dropout in {framework} does: "
    "{answer}"
)
