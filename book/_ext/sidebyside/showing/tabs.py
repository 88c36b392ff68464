"""Tabs: the same thing in each framework, one of them to be seen, or two beside each other.

A `tab_set` holds a `tab_panel` for each framework. In HTML they follow the ARIA pattern for
tabs (https://www.w3.org/WAI/ARIA/apg/patterns/tabs/). The framework that the reader chose
stands in `<html data-framework="jax">`, one to compare it with in `data-with`; a style sheet,
colors.py, hides the panels of the others, so that a page is right when it is first painted.
Without JavaScript, and where there are no tabs, as in a PDF, every panel is there, under its
framework's name.

What a click does is in static/tabs.js; how two panels are made level, in static/comparison.js.
"""

import json

from docutils import nodes

from sidebyside.showing import words
from sidebyside.showing.frameworks import shown

HEAD = """\
<script type="application/json" id="frameworks">{frameworks}</script>
<script type="application/json" id="words-of-tabs">{words}</script>
<script>
  {{ // Before the page is painted: what the address names, or the reader chose.
    const ours = (id) => Object.hasOwn(frameworks, id);
    const frameworks = JSON.parse(document.getElementById("frameworks").textContent);
    const address = new URLSearchParams(location.search);
    let asked = [address.get("framework"), address.get("with")];
    let kept = [];
    try {{
      kept = (localStorage.getItem("framework") ?? "").split(" ");
      if (history.state?.chosenHere) {{
        asked = [null, null];
        document.documentElement.dataset.chosenHere = ""; // Sphinx's script forgets the state
      }}
      // Whoever has chosen nothing yet keeps what the address names.
      if (!ours(kept[0]) && ours(asked[0])) localStorage.setItem("framework",
        asked.filter((id, i) => ours(id) && asked.indexOf(id) === i).join(" "));
    }} catch {{}} // Storage may be forbidden: then a choice lasts for a page.
    const [chosen, beside] = ours(asked[0]) || asked[1] !== null
      ? [[asked[0], kept[0]].find(ours), asked[1]] : kept;
    const {{dataset}} = document.documentElement;
    dataset.framework = ours(chosen) ? chosen : Object.keys(frameworks)[0];
    if (ours(beside) && beside !== dataset.framework) dataset.with = beside;
    if ({tabbed}) dataset.tabbed = "";
  }}
</script>"""


class tab_set(nodes.General, nodes.Element):
    """`number`: which one on its page; `alignment`: of its code, for each pair."""


class tab_panel(nodes.General, nodes.Element):
    """`framework` and `label`."""


def panel(framework, content):
    """A tab_panel; it begins with its label, to be read where there are no tabs."""
    name = nodes.rubric("", framework.label, classes=["tab-name"])
    return tab_panel("", name, *content, framework=framework.id, label=framework.label)


def visit_tab_set(self, node):
    panels = list(node.findall(tab_panel))
    frameworks = shown(self.config)
    cells = max(len(panel.children) for panel in panels)
    ids = " ".join(panel["framework"] for panel in panels)
    self.body.append(
        f'<div class="tab-set" data-frameworks="{ids}" style="--rows: {2 * cells + 1}">\n'
        f'<div class="tab-row">\n<div class="tab-list" role="tablist" '
        f'aria-label="{words.TABS}">\n'
    )
    for index, panel in enumerate(panels):
        framework = panel["framework"]
        self.body.append(
            f'<button type="button" role="tab" id="{identifier("tab", panel)}" '
            f'class="framework-{framework}" data-framework="{framework}" '
            f'aria-controls="{identifier("panel", panel)}" '
            f'aria-selected="{"false" if index else "true"}">'
            f"{self.encode(panel['label'])}</button>\n"
        )
    self.body.append(f"</div>\n{control(frameworks, node['number'])}</div>\n")
    here = {panel["framework"] for panel in panels}
    all_here = ", ".join(panel["label"] for panel in panels)
    for each in frameworks:
        if each.id not in here:
            text = words.LACKING.format(label=each.label, all=all_here)
            self.body.append(
                f'<div class="tab-lacking" data-framework="{each.id}"><p>{self.encode(text)}</p>'
                "</div>\n"
            )


def control(frameworks, number):
    """What chooses a framework to compare with, swaps the two, and ends it."""
    options = "".join(f'<option value="{each.id}">{each.label}</option>' for each in frameworks)
    return (
        f'<div class="compare"><label for="with-{number}">{words.COMPARE}</label> '
        f'<select id="with-{number}"><option value="">{words.NOTHING}</option>{options}</select>'
        f'<button type="button" name="swap" aria-label="{words.SWAP}" title="{words.SWAP}">⇄'
        f'</button><button type="button" name="end" aria-label="{words.END}" title="{words.END}">'
        "✕</button></div>\n"
    )


def leave_tab_set(self, node):
    if aligned := {pair: blocks for pair, blocks in node["alignment"].items() if blocks}:
        data = json.dumps(aligned, separators=(",", ":"))
        self.body.append(f'<script type="application/json" class="alignment">{data}</script>\n')
    self.body.append("</div>\n")


def visit_tab_panel(self, node):
    first = " tab-first" if node.parent.index(node) == 0 else ""
    self.body.append(
        f'<div class="tab-panel{first}" role="tabpanel" id="{identifier("panel", node)}" '
        f'aria-labelledby="{identifier("tab", node)}" data-framework="{node["framework"]}">\n'
    )


def leave_tab_panel(self, node):
    self.body.append("</div>\n")


def identifier(part, panel):
    return f"{part}-{panel.parent['number']}-{panel['framework']}"


def pass_on(self, node):
    """A builder without tabs writes what is in them."""


def add_head(app, pagename, templatename, context, doctree):
    tabbed = bool(doctree and next(doctree.findall(tab_set), None))
    context["frameworks_head"] = HEAD.format(
        frameworks=as_json({each.id: each.label for each in shown(app.config)}),
        words=as_json({**words.OF_TABS, "launch": app.config.launch_words}),
        tabbed=as_json(tabbed),
    )
    if not app.env.doc2path(pagename).endswith(".ipynb"):  # has no tabs, nor launches others
        app.add_js_file("tabs.js", loading_method="defer")
    if tabbed:
        for script in "comparison.js", "found.js":
            app.add_js_file(script, loading_method="defer")


def as_json(value):
    """For a script element, which must not hold `</script>`."""
    return json.dumps(value).replace("<", r"\u003c")


def setup(app):
    passed_on = {builder: (pass_on, pass_on) for builder in ("latex", "text", "man", "texinfo")}
    app.add_node(tab_set, html=(visit_tab_set, leave_tab_set), **passed_on)
    app.add_node(tab_panel, html=(visit_tab_panel, leave_tab_panel), **passed_on)
    # {host: what a link says that launches a notebook there}, for {label}'s
    app.add_config_value("launch_words", {}, "html", (dict,))
    app.connect("html-page-context", add_head)
