"""The dictionary: for every idea, the line of each framework's notebook that says it.

    ```{dictionary}
    switch-on: Switch dropout on
    next-draw:
      idea: Randomness for the next step
      none: {numpy pytorch: the generator moves on}
    ```

is a table: a row for each idea, a column for each framework. `none` says, in words, why a
framework has no line. `:topic:` is the folder below `notebooks/` (default `dropout`).

The lines are marked in the metadata of each notebook, which readers do not see, and on
which no output depends:

    "dictionary": {"switch-on": {"training-loop": "net\\.train\\(\\)"}}

For each idea these are cells, by their tags, and in each a regular expression, or several
in a list, that matches one place. What is shown are the lines of that place; or, if the
expression has a group, what is in it.

Which columns are seen is said by the style sheet, frameworks.css: all, or the pair that the
reader has chosen.
"""

import re
from textwrap import dedent

import yaml
from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective
from sphinx.util.logging import getLogger
from sphinx.util.nodes import make_refnode

from dropout_book.frameworks import FRAMEWORKS
from sidebyside.insides import myst_nb, sphinx
from sidebyside.showing import words
from sidebyside.showing.frameworks import parallel_notebooks

LOGGER = getLogger(__name__)
METADATA = "dictionary"


class NotOnePlace(ValueError):
    """An expression that matches no place, or several."""


def patterns(marker):
    """The expressions that are given for a cell: one, or a list."""
    return [marker] if isinstance(marker, str) else marker


def shown(source, pattern):
    """What a marker shows of the source of a cell."""
    try:
        places = list(re.finditer(pattern, source, re.MULTILINE))
    except re.error as error:
        raise NotOnePlace(words.NO_PATTERN.format(error=error)) from error
    if len(places) != 1:
        raise NotOnePlace(words.PLACES.format(number=len(places)))
    (place,) = places
    if place.re.groups:
        return place[1]
    start = source.rfind("\n", 0, place.start()) + 1
    end = (source + "\n").index("\n", place.end())
    # A comment that was level with others has none to be level with.
    return re.sub(r"  +#", "  #", dedent(source[start:end]))


class dictionary(nodes.General, nodes.Element):
    """Holds a table; `ideas`, their keys."""


class dictionary_cell(nodes.entry):
    """A cell: `role`; and of which `framework` and, but for the head, `idea` it is."""


class DictionaryDirective(SphinxDirective):
    has_content = True
    option_spec = {"topic": directives.unchanged_required}

    def run(self):
        self.notebooks = parallel_notebooks(self.env, self.options.get("topic", "dropout"))
        ideas = self.ideas()
        table = nodes.table("", classes=["colwidths-auto"])
        columns = len(self.notebooks) + 1
        group = nodes.tgroup("", *(nodes.colspec(colwidth=1) for _ in range(columns)))
        group.attributes["cols"] = columns
        group += nodes.thead("", self.head())
        group += nodes.tbody("", *(self.row(key, *idea) for key, idea in ideas.items()))
        table += group
        holder = dictionary("", table, ideas=list(ideas))
        self.set_source_info(holder)
        for _, docname in self.notebooks:
            sphinx.write_again_with(self.env, docname)
        return [holder]

    def ideas(self):
        """`{key: (words, {framework: why it has no line})}`."""
        try:
            content = yaml.safe_load("\n".join(self.content))
            return {key: self.idea(given) for key, given in content.items()}
        except (yaml.YAMLError, AttributeError, KeyError, TypeError) as error:
            raise self.error(words.NO_IDEAS.format(error=error)) from error

    def idea(self, given):
        if isinstance(given, str):
            return given, {}
        none = {each: why for names, why in given["none"].items() for each in names.split()}
        if unknown := set(none) - set(FRAMEWORKS):
            raise self.error(
                words.NONE_UNKNOWN.format(
                    unknown=" ".join(sorted(unknown)), all=" ".join(FRAMEWORKS)
                )
            )
        return given["idea"], none

    def head(self):
        cells = [dictionary_cell("", self.text(words.IDEA), role="columnheader")]
        for framework, docname in self.notebooks:
            name = self.text(f"{{doc}}`{framework.label} </{docname}>`")
            classes = ["swatch", f"framework-{framework.id}"]
            cells.append(
                dictionary_cell(
                    "", name, role="columnheader", framework=framework.id, classes=classes
                )
            )
        return nodes.row("", *cells)

    def row(self, key, idea, none):
        cells = [dictionary_cell("", self.text(idea), role="rowheader", idea=key)]
        for framework, docname in self.notebooks:
            # Read where the table is no table but a block for each idea.
            label = nodes.paragraph(
                "",
                framework.label,
                classes=["dictionary-name", "swatch", f"framework-{framework.id}"],
            )
            cell = dictionary_cell(
                "", label, role="cell", framework=framework.id, idea=key, docname=docname
            )
            if framework.id in none:
                why = self.text(words.NONE.format(why=none[framework.id]))
                why["classes"].append("dictionary-none")
                cell += why
            cells.append(cell)
        return nodes.row("", *cells)

    def text(self, markdown):
        inlines, _ = self.parse_inline(markdown, lineno=self.lineno)
        return nodes.paragraph("", "", *inlines)


