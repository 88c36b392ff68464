"""Addresses: where the site is, and where its notebooks are launched."""

from sidebyside.launching import address, buttons


def setup(app):
    address.setup(app)
    buttons.setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
