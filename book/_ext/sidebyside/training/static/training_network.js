/* A multilayer perceptron with dropout, and its training: what each worker of the live
 * training does.
 *
 * It is one function, because a worker is made of its text: a page that is opened from disk
 * may not start one from a file. Matrices are Float32Arrays, row by row; an example is a row.
 */
"use strict";

const trainingNetwork = () => {
  /* Uniform numbers in [0, 1): sfc32 from Chris Doty-Humphrey's PractRand (public domain,
   * https://pracrand.sourceforge.net), seeded and warmed up as there. */
  function uniforms(seed) {
    let [a, b, c, counter] = [0, seed | 0, 0, 1];
    const next = () => {
      const sum = (a + b + counter++) | 0;
      a = b ^ (b >>> 9);
      b = (c + (c << 3)) | 0;
      c = (((c << 21) | (c >>> 11)) + sum) | 0;
      return (sum >>> 0) / 2 ** 32;
    };
    for (let i = 0; i < 15; i++) next();
    return next;
  }

  /* Box and Muller's normal numbers, of which the second is left. */
  const normal = (uniform) =>
    Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());

  function shuffled(length, uniform) {
    const order = Array.from({length}, (_, i) => i);
    for (let i = length - 1; i > 0; i--) {
      const j = Math.floor((i + 1) * uniform());
      [order[i], order[j]] = [order[j], order[i]];
    }
    return order;
  }

  /* 0 where dropped, else 1 / (1 - p), for p < 1. */
  function drawMask(length, p, uniform) {
    const mask = new Float32Array(length);
    for (let i = 0; i < length; i++) mask[i] = uniform() >= p ? 1 / (1 - p) : 0;
    return mask;
  }

  /* Rows of B, each times a factor, added to the row of C that starts at `c`: four at a
   * time, which reads and writes C a quarter as often. Factors of zero are left out, and
   * half of them are: black pixels, units that are inactive or dropped. */
  function addRows(C, c, B, columns, count, factorOf) {
    let n = 0;
    for (let k = 0; k < count; k++) {
      const factor = factorOf(k);
      if (factor === 0) continue;
      factors[n] = factor;
      starts[n++] = k * columns;
    }
    factors.fill(0, n, n + 3);
    starts.fill(0, n, n + 3);
    for (let i = 0; i < n; i += 4) {
      const [f0, f1, f2, f3] = [factors[i], factors[i + 1], factors[i + 2], factors[i + 3]];
      const [b0, b1, b2, b3] = [starts[i], starts[i + 1], starts[i + 2], starts[i + 3]];
      for (let j = 0; j < columns; j++) {
        C[c + j] += f0 * B[b0 + j] + f1 * B[b1 + j] + f2 * B[b2 + j] + f3 * B[b3 + j];
      }
    }
  }
  const factors = new Float64Array(1024), starts = new Int32Array(1024);

  /* C += A B, for A of `rows` × `inner` and B of `inner` × `columns`. */
  function addProduct(C, A, B, rows, inner, columns) {
    for (let i = 0; i < rows; i++) {
      addRows(C, i * columns, B, columns, inner, (k) => A[i * inner + k]);
    }
  }

  /* C += Aᵀ B, for A of `rows` × `inner` and B of `rows` × `columns`. */
  function addTransposedProduct(C, A, B, rows, inner, columns) {
    for (let k = 0; k < inner; k++) {
      addRows(C, k * columns, B, columns, rows, (i) => A[i * inner + k]);
    }
  }

  function transposed(A, rows, columns) {
    const B = new Float32Array(A.length);
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) B[j * rows + i] = A[i * columns + j];
    }
    return B;
  }

  /* Mean cross-entropy of logits, and its gradient with respect to them. */
  function crossEntropy(logits, labels) {
    const classes = logits.length / labels.length;
    const gradient = new Float32Array(logits.length);
    let loss = 0;
    labels.forEach((label, i) => {
      const row = logits.subarray(i * classes, (i + 1) * classes);
      const largest = Math.max(...row);
      const powers = Array.from(row, (logit) => Math.exp(logit - largest));
      const sum = powers.reduce((a, b) => a + b);
      loss += Math.log(sum) - (row[label] - largest);
      powers.forEach((power, j) => {
        gradient[i * classes + j] = (power / sum - (j === label)) / labels.length;
      });
    });
    return {loss: loss / labels.length, gradient};
  }

  class Network {
    /* ReLU after each layer but the last. `sizes`: units of each layer, inputs first. */
    constructor(sizes, deviations, seed) {
      const uniform = uniforms(seed);
      this.sizes = sizes;
      this.weights = deviations.map((deviation, k) => Float32Array.from(
        {length: sizes[k] * sizes[k + 1]}, () => deviation * normal(uniform)));
      this.biases = deviations.map((_, k) => new Float32Array(sizes[k + 1]));
    }

    /* Logits. With `masks`, one for each hidden layer, dropout is on. */
    forward(X, masks) {
      const rows = X.length / this.sizes[0];
      this.saved = [X];
      this.masks = masks;
      this.weights.forEach((W, k) => {
        const columns = this.sizes[k + 1];
        const H = new Float32Array(rows * columns);
        for (let i = 0; i < rows; i++) H.set(this.biases[k], i * columns);
        addProduct(H, this.saved[k], W, rows, this.sizes[k], columns);
        if (k < this.weights.length - 1) {
          const mask = masks?.[k];
          for (let i = 0; i < H.length; i++) H[i] = Math.max(H[i], 0) * (mask ? mask[i] : 1);
        }
        this.saved.push(H);
      });
      return this.saved.at(-1);
    }

    /* Gradients of the loss, given that at the logits, for the last call of `forward`. */
    backward(gradient) {
      const gradients = {weights: [], biases: []};
      const rows = this.saved[0].length / this.sizes[0];
      for (let k = this.weights.length - 1; k >= 0; k--) {
        const [inner, columns] = [this.sizes[k], this.sizes[k + 1]];
        const [H, W] = [this.saved[k], this.weights[k]];
        const [dW, db] = [new Float32Array(W.length), new Float32Array(columns)];
        addTransposedProduct(dW, H, gradient, rows, inner, columns);
        for (let i = 0; i < gradient.length; i++) db[i % columns] += gradient[i];
        gradients.weights[k] = dW;
        gradients.biases[k] = db;
        if (k === 0) break;
        const below = new Float32Array(H.length);
        addProduct(below, gradient, transposed(W, inner, columns), rows, columns, inner);
        const mask = this.masks?.[k - 1];
        for (let i = 0; i < H.length; i++) {
          // Where it is 0, the unit was inactive or dropped: no gradient.
          below[i] *= H[i] === 0 ? 0 : mask ? mask[i] : 1;
        }
        gradient = below;
      }
      return gradients;
    }

    /* One step of plain SGD; returns the loss before it. */
    step(X, labels, masks, rate) {
      const {loss, gradient} = crossEntropy(this.forward(X, masks), labels);
      const gradients = this.backward(gradient);
      for (const kind of ["weights", "biases"]) {
        this[kind].forEach((values, k) => {
          const slopes = gradients[kind][k];
          for (let i = 0; i < values.length; i++) values[i] -= rate * slopes[i];
        });
      }
      return loss;
    }
  }

  /* One network's training. Start and order of the examples follow from the seed alone, so
   * that they are the same for every p; and so do the numbers that masks are drawn with. */
  class Run {
    constructor(data, settings, p, seed) {
      Object.assign(this, {data, settings, p, step: 0, queue: []});
      this.network = new Network(settings.sizes, settings.deviations, 3 * seed);
      this.order = uniforms(3 * seed + 1);
      this.uniform = uniforms(3 * seed + 2);
    }

    train() {
      const {batch, sizes, rate} = this.settings;
      const {X, labels} = this.data.train;
      if (this.queue.length < batch) this.queue = shuffled(labels.length, this.order);
      const chosen = this.queue.splice(0, batch);
      const images = new Float32Array(batch * sizes[0]);
      chosen.forEach((image, i) => {
        images.set(X.subarray(image * sizes[0], (image + 1) * sizes[0]), i * sizes[0]);
      });
      const masks = this.p === 0 ? null : sizes.slice(1, -1).map((units) =>
        drawMask(batch * units, this.p, this.uniform));
      this.network.step(images, chosen.map((image) => labels[image]), masks, rate);
      this.step += 1;
    }

    get isDone() {
      return this.step >= this.settings.steps;
    }

    get isToBeMeasured() {
      return this.step % this.settings.every === 0;
    }

    /* Losses over all images, without dropout, and the first units' weights, unit by unit. */
    measure() {
      const {sizes, shown} = this.settings;
      const loss = ({X, labels}) =>
        crossEntropy(this.network.forward(X, null), labels).loss;
      const weights = Float32Array.from({length: shown * sizes[0]}, (_, i) =>
        this.network.weights[0][(i % sizes[0]) * sizes[1] + Math.floor(i / sizes[0])]);
      const {step, p} = this;
      return {step, p, train: loss(this.data.train), validation: loss(this.data.validation), weights};
    }
  }

  /* Pixels of four bits, two in a byte, the first one high; as numbers in [0, 1]. */
  function unpack(base64) {
    const bytes = atob(base64);
    return Float32Array.from({length: 2 * bytes.length}, (_, i) =>
      ((bytes.charCodeAt(i >> 1) >> (i % 2 ? 0 : 4)) & 15) / 15);
  }

  function parseData({train, validation}) {
    const parse = ({pixels, labels}) => ({X: unpack(pixels), labels: Array.from(labels, Number)});
    return {train: parse(train), validation: parse(validation)};
  }

  /* In a worker: `{images, settings}` comes once, `{p, seed, id}` begins a run anew, and
   * `{running}` lets it go on or rest. Each measurement is sent with the run's id. */
  function serve(scope) {
    const SLICE = 30;         // ms, after which messages are read
    let data, settings, run, id, running = false, next = null;

    const tell = () => scope.postMessage({id, ...run.measure()});

    function work() {
      next = null;
      const end = performance.now() + SLICE;
      while (!run.isDone && performance.now() < end) {
        run.train();
        if (run.isToBeMeasured) tell();
      }
      schedule();
    }

    function schedule() {
      if (running && run && !run.isDone) next ??= setTimeout(work);
    }

    scope.onmessage = ({data: message}) => {
      if (message.images) {
        data = parseData(message.images);
        settings = message.settings;
      } else if ("id" in message) {
        id = message.id;
        run = new Run(data, settings, message.p, message.seed);
        tell();
      } else {
        running = message.running;
        clearTimeout(next);
        next = null;
      }
      schedule();
    };
  }

  return {uniforms, normal, drawMask, crossEntropy, Network, Run, parseData, serve};
};
