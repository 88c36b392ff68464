"""One click from running: Colab and SageMaker Studio Lab.

On the page of a notebook, the theme's menu with the rocket opens that notebook in Colab;
here it gets Studio Lab. Pages without a notebook get the same menu, for the notebook of the
framework that the reader chose, and so do the buttons that this directive makes:

    ```{launch}
    ```

They lead to the first framework's notebook; tabs.js follows the reader's choice.
"""

from urllib.parse import urlsplit

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from sidebyside.insides import theme
from sidebyside.launching import words
from sidebyside.showing.frameworks import parallel_notebooks

STUDIO_LAB = "https://studiolab.sagemaker.aws/import"


def hosts(config, path):
    """`(host, icon, address that opens the notebook there)`."""
    options = config.html_theme_options
    repository = options["repository_url"].partition("github.com/")[2]
    notebook = f"/github/{repository}/blob/{options['repository_branch']}/{path}"
    colab = options["launch_buttons"]["colab_url"] + notebook
    yield words.COLAB, "_static/images/logo_colab.png", colab
    yield words.STUDIO_LAB, "fa fa-flask", STUDIO_LAB + notebook


def of_the_first_framework(env):
    """`(text, icon, address)` of what launches the notebook shown in chapters."""
    framework, docname = parallel_notebooks(env, "dropout")[0]
    for host, icon, url in hosts(env.config, f"{docname}.ipynb"):
        yield words.LAUNCH[host].format(label=framework.label), icon, url


def add_buttons(app, pagename, templatename, context, doctree):
    path = app.env.doc2path(pagename, base=False)
    if path.endswith(".ipynb"):
        _, (host, icon, url) = hosts(app.config, path)
        theme.launch_buttons(context).append(
            theme.link_button(host, icon, url, words.OPEN_IN_STUDIO_LAB)
        )
    else:
        links = [theme.link_button(*button) for button in of_the_first_framework(app.env)]
        theme.add_launch_group(context, links, words.RUN, "launch-chosen")


def name_hosts(app, config):
    """For tabs.js, which follows the reader's choice."""
    config.launch_words = {
        urlsplit(url).hostname: words.LAUNCH[host] for host, _, url in hosts(config, "")
    }


class LaunchDirective(SphinxDirective):
    def run(self):
        links = nodes.paragraph(classes=["launch-chosen"])
        for text, _, url in of_the_first_framework(self.env):
            links += nodes.reference("", text, refuri=url, classes=["launch-button"])
            links += nodes.Text(" ")
        return [links]


def setup(app):
    app.add_directive("launch", LaunchDirective)
    app.connect("config-inited", name_hosts)
    app.connect("html-page-context", add_buttons, priority=theme.AFTER_ITS_BUTTONS)
