"""What predictions are worth: arithmetic of log-probabilities, in NumPy.

`log_p` is of shape (n, classes), `y` of shape (n,), losses are in nats.
"""

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, logsumexp

BINS = 15  # of confidence, in the calibration error


def loss(log_p, y):
    return float(-np.mean(log_p[np.arange(len(y)), y], dtype=float))


def accuracy(log_p, y):
    return float(np.mean(log_p.argmax(axis=1) == y))


def tempered(log_p, temperature):
    """Guo et al. (2017): logits divided by a temperature; log-probabilities do as well."""
    return log_softmax(log_p / temperature, axis=1)


def fit_temperature(log_p, y):
    """The temperature with the least loss, between e^-3 and e^3."""
    found = minimize_scalar(
        lambda t: loss(tempered(log_p, np.exp(t)), y), bounds=(-3, 3), method="bounded"
    )
    return float(np.exp(found.x))


def calibration_error(log_p, y):
    """Mean distance of confidence and accuracy over bins of confidence (Guo et al. 2017)."""
    confidence, right = np.exp(log_p.max(axis=1)), log_p.argmax(axis=1) == y
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    gaps = np.bincount(bins, confidence - right, minlength=BINS)
    return float(np.abs(gaps).sum() / len(y))


def mean_probability(log_ps):
    """Of several predictions, (k, n, classes), the logarithm of their mean."""
    return logsumexp(log_ps, axis=0) - np.log(len(log_ps))


def scores(problem, validation, test):
    """Of log-probabilities of the validation and the test images."""
    temperature = fit_temperature(validation, problem.y_validation)
    found = {"temperature": temperature}
    for name, log_p, y in (
        ("validation_", validation, problem.y_validation),
        ("", test, problem.y_test),
    ):
        found |= {
            f"{name}loss": loss(log_p, y),
            f"{name}accuracy": accuracy(log_p, y),
            f"{name}tempered": loss(tempered(log_p, temperature), y),
        }
    return found | {"calibration_error": calibration_error(test, problem.y_test)}
