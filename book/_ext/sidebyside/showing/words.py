"""What readers see around cells, and what authors are told about them."""

TABS = "Library"  # the name of a row of tabs, for screen readers

COMPARE = "Beside it:"
NOTHING = "nothing"
SWAP = "Swap the two libraries"
END = "Show one library only"
LACKING = "There is no {label} here, but {all}."

# Said by tabs.js.
OF_TABS = {
    "chosen": "Every example is now in {label}.",
    "compared": "Every example is now in {label}, beside {with}.",
    "unknown": "This book has no library “{name}”. It has: {all}.",
    "known": "{label} (?framework={name})",
    "same": "{label} beside {label} would be the same twice; shown is {label}.",
}

NO_FIGURE = "–"

NO_FRAMEWORKS = "The list of frameworks is empty: leave it out of _config.yml to have them all."
NOT_DECLARED = (
    "frameworks: {unknown} not declared in dropout_book/frameworks.py, where there are: {all}"
)
EITHER = "side-by-side: choose :code-only: or :output-only:, not both"
NOT_HERE = "side-by-side: unknown frameworks: {unknown}; allowed: {all}"
NO_NOTEBOOK = (
    "side-by-side: no notebook {docname} to take {tag!r} from: write it, and list it in _toc.yml"
)
NO_CELL = "side-by-side: {docname} has no cell tagged {tag!r} to show"
