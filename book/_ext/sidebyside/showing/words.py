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
EITHER = "{name}: choose :code-only: or :output-only:, not both"
NOT_HERE = "side-by-side: unknown frameworks: {unknown}; allowed: {all}"
NO_NOTEBOOK = (
    "{name}: no notebook {docname} to take {tag!r} from: write it, and list it in _toc.yml"
)
NO_TAG = "cell: say which one, by a tag it has: :tag: my-figure"
NO_CELL = "{name}: {docname} has no cell tagged {tag!r} to show"

# {dictionary}
IDEA = "Idea"
NONE = "None: {why}"
SHOW_ALL = "Show all libraries"

NO_IDEAS = (
    "dictionary: expected are lines `key: words`, or `key:` with `idea: words` and "
    "`none: {{framework: why}}`; got: {error}"
)
NONE_UNKNOWN = "dictionary: `none` names unknown frameworks: {unknown}; allowed: {all}"
LISTED_TWICE = "dictionary: the idea {idea!r} is listed twice"
NOT_LISTED = "dictionary: {docname} marks a line for {idea!r}, which the page does not list"
NO_NOTEBOOK_FOR = "dictionary: no notebook {docname} to take the idea {idea!r} from"
NEITHER = (
    "dictionary: {docname} marks no line for the idea {idea!r}: mark one in its metadata, or "
    "say on the page, under `none`, why there is none"
)
BOTH = (
    "dictionary: {docname} marks a line for the idea {idea!r}, of which the page says that "
    "there is none"
)
NO_CELL_FOR = "dictionary: {docname} has no cell tagged {tag!r}, named for the idea {idea!r}"
MARKER = "dictionary: {docname}, cell {tag!r}, idea {idea!r}: {pattern!r} {error}"
PLACES = "matches {number} places, not one"
NO_PATTERN = "is no regular expression: {error}"

# {likeness}
LIKE = "{one} and {other} {share:.0%}"
LIKENESS_ALT = "Of the lines of two libraries' notebooks, the share that is the same: "
