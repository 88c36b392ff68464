"""What readers see around cells, and what authors are told about them."""

TABS = "Library"  # the name of a row of tabs, for screen readers

# Said by tabs.js.
CHOSEN = "Every example is now in {label}."
UNKNOWN = "This book has no library “{name}”. It has: {all}."
KNOWN = "{label} (?framework={name})"

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
