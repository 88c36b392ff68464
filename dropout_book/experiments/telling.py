"""What the notebooks of the experiments show: answer, design, numbers in prose."""

from IPython.display import Markdown, display

from dropout_book.experiments import answers, words
from dropout_book.experiments.questions import question
from dropout_book.results import glue, markdown_table


def tell(text):
    """Prose with numbers in it; sentences may break over lines."""
    display(Markdown(text.strip()))


def show_answer(id):
    """The answer to a question, and the effect it rests on; both are glued for the pages."""
    headline, effect = answers.headline(id), answers.effect(id)
    glue("answer", headline)
    glue("effect", effect)
    tell(f"**{headline}**\n\n{effect}")


def show_design(id):
    """The primary contrast and the arms, out of the declarations that the sweep is made of."""
    asked = question(id)
    tell(words.PRIMARY.format(text=asked.primary_text))
    display(markdown_table(words.DESIGN_HEADS, [design_row(arm) for arm in asked.arms]))


def design_row(arm):
    run = arm.run(0)
    rate = words.TUNED if arm.tuned else f"{run.lr:g}"
    if arm.rates_of:
        rate = words.RATE_OF.format(arm=arm.rates_of.name)
    return [arm.name, f"{run.n:,}", f"{run.steps:,}", rate, str(arm.seeds)]
