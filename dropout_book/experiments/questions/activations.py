"""What dropout does to hidden layers: measured on the networks of question 1.

Co-adaptation is, by definition before looking, the mean absolute correlation over pairs of
units of the second hidden layer that vary, over 1,000 validation images, dropout off.
"""

from dropout_book.experiments.design import Contrast, Question
from dropout_book.experiments.questions.does_it_help import AT_PRIMARY_SIZE

NONE, DROPOUT = AT_PRIMARY_SIZE.values()

QUESTION = Question(
    id="activations",
    number=3,
    title="What does it do to activations?",
    primary=Contrast({NONE.name: 1, DROPOUT.name: -1}, "last.correlation_2", at="best.loss"),
    primary_text="none − dropout, mean absolute correlation of live units in layer 2, last "
    "weights, dropout off, at the rates for best weights",
    arms=(NONE, DROPOUT),
)
