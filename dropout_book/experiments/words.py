"""What readers of the experiments are told, in figures, tables and answers."""

MINUS = "−"
INTERVAL = "{mean} ({low} to {high})"
PLUS_MINUS = "{mean} ± {half}"
BETTER = "right of zero is better"
GAIN = "{unit}\n{reads}"
STEP, LOSS, SHARE = "step", "loss (nats)", "share"
CLEAN, VALIDATION = "training loss, dropout off (nats)", "validation loss (nats)"
EPOCH, ACCURACY = "epoch", "accuracy"
KERAS_TEST = "rate {rate}, on test images"
KERAS_TRAINING = "rate {rate}, as training prints it"
START, END = "start", "end"

# What a primary contrast is a difference of, and how many digits it is worth.
LOSS_UNIT = "nats of test loss"
UNITS = {
    "best.loss": (LOSS_UNIT, 3),
    "best.tempered": (LOSS_UNIT, 3),
    "last.correlation_2": ("of mean absolute correlation", 3),
    "last.wrong_labels_fitted": ("of the wrong labels", 2),
    "last.train_loss": ("nats of training loss", 3),
}

# What the first of two arms less the second says of the second, the one that is asked about:
# "helps" if its adjusted p is below 5 % and its sign is good, "hurts" if that is bad, "open"
# if it is not below: the data choose the sentence.
ANSWERS = {
    "does-it-help": {
        "helps": "Yes: with 3,000 images and the best weights, dropout lowers the test loss.",
        "hurts": "No: with 3,000 images and the best weights, dropout raises the test loss.",
        "open": "Not shown: with 3,000 images and the best weights, the test loss with and "
        "without dropout cannot be told apart.",
    },
    "which-rates": {
        "helps": "The order matters: the smaller rate first is better.",
        "hurts": "The order matters: the larger rate first is better.",
        "open": "Not shown: the two orders of the rates cannot be told apart.",
    },
    "activations": {
        "helps": "Units of the second layer are less alike with dropout.",
        "hurts": "Units of the second layer are more alike with dropout, not less.",
        "open": "Not shown: units of the second layer with and without dropout "
        "cannot be told apart.",
    },
    "at-test-time": {
        "helps": "The mean over masks has the lower test loss, both with a temperature.",
        "hurts": "Weight scaling has the lower test loss, both with a temperature.",
        "open": "Not shown: weight scaling and the mean over masks cannot be told apart, both "
        "with a temperature.",
    },
    "weight-decay": {
        "helps": "Weight decay diminishes what dropout gains.",
        "hurts": "Weight decay enlarges what dropout gains.",
        "open": "Not shown: what dropout gains with and without weight decay "
        "cannot be told apart.",
    },
    "other-noises": {
        "helps": "Gaussian noise of the same variance is better than Bernoulli’s.",
        "hurts": "Gaussian noise of the same variance is worse than Bernoulli’s.",
        "equivalent": "Yes: Gaussian noise of the same variance is equivalent to Bernoulli’s.",
        "open": "Neither shown: Gaussian noise of the same variance is not told apart from "
        "Bernoulli’s, and not shown to be equivalent within the margin either.",
    },
    "r-drop": {
        "helps": "Yes: the term that makes two masks agree lowers the test loss.",
        "hurts": "No: the term that makes two masks agree raises the test loss.",
        "open": "Not shown: with and without the term that makes two masks agree, the test "
        "loss cannot be told apart.",
    },
    "tips": {
        "helps": "Yes: the full package has a lower test loss than plain dropout.",
        "hurts": "No: the full package has a higher test loss than plain dropout.",
        "open": "Not shown: plain dropout and the full package cannot be told apart.",
    },
    "memorising": {
        "helps": "Yes: with dropout, fewer of the wrong labels are fitted.",
        "hurts": "No: with dropout, more of the wrong labels are fitted.",
        "open": "Not shown: with and without dropout, the wrong labels fitted "
        "cannot be told apart.",
    },
    "convolutions": {
        "helps": "Yes: dropout after the last batch norm lowers the test loss.",
        "hurts": "No: dropout after the last batch norm raises the test loss.",
        "open": "Not shown: with and without dropout after the last batch norm, the test loss "
        "cannot be told apart.",
    },
    "when-to-drop": {
        "helps": "Yes: dropout early in training lowers the final training loss of a network "
        "that underfits.",
        "hurts": "No: dropout early in training raises the final training loss of a network "
        "that underfits.",
        "open": "Not shown: with and without dropout early in training, the final training "
        "loss of a network that underfits cannot be told apart.",
    },
}
EFFECT = "The difference is {interval} {unit}, {level} % interval over {n} pairs of runs."
EXCLUDED = "More than {excludes}, either way, is excluded."
MARGIN = "The margin that was named beforehand is {margin}."
P_VALUE = "p {p}, adjusted {adjusted}"
EQUALS, AT_MOST = "= {p}", "at most {p}"
SMALL = "below {p}"
EFFECT_ALT = "On a line through zero: {interval} {unit}, {level} % interval."

# The table of a design
DESIGN_HEADS = ["arm", "training images", "steps", "learning rate", "seeds"]
TUNED, RATE_OF = "tuned", "that of “{arm}”"
PRIMARY = "Named beforehand: {text}."
