"""The theme (sphinx-book-theme on pydata-sphinx-theme): its header's buttons.

A theme option adds no button, so they are put into the list that its templates go through.
What else is changed of the theme is in the templates and style sheets of `look`.
"""

AFTER_ITS_BUTTONS = 502  # the theme adds its own to a page's context at 501
LAUNCH = "launch-buttons"


def launch_buttons(context):
    """The group with the rocket on a notebook's page: a list to which buttons are added."""
    for group in context["header_buttons"]:
        if group.get("label") == LAUNCH:
            return group["buttons"]
    return []


def add_launch_group(context, buttons, tooltip, classes):
    """The same group on a page that is no notebook."""
    group = {
        "type": "group",
        "label": LAUNCH,
        "classes": classes,
        "icon": "fas fa-rocket",
        "tooltip": tooltip,
        "buttons": buttons,
    }
    context.get("header_buttons", []).insert(0, group)


def link_button(text, icon, url, tooltip=None):
    button = {"type": "link", "text": text, "icon": icon, "url": url}
    return {**button, "tooltip": tooltip} if tooltip else button


def change_menu(context, change):
    """Have `change(html)` make the menu of pages of what the theme makes."""
    make = context.get("generate_toctree_html")

    def changed(kind, **options):
        made = make(kind, **options)
        return change(str(made)) if kind == "sidebar" else made

    if make:
        context["generate_toctree_html"] = changed
