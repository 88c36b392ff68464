"""A run in PyTorch: the networks, the noise, the training loop."""

import math

import torch
from torch import nn
from torch.nn import functional as F

from dropout_book.experiments import measures
from dropout_book.experiments.data import MASKS, START, minibatches, seed_of, start
from dropout_book.experiments.watch import Watch, result

CHUNK = 250  # images predicted at once: what they become fits into a processor's cache


def one_thread():
    torch.set_num_threads(1)


def bernoulli(shape, p, rng):
    return (torch.rand(shape, generator=rng) >= p).float() / (1 - p)


def gaussian(shape, p, rng):
    return 1 + math.sqrt(p / (1 - p)) * torch.randn(shape, generator=rng)


def uniform(shape, p, rng):
    return 1 + math.sqrt(3 * p / (1 - p)) * (2 * torch.rand(shape, generator=rng) - 1)


def exponential(shape, p, rng):
    """Never zero and never negative; its variance, one, is Bernoulli's at p = 0.5 alone."""
    if p != 0.5:
        raise ValueError(f"exponential noise has the variance of p = 0.5, not {p}")
    return torch.empty(shape).exponential_(generator=rng)


# Of mean 1 and variance p/(1-p), the derivation's.
NOISES = {
    "bernoulli": bernoulli,
    "gaussian": gaussian,
    "uniform": uniform,
    "exponential": exponential,
}


class Network(nn.Module):
    """What both networks share: noise, drawn from a generator of their own.

    It is on in training mode, while the schedule says so.
    """

    def __init__(self, run, member):
        super().__init__()
        self.run, self.on = run, True
        self.rng = torch.Generator().manual_seed(seed_of(run, MASKS, member))

    def noisy(self, H, p, noise="bernoulli"):
        if p == 0 or not (self.training and self.on):
            return H
        return H * NOISES[noise](H.shape, p, self.rng)


class MLP(Network):
    """Rectified linear layers."""

    def __init__(self, run, member):
        super().__init__(run, member)
        layers = start(run, member)
        self.weights = nn.ParameterList(torch.from_numpy(W.T.copy()) for W, _ in layers)
        self.biases = nn.ParameterList(torch.from_numpy(b) for _, b in layers)

    def hidden(self, X):
        """What each hidden layer passes on, and the logits."""
        run, passed = self.run, []
        connect = run.noise == "dropconnect"
        H = self.noisy(X, run.input_dropout)
        for i, (W, b) in enumerate(zip(self.weights, self.biases)):
            if connect and i:
                W = self.noisy(W, run.dropout[i - 1])
            H = F.linear(H, W, b)
            if i < len(run.widths):
                H = F.relu(H)
                if not connect:
                    H = self.noisy(H, run.dropout[i], run.noise)
                passed.append(H)
        return passed, H

    def forward(self, X):
        return self.hidden(X)[1]


class CNN(Network):
    """Two convolutions of 3 × 3, with or without batch norm, and one hidden layer.

    The first rate drops between the convolutions, the second after the hidden layer.
    """

    def __init__(self, run, member):
        super().__init__(run, member)
        with torch.random.fork_rng():
            torch.manual_seed(seed_of(run, START, member))
            self.conv1 = nn.Conv2d(1, 8, 3, padding=1)
            self.conv2 = nn.Conv2d(8, 16, 3, padding=1)
            self.dense = nn.Linear(16 * 7 * 7, run.widths[0])
            self.output = nn.Linear(run.widths[0], 10)
        self.norm1 = nn.BatchNorm2d(8) if run.batch_norm else nn.Identity()
        self.norm2 = nn.BatchNorm2d(16) if run.batch_norm else nn.Identity()
        self.to(memory_format=torch.channels_last)  # twice as fast as channels first

    def forward(self, X):
        H = F.max_pool2d(F.relu(self.norm1(self.conv1(X.reshape(-1, 1, 28, 28)))), 2)
        H = self.noisy(H, self.run.dropout[0])
        H = F.max_pool2d(F.relu(self.norm2(self.conv2(H))), 2)
        H = F.relu(self.dense(H.flatten(1)))
        return self.output(self.noisy(H, self.run.dropout[1]))


NETWORKS = {"mlp": MLP, "cnn": CNN}


@torch.no_grad()
def predict(net, X):
    """Log-probabilities of NumPy's images, dropout off, as a NumPy array."""
    net.eval()
    chunks = torch.from_numpy(X).split(CHUNK)
    return torch.cat([F.log_softmax(net(chunk), dim=1) for chunk in chunks]).numpy()


def objective(net, X, y, r_drop):
    if r_drop is None:
        return F.cross_entropy(net(X), y)
    # R-Drop (Liang et al. 2021): each image meets two masks. Means over images throughout;
    # the divergence is summed over classes.
    first, second = F.log_softmax(net(torch.cat([X, X])), dim=1).chunk(2)
    between = (first.exp() - second.exp()) * (first - second)  # both directions added
    fit = (F.nll_loss(first, y) + F.nll_loss(second, y)) / 2
    return fit + r_drop * between.sum(dim=1).mean() / 4


class Descent:
    """Stochastic gradient descent as torch.optim.SGD does it, whose first step imports the
    compiler, seconds in each worker. Weights decay, biases do not."""

    def __init__(self, run, parameters):
        self.run, self.parameters = run, list(parameters)
        self.velocities = [torch.zeros_like(each) for each in self.parameters]
        self.weights = [each for each in self.parameters if each.ndim > 1]

    @torch.no_grad()
    def step(self, step):
        run = self.run
        lr = run.lr * (1 - (step - 1) / run.steps) if run.decay else run.lr
        for parameter, velocity in zip(self.parameters, self.velocities):
            gradient = parameter.grad
            parameter.grad = None
            if run.weight_decay and parameter.ndim > 1:
                gradient = gradient.add_(parameter, alpha=run.weight_decay)
            if run.momentum:
                gradient = velocity.mul_(run.momentum).add_(gradient)
            parameter.sub_(gradient, alpha=lr)
        if run.max_norm is not None:
            for W in self.weights[:-1]:  # a row holds what comes into a unit
                W.copy_(W.renorm(2, 0, run.max_norm))


def train_one(run, problem, member):
    """Train one network; return it and what was seen on the way."""
    net = NETWORKS[run.network](run, member)
    X, y = torch.from_numpy(problem.X), torch.from_numpy(problem.y)
    descent = Descent(run, net.parameters())
    watch = Watch(
        run,
        problem,
        predict=lambda X: predict(net, X),
        snapshot=lambda: {name: each.clone() for name, each in net.state_dict().items()},
        restore=net.load_state_dict,
    )
    watch.net, watch.activations = net, {}
    for step, batch in zip(range(1, run.steps + 1), minibatches(run, len(X), member)):
        early = step <= run.steps // 4
        net.on = run.schedule == "throughout" or early == (run.schedule == "early")
        net.train()
        batch = torch.from_numpy(batch)
        loss = objective(net, X[batch], y[batch], run.r_drop)
        loss.backward()
        descent.step(step)
        watch.check(step, loss.item())
        if step in watch.due:
            watch.look(step)
            if "activations" in run.measures and step in measures.looked_at(run):
                measures.activations(run, problem, watch, step)
    net.on = True
    return watch


def train(run, problem):
    """What the run returns; see run.py."""
    watches = [train_one(run, problem, member) for member in range(run.members)]
    found = result(problem, watches)
    for name in run.measures:
        getattr(measures, f"final_{name}")(run, problem, watches, found)
    return found
