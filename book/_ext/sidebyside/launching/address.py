"""Where the site will be, from the one place that names the repository: GitHub Pages.

Pages name their own address for search engines and for those who share them (canonical,
Open Graph), and 404.html, which stands for any address, names all it needs from the root.

What a page is about, in a sentence for both, is the configuration value `descriptions`:
`{docname or folder: sentence}`; in a folder of notebooks, `{framework}` is the library.
"""

from html import escape

from dropout_book.frameworks import FRAMEWORKS

CARD = "_static/social-card.png"


def set_address(app, config):
    owner, name = config.html_theme_options["repository_url"].rstrip("/").split("/")[-2:]
    config.html_baseurl = config.ogp_site_url = f"https://{owner}.github.io/{name}/"
    config.ogp_image = config.html_baseurl + CARD
    config.notfound_urls_prefix = f"/{name}/"


def describe(app, pagename, templatename, context, doctree):
    folder, _, name = pagename.rpartition("/")
    descriptions = app.config.descriptions
    description = descriptions.get(pagename) or descriptions.get(folder)
    if description:
        label = FRAMEWORKS[name].label if name in FRAMEWORKS else ""
        description = description.format(framework=label)
        context["metatags"] += f'<meta name="description" content="{escape(description)}">\n'
        context["meta"] = {**(context["meta"] or {}), "og:description": description}


def setup(app):
    app.add_config_value("descriptions", {}, "html", (dict,))
    app.setup_extension("sphinxext.opengraph")
    app.setup_extension("notfound.extension")
    app.connect("config-inited", set_address, priority=400)  # before notfound looks at it
    app.connect("html-page-context", describe, priority=400)  # before opengraph does
