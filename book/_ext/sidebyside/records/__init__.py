"""Tables and figures made of what was recorded, by notebooks or by commands that take hours."""

from pathlib import Path

from sidebyside.insides import sphinx
from sidebyside.records import answers, plan, proof, results_table, semantics_table, speed, table


def setup(app):
    for part in table, results_table, semantics_table, proof, speed, plan, answers:
        part.setup(app)
    sphinx.add_static(
        app, Path(__file__).parent / "static", styles=["semantics_table.css", "answers.css"]
    )
    return {"parallel_read_safe": True, "parallel_write_safe": True}