class DictionaryTransform(SphinxPostTransform):
    default_priority = myst_nb.BEFORE_OUTPUTS

    def run(self, **kwargs):
        self.listed, self.markers, self.cells = set(), {}, {}
        for holder in self.document.findall(dictionary):
            for idea in holder["ideas"]:
                if idea in self.listed:
                    self.warn(holder, words.LISTED_TWICE.format(idea=idea))
                self.listed.add(idea)
            for cell in holder.findall(dictionary_cell):
                if cell["role"] == "cell":
                    self.fill(holder, cell)
        for docname, markers in self.markers.items():
            for idea in sorted(markers.keys() - self.listed):
                self.warn(holder, words.NOT_LISTED.format(docname=docname, idea=idea))

    def fill(self, holder, cell):
        """Put into a cell what the notebook's markers of its idea show."""
        docname, idea = cell["docname"], cell["idea"]
        if docname not in self.env.found_docs:
            return self.warn(holder, words.NO_NOTEBOOK_FOR.format(docname=docname, idea=idea))
        if docname not in self.markers:
            self.markers[docname] = myst_nb.metadata(self.env, docname, METADATA) or {}
            self.cells[docname] = list(myst_nb.sources(self.env.get_doctree(docname)))
        markers, says_none = self.markers[docname].get(idea, {}), len(cell) > 1
        if bool(markers) == says_none:
            message = words.BOTH if says_none else words.NEITHER
            return self.warn(holder, message.format(docname=docname, idea=idea))
        if unknown := markers.keys() - {tag for tags, _ in self.cells[docname] for tag in tags}:
            message = words.NO_CELL_FOR.format(docname=docname, tag=min(unknown), idea=idea)
            return self.warn(holder, message)
        for tags, source in self.cells[docname]:
            for tag in markers.keys() & set(tags):
                for pattern in patterns(markers[tag]):
                    try:
                        cell += part(source, shown(source.astext(), pattern))
                    except NotOnePlace as error:
                        message = words.MARKER.format(
                            docname=docname, tag=tag, idea=idea, pattern=pattern, error=error
                        )
                        self.warn(holder, message)
                cell += self.place(docname, source)

    def place(self, docname, source):
        """A link to the section of a notebook in which this source stands."""
        section = source.parent
        while not isinstance(section, nodes.section):
            section = section.parent
        link = make_refnode(
            self.app.builder,
            self.env.docname,
            docname,
            section["ids"][0],
            nodes.Text(section[0].astext()),
        )
        return nodes.paragraph("", "", link, classes=["dictionary-place"])

    def warn(self, holder, message):
        LOGGER.warning(message, location=holder, type="dictionary")


def part(source, text):
    """Some lines of a cell, which need not be Python by themselves."""
    return nodes.literal_block(text, text, language=source["language"], force=True)


def visit_dictionary(self, node):
    self.body.append(
        '<div class="dictionary">\n<label class="dictionary-all">'
        f'<input type="checkbox"> {self.encode(words.SHOW_ALL)}</label>\n'
    )


def visit_cell(self, node):
    scope = {"columnheader": "col", "rowheader": "row"}.get(node["role"])
    given = {"scope": scope, "data-framework": node.get("framework")}
    given = {name: value for name, value in given.items() if value}
    self.body.append(self.starttag(node, "th" if scope else "td", "", **given))


def depart_cell(self, node):
    self.body.append("</td>\n" if node["role"] == "cell" else "</th>\n")


def close(self, node):
    self.body.append("</div>\n")


def pass_on(self, node):
    """A builder without choices writes the table."""


def setup(app):
    passed_on = {builder: (pass_on, pass_on) for builder in ("latex", "text", "man", "texinfo")}
    app.add_node(dictionary, html=(visit_dictionary, close), **passed_on)
    # Others write it as what it is, an entry of a table.
    app.add_node(dictionary_cell, html=(visit_cell, depart_cell))
    app.add_directive("dictionary", DictionaryDirective)
    app.add_post_transform(DictionaryTransform)
