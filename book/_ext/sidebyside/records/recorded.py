"""Directives that show a record, which their argument names, relative to the page."""

from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from dropout_book.records.record import changed, load
from sidebyside.records import words

logger = logging.getLogger(__name__)


class Recorded(SphinxDirective):
    required_arguments = 1
    made_by = None  # the command that makes such a record

    def records(self):
        """`{part: record}`. Of what is stale the build says so, and goes on: the tests fail."""
        name, path = self.env.relfn2path(self.arguments[0])
        self.env.note_dependency(name)
        try:
            records = load(path)
        except (OSError, ValueError) as error:
            raise self.error(
                words.NO_RECORD.format(directive=self.name, error=error, command=self.made_by)
            ) from error
        for record in records.values():
            if names := changed(self.env.srcdir, record):
                logger.info(
                    words.STALE.format(
                        file=name, names=", ".join(names), command=record["made"]["by"]
                    ),
                    color="yellow",
                )
        return records

    def data(self):
        """What the only record of the file holds."""
        return self.records()[""]["data"]
