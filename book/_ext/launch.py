"""A SageMaker Studio Lab button beside the theme's Colab button, on notebook pages."""


def add_button(app, pagename, templatename, context, doctree):
    path = app.env.doc2path(pagename, base=False)
    if not path.endswith(".ipynb"):
        return
    options = app.config.html_theme_options
    repository = options["repository_url"].partition("github.com/")[2]
    address = (f"https://studiolab.sagemaker.aws/import/github/{repository}/blob/"
               f"{options['repository_branch']}/{path}")
    for group in context["header_buttons"]:
        if group.get("label") == "launch-buttons":
            group["buttons"].append({
                "type": "link", "text": "Studio Lab", "icon": "fa fa-flask",
                "tooltip": "Open in SageMaker Studio Lab", "url": address})


def setup(app):
    app.connect("html-page-context", add_button, priority=502)  # the theme adds Colab at 501
    return {"parallel_read_safe": True, "parallel_write_safe": True}
