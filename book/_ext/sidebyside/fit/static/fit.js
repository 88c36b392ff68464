/* The fit to play with: the network of "A curve through every point", fitted in the page.
 *
 * `trainingNetwork` has its arithmetic; here are the squared loss, Adam and the drawing.
 * ../fit.html is the markup, ../words.py has the words.
 */
"use strict";

(() => {
  const SETTINGS = {
    sizes: [1, 50, 50, 1],
    rate: 0.003,
    steps: 2500,
    points: 20,
    noise: 0.3,               // standard deviation of the points' errors
    subnetworks: 20,
  };
  /* The points of the notebook's figure, to three decimals. */
  const FIRST = {
    x: [-0.336, -0.509, 0.451, -0.048, -0.702, -0.825, 0.474, 0.721, 0.781, 0.02,
        -0.693, -0.549, -0.093, 0.704, 0.3, -0.452, 0.512, -0.129, 0.966, -0.143],
    y: [-1.623, -0.681, 1.479, -0.407, -0.497, -0.843, 0.309, 0.723, 0.815, 0.101,
        -0.842, -0.908, -0.21, 0.793, 0.604, -1.056, 0.894, -0.469, -0.088, -0.578],
  };
  const SLICE = 12;           // ms of training between two pictures
  const {uniforms, normal, drawMask, Network} = trainingNetwork();
  const truth = (x) => Math.sin(3 * x);
  const GRID = Float32Array.from({length: 101}, (_, i) => -1 + i / 50);
  const SINE = GRID.map(truth);

  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const squaredError = (a, b) => mean(Array.from(a, (value, i) => (value - b[i]) ** 2));
  const climb = (curve) => curve.reduce(
    (sum, y, i) => sum + (i ? Math.abs(y - curve[i - 1]) : 0), 0);

  function drawPoints(seed) {
    if (seed === 0) return {x: Float32Array.from(FIRST.x), y: Float32Array.from(FIRST.y)};
    const uniform = uniforms(seed);
    const x = Float32Array.from({length: SETTINGS.points}, () => 2 * uniform() - 1);
    return {x, y: x.map((value) => truth(value) + SETTINGS.noise * normal(uniform))};
  }

  /* One network's training, all points in each step; see the notebook's `fit`. Start and
   * masks follow from the seed, so that they are the same for every p and any points. */
  class Fit {
    constructor(points, p, seed) {
      const {sizes} = SETTINGS, uniform = uniforms(3 * seed + 1);
      Object.assign(this, {points, p, seed, step: 0, uniform: uniforms(3 * seed + 2)});
      this.network = new Network(
        sizes, sizes.slice(0, -1).map((inputs) => Math.sqrt(2 / inputs)), 3 * seed);
      this.network.biases[0].forEach((_, j, b) => { b[j] = 2 * uniform() - 1; });
      this.params = [...this.network.weights, ...this.network.biases];
      this.means = this.params.map((values) => new Float32Array(values.length));
      this.squares = this.params.map((values) => new Float32Array(values.length));
    }

    get isDone() {
      return this.step >= SETTINGS.steps;
    }

    drawMasks() {
      return this.p === 0 ? null : SETTINGS.sizes.slice(1, -1).map((units) =>
        drawMask(this.points.x.length * units, this.p, this.uniform));
    }

    /* One step of Adam (Kingma and Ba, 2015) on the mean squared error. */
    train(masks = this.drawMasks()) {
      const {x, y} = this.points;
      const fitted = this.network.forward(x, masks);
      const {weights, biases} = this.network.backward(
        fitted.map((value, i) => 2 * (value - y[i]) / y.length));
      const gradients = [...weights, ...biases];
      this.step += 1;
      const first = 1 - 0.9 ** this.step, second = 1 - 0.999 ** this.step;
      this.params.forEach((values, k) => {
        const [m, v, gradient] = [this.means[k], this.squares[k], gradients[k]];
        for (let i = 0; i < values.length; i++) {
          m[i] += 0.1 * (gradient[i] - m[i]);
          v[i] += 0.001 * (gradient[i] ** 2 - v[i]);
          values[i] -= SETTINGS.rate * (m[i] / first) / (Math.sqrt(v[i] / second) + 1e-8);
        }
      });
    }

    curve(masks = null) {
      return this.network.forward(GRID, masks);
    }

    /* The network with one mask for all x. */
    subnetwork(uniform) {
      return this.curve(SETTINGS.sizes.slice(1, -1).map((units) => {
        const mask = drawMask(units, this.p, uniform);
        return Float32Array.from({length: GRID.length * units}, (_, i) => mask[i % units]);
      }));
    }

    get own() {
      return squaredError(this.network.forward(this.points.x, null), this.points.y);
    }
  }

  const short = (p) => p.toFixed(1);
  const error = (x) => x.toFixed(3);
  const distance = (x) => x.toFixed(1);
  const count = (n) => n.toLocaleString("en");
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

  function enliven(root) {
    const find = (selector) => root.querySelector(selector);
    const words = JSON.parse(find("script").textContent);
    const slider = find('[name="p"]');
    const control = (name) => find(`[name="${name}"]`);
    const calm = matchMedia("(prefers-reduced-motion: reduce)");
    const plot = find(".plot");
    let pointsSeed = 0, masksSeed = 1, running = false, frame = null;
    let fit = new Fit(drawPoints(pointsSeed), slider.valueAsNumber, 1);
    const tried = new Map();            // of finished fits: p to its errors

    function say(text, values) {
      find(".fit-state").textContent = fill(text, values);
    }

    /* The plot's units: x to the right, and y down from the top. */
    const line = (curve) => "M" + Array.from(
      curve, (y, i) => `${GRID[i].toFixed(2)} ${(-y).toFixed(3)}`).join("L");
    const draw = (part, d) => plot.querySelector(`.${part}`).setAttribute("d", d);

    function paint() {
      const {points, step, p} = fit;
      const curve = fit.curve();
      draw("network", line(curve));
      draw("points", Array.from(points.x, (x, i) =>
        `M${x.toFixed(3)} ${(-points.y[i]).toFixed(3)}h0`).join(""));
      const uniform = uniforms(masksSeed);
      const shown = p > 0 && step > 0 ? SETTINGS.subnetworks : 0;
      const curves = Array.from({length: shown}, () => fit.subnetwork(uniform));
      draw("subnetworks", curves.map(line).join(""));
      draw("mean", shown ? line(GRID.map((_, i) => mean(curves.map((each) => each[i])))) : "");
      const told = step ? fill(words.curve, {
        climb: distance(climb(curve)), sine: distance(climb(SINE))}) : words.untrained;
      find("figure svg").setAttribute(
        "aria-label", fill(words.chart, {step: count(step), p: short(p), curve: told}));
    }

    function paintTried() {
      find(".fit-tried").hidden = tried.size === 0;
      find("tbody").replaceChildren(...[...tried].sort(([p], [q]) => p - q).map(([p, values]) => {
        const row = document.createElement("tr"), head = document.createElement("th");
        head.scope = "row";
        head.textContent = short(p);
        row.append(head, ...values.map((value) => {
          const cell = document.createElement("td");
          cell.textContent = value;
          return cell;
        }));
        return row;
      }));
    }

    function paintControls() {
      find("output").textContent = short(slider.valueAsNumber);
      control("masks").disabled = fit.p === 0 || fit.step === 0;
      control("fit").textContent = running ? words.stop
        : fit.isDone ? words.again : fit.step ? words.goOn : words.fit;
    }

    function finish() {
      const curve = fit.curve();
      const [own, off] = [error(fit.own), error(squaredError(curve, SINE))];
      tried.set(fit.p, [own, off, distance(climb(curve))]);
      say(words.finished, {steps: count(SETTINGS.steps), p: short(fit.p), own, truth: off});
      go(false);
      paintTried();
    }

    function work() {
      const end = performance.now() + SLICE;
      while (!fit.isDone && performance.now() < end) fit.train();
      if (!calm.matches || fit.isDone) paint();
      if (fit.isDone) finish();
      else frame = requestAnimationFrame(work);
    }

    function go(on) {
      cancelAnimationFrame(frame);
      running = on;
      if (on) frame = requestAnimationFrame(work);
      paintControls();
    }

    function begin(seed = fit.seed) {
      fit = new Fit(drawPoints(pointsSeed), slider.valueAsNumber, seed);
      paint();
      paintControls();
    }

    const press = {
      fit() {
        if (running) {
          go(false);
          paint();
          say(words.stopped, {step: count(fit.step), steps: count(SETTINGS.steps)});
          return;
        }
        if (fit.isDone) begin(fit.seed + 1);
        say(words.begun, {p: short(fit.p)});
        go(true);
      },
      masks() {
        masksSeed += 1;
        paint();
        say(words.newMasks);
      },
      points() {
        pointsSeed += 1;
        tried.clear();
        paintTried();
        go(false);
        begin();
        say(words.newPoints);
      },
    };
    root.addEventListener("click", ({target}) => press[target.name]?.());
    slider.addEventListener("input", () => begin());
    slider.addEventListener("change", () => {    // once, when it is let go
      say(running ? words.begun : words.changed, {p: short(fit.p)});
    });

    draw("truth", line(SINE));
    find(".fit-live").hidden = false;
    find(".fit-sentence").hidden = true;
    find("caption").textContent = fill(words.caption, {sine: distance(climb(SINE))});
    begin();
    Object.assign(root, {Fit, SETTINGS, GRID, drawPoints});       // for the tests
  }

  document.querySelectorAll(".fit").forEach(enliven);
})();
