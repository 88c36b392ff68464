"""Tabs: the same thing in each framework, one of them to be seen.

A `tab_set` holds a `tab_panel` for each framework. In HTML they follow the ARIA pattern for
tabs (https://www.w3.org/WAI/ARIA/apg/patterns/tabs/). The framework that the reader chose
stands in `<html data-framework="jax">`; a style sheet, written here, hides the panels of the
others, so that a page is right when it is first painted. Without JavaScript, and where
there are no tabs, as in a PDF, every panel is there, under its framework's name.

What a click does is in static/tabs.js.
"""

import json

from docutils import nodes

from sidebyside.showing import words
from sidebyside.showing.frameworks import shown

HEAD = """\
<script type="application/json" id="frameworks">{frameworks}</script>
<script type="application/json" id="words-of-tabs">{words}</script>
<script>
  {{ // Before the page is painted: the framework that the address names, or the reader chose.
    const frameworks = JSON.parse(document.getElementById("frameworks").textContent);
    const asked = new URLSearchParams(location.search).get("framework");
    let chosen = asked;
    try {{
      if (Object.hasOwn(frameworks, asked)) localStorage.setItem("framework", asked);
      else chosen = localStorage.getItem("framework");
    }} catch {{}} // Storage may be forbidden: then a choice lasts for a page.
    document.documentElement.dataset.framework =
      Object.hasOwn(frameworks, chosen) ? chosen : Object.keys(frameworks)[0];
  }}
</script>"""


class tab_set(nodes.General, nodes.Element):
    """`number`: which one on its page."""


class tab_panel(nodes.General, nodes.Element):
    """`framework` and `label`."""


def panel(framework, content):
    """A tab_panel; it begins with its label, to be read where there are no tabs."""
    name = nodes.rubric("", framework.label, classes=["tab-name"])
    return tab_panel("", name, *content, framework=framework.id, label=framework.label)


def visit_tab_set(self, node):
    panels = list(node.findall(tab_panel))
    frameworks = " ".join(panel["framework"] for panel in panels)
    self.body.append(
        f'<div class="tab-set" data-frameworks="{frameworks}">\n'
        f'<div class="tab-list" role="tablist" aria-label="{words.TABS}">\n'
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
    self.body.append("</div>\n")


def visit_tab_panel(self, node):
    self.body.append(
        f'<div class="tab-panel" role="tabpanel" id="{identifier("panel", node)}" '
        f'aria-labelledby="{identifier("tab", node)}" data-framework="{node["framework"]}">\n'
    )


def identifier(part, panel):
    return f"{part}-{panel.parent['number']}-{panel['framework']}"


def close(self, node):
    self.body.append("</div>\n")


def pass_on(self, node):
    """A builder without tabs writes what is in them."""


def add_head(app, pagename, templatename, context, doctree):
    context["frameworks_head"] = HEAD.format(
        frameworks=as_json({each.id: each.label for each in shown(app.config)}),
        words=as_json(
            {
                "chosen": words.CHOSEN,
                "unknown": words.UNKNOWN,
                "known": words.KNOWN,
                "launch": app.config.launch_words,
            }
        ),
    )
    if not app.env.doc2path(pagename).endswith(".ipynb"):  # has no tabs, nor launches others
        app.add_js_file("tabs.js", loading_method="defer")


def as_json(value):
    """For a script element, which must not hold `</script>`."""
    return json.dumps(value).replace("<", r"\u003c")


def setup(app):
    passed_on = {builder: (pass_on, pass_on) for builder in ("latex", "text", "man", "texinfo")}
    app.add_node(tab_set, html=(visit_tab_set, close), **passed_on)
    app.add_node(tab_panel, html=(visit_tab_panel, close), **passed_on)
    # {host: what a link says that launches a notebook there}, for {label}'s
    app.add_config_value("launch_words", {}, "html", (dict,))
    app.connect("html-page-context", add_head)
