"""What readers see in the fit to play with, and hear of it.

In braces: what `fit.html` or `fit.js` fills in. Numbers come as they are to be read.
"""

# Of the markup, where words may hold more markup.
OF_MARKUP = {
    "sentence": "With JavaScript, you can fit the network here, in your browser, at any <i>p</i>.",
    "state": "Nothing is fitted yet. Press <b>Fit</b>.",
    "slider": "Probability <i>p</i> of dropping a hidden unit",
    "fit": "Fit",
    "masks": "Other sub-networks",
    "points": "Other points",
    "key_points": "the twenty points",
    "key_truth": "the truth, sin 3<i>x</i>",
    "key_network": "the network, all units together",
    "key_subnetworks": "twenty sub-networks",
    "key_mean": "their mean",
    "tried": "<i>p</i>",
    "own": "on its own points",
    "truth": "from the truth",
    "climb": "up and down",
}

# Said by fit.js.
OF_SCRIPT = {
    "fit": OF_MARKUP["fit"],
    "stop": "Stop",
    "goOn": "Go on",
    "again": "Fit again",
    "begun": "Fitting with p = {p}.",
    "changed": "p = {p}: press Fit.",
    "stopped": "Stopped after {step} of {steps} steps.",
    "finished": """\
After {steps} steps with p = {p}, the squared error is {own} on its own points and {truth} \
from the truth.""",
    "caption": """\
For each p you tried on these points: the mean squared error, and how far the curve goes up \
and down; the sine goes {sine}.""",
    "newPoints": "Twenty other points. Press Fit.",
    "newMasks": "Twenty other sub-networks.",
    "chart": """\
Twenty points, the sine that they come from, and the network after {step} steps with p = {p}. \
{curve}""",
    "curve": "It goes up and down by {climb} in all, the sine by {sine}.",
    "untrained": "It is not fitted yet.",
}
