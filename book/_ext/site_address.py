"""Where the site will be, from the one place that names the repository: GitHub Pages.

Pages name their own address for search engines and for those who share them (canonical,
Open Graph), and 404.html, which stands for any address, names all it needs from the root.
"""

CARD = "_static/social-card.png"


def set_address(app, config):
    owner, name = config.html_theme_options["repository_url"].rstrip("/").split("/")[-2:]
    config.html_baseurl = config.ogp_site_url = f"https://{owner}.github.io/{name}/"
    config.ogp_image = config.html_baseurl + CARD
    config.notfound_urls_prefix = f"/{name}/"


def setup(app):
    app.setup_extension("sphinxext.opengraph")
    app.setup_extension("notfound.extension")
    app.connect("config-inited", set_address, priority=400)     # before notfound looks at it
    return {"parallel_read_safe": True, "parallel_write_safe": True}
