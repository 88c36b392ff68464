"""What is measured of networks in PyTorch besides their scores."""

from functools import cache

import numpy as np
import torch
from scipy.ndimage import rotate
from scipy.stats import rankdata
from torch.nn import functional as F

from dropout_book.experiments.data import MEASURES, checkpoints, images, seed_of
from dropout_book.experiments.scores import (
    accuracy,
    calibration_error,
    fit_temperature,
    loss,
    mean_probability,
    tempered,
)

IMAGES = 1_000  # validation images, for what hidden layers do
MASKS = 10  # and masks
MONTE_CARLO = 20  # masks, at test time
NOISE = 0.3  # standard deviation on pixels, which lie in [0, 1]
DEGREES = 30


# --- activations: what dropout does to hidden layers (question 3)


def looked_at(run):
    """Every third checkpoint, the last among them."""
    return checkpoints(run.steps)[::-3]


def activations(run, problem, watch, step):
    """Note of each hidden layer, as dropout is off but where it says masks:

    variance_i: over examples, mean over units; masks_i: over masks, dropout on, mean over
    units and examples; zeros_i: share of zeros; correlation_i: mean absolute correlation of
    pairs of live units, those that vary; gradient: mean norm of the loss's gradient by the
    input; noisy_loss: loss with Gaussian noise on the pixels.
    """
    net = watch.net
    X = torch.from_numpy(problem.X_validation[:IMAGES])
    y = torch.from_numpy(problem.y_validation[:IMAGES])
    own = torch.Generator().manual_seed(seed_of(run, MEASURES))
    rng, net.rng = net.rng, own  # the training's own masks stay what they are
    net.eval()
    with torch.no_grad():
        passed, _ = net.hidden(X)
        noisy = X + NOISE * torch.randn(X.shape, generator=own)
        found = {"noisy_loss": F.cross_entropy(net(noisy), y).item()}
        was_on, net.on = net.on, True
        net.train()
        with_masks = [torch.stack(each) for each in zip(*(net.hidden(X)[0] for _ in range(MASKS)))]
        net.on = was_on
    for i, (H, masked) in enumerate(zip(passed, with_masks), start=1):
        found[f"variance_{i}"] = H.var(dim=0).mean().item()
        found[f"masks_{i}"] = masked.var(dim=0).mean().item()
        found[f"zeros_{i}"] = (H == 0).float().mean().item()
        found[f"correlation_{i}"] = correlation(H.numpy())
    net.eval()
    X.requires_grad_()
    total = F.cross_entropy(net(X), y, reduction="sum")
    (gradient,) = torch.autograd.grad(total, X)
    found["gradient"] = gradient.norm(dim=1).mean().item()
    net.rng = rng
    for name, figure in {"step": step, **found}.items():
        watch.activations.setdefault(name, []).append(figure)


def correlation(H):
    """Mean absolute correlation over pairs of units (columns) that vary; 0 if no two do."""
    live = H[:, H.std(axis=0) > 0]
    if live.shape[1] < 2:
        return 0.0
    pairs = np.corrcoef(live, rowvar=False)[np.triu_indices(live.shape[1], k=1)]
    return float(np.abs(pairs).mean())


def final_activations(run, problem, watches, found):
    found["activations"] = watches[0].activations
    last = {name: figures[-1] for name, figures in found["activations"].items()}
    found["last"] |= {name: figure for name, figure in last.items() if name != "step"}


# --- masks and rotated: dropout at test time (question 4)


@cache
def rotated_images():
    pictures = images()[2].reshape(-1, 28, 28)
    turned = rotate(pictures, DEGREES, axes=(1, 2), reshape=False, order=1)
    return turned.reshape(len(turned), -1).astype(np.float32)


def with_weights(watches, weights):
    for watch, each in zip(watches, weights):
        watch.restore(each)


def both_weights(watches):
    """Yield "last" and "best" with these weights in the networks, and the last at the end."""
    last = [watch.snapshot() for watch in watches]
    for name, weights in (("last", last), ("best", [watch.best for watch in watches])):
        with_weights(watches, weights)
        yield name
    with_weights(watches, last)


def final_rotated(run, problem, watches, found):
    """Scores of rotated images; the temperature is that of upright ones."""
    for name in both_weights(watches):
        log_p = mean_probability([watch.predict(rotated_images()) for watch in watches])
        found[name] |= figures("rotated_", log_p, problem.y_test, found[name]["temperature"])


def final_masks(run, problem, watches, found):
    """Monte Carlo dropout (Gal and Ghahramani 2016): the mean probability over masks.

    detects: probability that a wrong answer is told from a right one, by how much masks
    disagree (mutual information), and by the confidence with dropout off.
    """
    (watch,) = watches
    watch.net.rng = torch.Generator().manual_seed(seed_of(run, MEASURES))
    for name in both_weights(watches):
        validation, _ = monte_carlo(watch.net, problem.X_validation)
        temperature = fit_temperature(validation, problem.y_validation)
        test, disagreement = monte_carlo(watch.net, problem.X_test)
        turned, _ = monte_carlo(watch.net, rotated_images())
        plain = watch.predict(problem.X_test)
        found[name] |= {
            "mc_temperature": temperature,
            **figures("mc_", test, problem.y_test, temperature),
            **figures("mc_rotated_", turned, problem.y_test, temperature),
            "mc_detects": detects(disagreement, test, problem.y_test),
            "detects": detects(-plain.max(axis=1), plain, problem.y_test),
        }


def figures(prefix, log_p, y, temperature):
    return {
        f"{prefix}loss": loss(log_p, y),
        f"{prefix}tempered": loss(tempered(log_p, temperature), y),
        f"{prefix}accuracy": accuracy(log_p, y),
        f"{prefix}calibration_error": calibration_error(log_p, y),
    }


@torch.no_grad()
def monte_carlo(net, X):
    """Log of the mean probability over masks, and the mutual information, in nats."""
    X = torch.from_numpy(X)
    net.train()
    mean, entropy = 0, 0
    for _ in range(MONTE_CARLO):
        log_p = F.log_softmax(net(X), dim=1)
        mean = mean + log_p.exp() / MONTE_CARLO
        entropy = entropy - (log_p.exp() * log_p).sum(dim=1) / MONTE_CARLO
    log_mean = mean.clamp_min(1e-30).log()
    return log_mean.numpy(), (-(mean * log_mean).sum(dim=1) - entropy).numpy()


def detects(doubt, log_p, y):
    """Area under the ROC curve of errors by doubt: a rank sum; 0.5 is no better than chance."""
    wrong = log_p.argmax(axis=1) != y
    ranks, errors = rankdata(doubt)[wrong].sum(), wrong.sum()
    pairs = errors * (len(y) - errors)
    return float((ranks - errors * (errors + 1) / 2) / pairs) if pairs else 0.5


# --- shift: variances that batch norm meets in training and at test time (question 10)


def final_shift(run, problem, watches, found):
    """Li et al. (2019): variance that a batch norm meets, dropout off, over the one that it
    has kept from training, mean over channels."""
    net, X = watches[0].net, problem.X
    for name in "norm1", "norm2":
        seen = []
        handle = getattr(net, name).register_forward_pre_hook(lambda _, H: seen.append(H[0]))
        watches[0].predict(X)
        handle.remove()
        met = torch.cat(seen).var(dim=(0, 2, 3))
        kept = getattr(net, name).running_var
        found["last"][f"shift_{name}"] = (met / kept).mean().item()
