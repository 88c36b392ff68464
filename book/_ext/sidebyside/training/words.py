"""What readers see in the live training, and hear of it.

In braces: what `training.html`, `__init__.py` or `training.js` fills in. Numbers come as they
are to be read.
"""

# Of the markup, where words may hold more markup. First: the recorded run.
OF_MARKUP = {
    "sentence": """\
With JavaScript, two networks train here, in your browser; this is a recorded run.""",
    "state": """\
This is a recorded run. Press <b>Train</b> for your own: it loads {megabytes} MB of images.""",
    "slider": "Probability <i>p</i> of dropping a hidden unit",
    "train": "Train",
    "restart": "Start over",
    "title_without": "Without dropout",
    "title_with": 'With dropout, <i>p</i> = <span class="training-p-now">{p}</span>',
    "steps": "steps",
    "title_ends": "At the end, for each <i>p</i> you tried",
    "losses": """\
<span class="key train">training</span> loss on the 500 images that are learned, \
<span class="key validation">validation</span> loss on 1,000 others; both measured with dropout \
switched off.""",
    "units": """\
Below the curves: twelve of the 128 units of the first layer, the same twelve in both networks. \
A pixel is a weight: black negative, white positive.""",
    "pair": """\
Both networks begin with the same weights and see the same images in the same order. Only one \
of them drops hidden units.""",
    "drag": """\
Drag <i>p</i>: that network begins anew, and what each <i>p</i> came to stays in the chart.""",
}
# The titles, for those who hear them.
HEARD = {"without": "Without dropout", "with": "With dropout, p = {p}"}
WEIGHTS = {
    "without": """\
Weights of twelve units of the first layer, without dropout, each as a picture of 14 × 14 \
pixels.""",
    "with": """\
Weights of twelve units of the first layer, with dropout, each as a picture of 14 × 14 \
pixels.""",
}

# Said by training.js, and in the recorded run.
OF_SCRIPT = {
    "train": OF_MARKUP["train"],
    "stop": "Stop",
    "goOn": "Go on",
    "again": "Train again",
    "loading": "Loading the images…",
    "failed": "The images could not be loaded. Press the button to try again.",
    "crashed": "Your browser does not let this page train.",
    "started": "Training, without dropout and with p = {p}.",
    "changed": "With p = {p} the network begins anew.",
    "stopped": "Stopped. {gaps}",
    "finished": "Finished after {steps} steps. {gaps}",
    "ready": "Ready. Both networks begin from another start.",
    "gaps": """\
The gap between validation and training loss is {without} without dropout and {with} with \
p = {p}.""",
    "step": "step {step} of {steps}",
    "gap": "gap {gap}",
    "training": "training {loss}",
    "validation": "validation {loss}",
    "chart": """\
{title}. Loss over the steps: after {step} steps {train} on the training images and \
{validation} on the validation images, a gap of {gap}.""",
    "nothing": "{title}. Loss over the steps: nothing yet.",
    "ends": "Training and validation loss at the end, for each p tried. {ends}",
    "end": "p = {p}: {train} and {validation}.",
}
