"""One click from running: Colab and SageMaker Studio Lab.

On the page of a notebook, the theme's menu with the rocket opens that notebook in Colab;
here it gets Studio Lab. Pages without a notebook get the same menu, for the notebook of the
framework that the reader chose, and so do the buttons that this directive makes:

    ```{launch}
    ```

They lead to the first framework's notebook; book/_static/tabs.js follows the reader's choice.
"""

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from frameworks import parallel_notebooks

STUDIO_LAB = "https://studiolab.sagemaker.aws/import"


def hosts(config, path):
    """`(host, icon, address that opens the notebook there)`."""
    options = config.html_theme_options
    repository = options["repository_url"].partition("github.com/")[2]
    notebook = f"/github/{repository}/blob/{options['repository_branch']}/{path}"
    yield (
        "Colab",
        "_static/images/logo_colab.png",
        options["launch_buttons"]["colab_url"] + notebook,
    )
    yield "Studio Lab", "fa fa-flask", STUDIO_LAB + notebook


def of_the_first_framework(env):
    """`(text, icon, address)` of what launches the notebook shown in chapters."""
    _, label, docname = parallel_notebooks(env, "dropout")[0]
    for host, icon, url in hosts(env.config, f"{docname}.ipynb"):
        yield f"{label} in {host}", icon, url


def add_buttons(app, pagename, templatename, context, doctree):
    path = app.env.doc2path(pagename, base=False)
    if path.endswith(".ipynb"):
        _, (host, icon, url) = hosts(app.config, path)
        for group in context["header_buttons"]:
            if group.get("label") == "launch-buttons":
                group["buttons"].append(
                    {
                        "type": "link",
                        "text": host,
                        "icon": icon,
                        "url": url,
                        "tooltip": "Open in SageMaker Studio Lab",
                    }
                )
    else:
        context.get("header_buttons", []).insert(
            0,
            {
                "type": "group",
                "label": "launch-buttons",
                "classes": "launch-chosen",
                "icon": "fas fa-rocket",
                "tooltip": "Run the notebook of your library",
                "buttons": [
                    {"type": "link", "text": text, "icon": icon, "url": url}
                    for text, icon, url in of_the_first_framework(app.env)
                ],
            },
        )


class LaunchDirective(SphinxDirective):
    def run(self):
        links = nodes.paragraph(classes=["launch-chosen"])
        for text, _, url in of_the_first_framework(self.env):
            links += nodes.reference("", text, refuri=url, classes=["launch-button"])
            links += nodes.Text(" ")
        return [links]


def setup(app):
    app.setup_extension("frameworks")
    app.add_directive("launch", LaunchDirective)
    # The theme adds its buttons at 501.
    app.connect("html-page-context", add_buttons, priority=502)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
