"""What a training run leaves behind: one row of figures per epoch."""

import statistics
import time


class History:
    """Train loss, train accuracy, test accuracy and seconds of each epoch.

    As in the textbook, train loss and train accuracy are means over the epoch's
    minibatches, taken while the network learns and with dropout on;
    test accuracy is taken after the epoch, with dropout off.
    Seconds are wall-clock seconds of the epoch, its evaluation included.
    """

    def __init__(self):
        self.train_loss, self.train_acc = [], []
        self.test_acc, self.seconds = [], []
        self._begin_epoch()

    def _begin_epoch(self):
        self._loss = self._correct = self._examples = 0
        self._started = time.perf_counter()

    def add_batch(self, loss, correct, num_examples):
        """Record a minibatch: its mean loss and how many of its labels were right.

        Sums stay in the library's own scalars until the epoch ends,
        so that a GPU is not made to wait after every step.
        """
        self._loss = self._loss + loss * num_examples
        self._correct = self._correct + correct
        self._examples += num_examples

    def end_epoch(self, test_acc):
        """Close the epoch with the test accuracy measured after it."""
        self.add_epoch(
            float(self._loss) / self._examples, float(self._correct) / self._examples, test_acc
        )

    def add_epoch(self, train_loss, train_acc, test_acc):
        """Record an epoch of which these figures are known."""
        self.train_loss.append(float(train_loss))
        self.train_acc.append(float(train_acc))
        self.test_acc.append(float(test_acc))
        self.seconds.append(time.perf_counter() - self._started)
        self._begin_epoch()

    def __len__(self):
        """The number of epochs recorded."""
        return len(self.train_loss)

    def last(self):
        """The last epoch's figures, and the median of seconds per epoch."""
        return {
            "train_loss": self.train_loss[-1],
            "train_acc": self.train_acc[-1],
            "test_acc": self.test_acc[-1],
            "seconds": statistics.median(self.seconds),
        }
