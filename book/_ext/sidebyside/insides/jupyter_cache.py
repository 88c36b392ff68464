"""jupyter-cache: executed notebooks, found again by their code.

It keys on code cells, their metadata and the kernel's specification. What else outputs
depend on is kept in a record's `data`, which jupyter-cache stores and does not read.
"""

from contextlib import suppress

from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn


class Cache:
    """The executed notebooks in one folder."""

    def __init__(self, path):
        self.cache = get_cache(path)
        self.path = self.cache.path

    def key(self, nb):
        """The hash by which a notebook is found."""
        return self.cache.create_hashed_notebook(nb)[1]

    def find(self, nb):
        """The record of this code, or None; also where the record's file is lost."""
        try:
            record = self.cache.match_cache_notebook(nb)
            self.cache.get_cache_bundle(record.pk)
            return record
        except KeyError:
            return None

    def with_outputs(self, nb):
        return self.cache.merge_match_into_notebook(nb)[1]

    def keep(self, nb, path, data):
        # Its own check of validity refuses cells whose source has a magic.
        self.cache.cache_notebook_bundle(
            CacheBundleIn(nb, str(path), data=data), check_validity=False, overwrite=True
        )

    def drop(self, record):
        with suppress(KeyError):  # its file is lost
            self.cache.remove_cache(record.pk)

    def records(self):
        return self.cache.list_cache_records()
