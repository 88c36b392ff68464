/* The live training: two networks that learn in the page, one of them with dropout.
 *
 * Each has a worker of its own, which sends what it has measured; here that is drawn. The
 * images are loaded when a reader first presses the button. ../training.html is the markup,
 * ../words.py has the words.
 */
"use strict";

(() => {
  /* Found by trying: without dropout the training loss falls to a tenth of the validation
   * loss, which rises again; with p = 0.5 about half of that gap is left. */
  const SETTINGS = {
    sizes: [196, 128, 128, 10],
    deviations: [0.04, 0.125, 0.1],     // of the weights at the start, layer by layer
    rate: 0.15,
    batch: 25,
    steps: 1500,
    every: 50,                          // steps between two measurements
    shown: 12,                          // units whose weights are pictures
  };
  const FIRST_SEED = 1;
  const TOP = 1.6;                      // of the charts' axis of losses
  const SIDE = 14, COLUMNS = 6, GAP = 2;
  const WHITE = 0.3;                    // the weight that is white; its negative is black

  const NAMES = ["without", "with"];
  const here = document.currentScript.src;
  const number = (x) => x.toFixed(2).replace("-", "−");
  const short = (p) => p.toFixed(1);
  const count = (n) => n.toLocaleString("en");
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

  function load(address) {
    return new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = new URL(address, here);
      script.onload = resolve;
      script.onerror = () => { script.remove(); reject(new Error(script.src)); };
      document.head.append(script);
    });
  }

  /* From the network's text: from disk, browsers start no worker from a file. */
  function startWorker() {
    const address = URL.createObjectURL(new Blob(
      [`(${trainingNetwork})().serve(self)`], {type: "text/javascript"}));
    const worker = new Worker(address);
    worker.postMessage({images: trainingImages, settings: SETTINGS});
    return worker;
  }

  function enliven(root) {
    const find = (selector) => root.querySelector(selector);
    const words = JSON.parse(find("script").textContent);
    const slider = find('[name="p"]'), button = find('[name="train"]');
    const calm = matchMedia("(prefers-reduced-motion: reduce)");
    let seed = FIRST_SEED, running = false, loading = false, workers = null, id = 0;
    const sides = NAMES.map((name) => ({
      name, figure: find(`.training-${name}`), id: 0, points: [],
      get p() { return name === "with" ? slider.valueAsNumber : 0; },
      get last() { return this.points.at(-1); },
      get isDone() { return this.last?.step === SETTINGS.steps; },
    }));
    const ends = new Map();             // of finished runs: p to the last measurement
    const isDone = () => sides.every((side) => side.isDone);
    const p = () => short(slider.valueAsNumber);

    function say(text, values) {
      find(".training-state").textContent = fill(text, values);
    }

    function gaps() {
      const gap = ({last}) => number(last.validation - last.train);
      return fill(words.gaps, {without: gap(sides[0]), with: gap(sides[1]), p: p()});
    }

    function paintWeights(canvas, weights) {
      const context = canvas.getContext("2d");
      context.clearRect(0, 0, canvas.width, canvas.height);
      for (let unit = 0; unit < SETTINGS.shown; unit++) {
        const picture = context.createImageData(SIDE, SIDE);
        for (let i = 0; i < SIDE * SIDE; i++) {
          const grey = 128 + 127 * weights[unit * SIDE * SIDE + i] / WHITE;
          picture.data.set([grey, grey, grey, 255], 4 * i);
        }
        context.putImageData(picture, (unit % COLUMNS) * (SIDE + GAP),
                             Math.floor(unit / COLUMNS) * (SIDE + GAP));
      }
    }

    /* The plot's units: steps to the right, and loss down from the top. */
    function paintSide({name, figure, points, last}) {
      const part = (selector) => figure.querySelector(selector);
      const line = (kind) => points.map((point) => `${point.step} ${(TOP - point[kind]).toFixed(3)}`);
      const [train, validation] = [line("train"), line("validation")];
      const path = (corners) => (corners.length ? `M${corners.join("L")}` : "");
      part(".train").setAttribute("d", path(train));
      part(".validation").setAttribute("d", path(validation));
      part(".between").setAttribute("d", path([...validation, ...[...train].reverse()]));
      const shown = last && last.step > 0;
      for (const label of figure.querySelectorAll(".value")) {
        label.setAttribute("display", shown ? "inline" : "none");
      }
      part(".training-step").textContent = fill(
        words.step, {step: count(last?.step ?? 0), steps: count(SETTINGS.steps)});
      if (last) paintWeights(part("canvas"), last.weights);
      const title = part(".title").textContent;
      if (!shown) {
        part(".training-gap").textContent = "";
        part(".losses").setAttribute("aria-label", fill(words.nothing, {title}));
        return;
      }
      const [trainLoss, validationLoss] = [number(last.train), number(last.validation)];
      const gap = number(last.validation - last.train);
      part(".training-gap").textContent = fill(words.gap, {gap});
      part(".train-value").textContent = fill(words.training, {loss: trainLoss});
      part(".validation-value").textContent = fill(words.validation, {loss: validationLoss});
      part(".losses").setAttribute("aria-label", fill(words.chart, {
        title, gap, step: count(last.step), train: trainLoss, validation: validationLoss}));
      // Above the upper line and below the lower one, or above it where there is no room.
      const y = (loss) => 16 + 200 * (1 - Math.min(TOP, loss) / TOP);
      const recent = (kind) => points.slice(-12).map((point) => point[kind]);
      const above = (kind) => y(Math.max(...recent(kind))) - 8;
      const below = y(Math.min(...recent("train"))) + 18;
      part(".validation-value").setAttribute("y", Math.max(30, above("validation")).toFixed(1));
      part(".train-value").setAttribute("y", (below < 212 ? Math.max(48, below) : above("train")).toFixed(1));
    }

    function paintEnds() {
      const sorted = [...ends].sort(([p], [q]) => p - q);
      const dot = (kind) => sorted.map(([p, end]) => `M${p} ${(TOP - end[kind]).toFixed(3)}h0`);
      find(".ends .train").setAttribute("d", dot("train").join(""));
      find(".ends .validation").setAttribute("d", dot("validation").join(""));
      find(".ends .between").setAttribute("d", sorted.map(([p, {train, validation}]) =>
        `M${p} ${(TOP - train).toFixed(3)}V${(TOP - validation).toFixed(3)}`).join(""));
      const told = sorted.map(([p, {train, validation}]) => fill(
        words.end, {p: short(p), train: number(train), validation: number(validation)}));
      find(".ends").setAttribute("aria-label", fill(words.ends, {ends: told.join(" ")}));
    }

    function paintControls() {
      find("output").textContent = p();
      for (const part of root.querySelectorAll(".training-p-now")) part.textContent = p();
      button.textContent = running && !isDone() ? words.stop
        : !workers ? words.train
          : isDone() ? words.again
            : sides.some(({last}) => last?.step > 0) ? words.goOn : words.train;
    }

    function listen(side, {data}) {
      if (data.id !== side.id) return;
      side.points.push(data);
      if (side.isDone) {
        ends.set(data.p, data);
        paintEnds();
      }
      if (!calm.matches || side.isDone || data.step === 0) paintSide(side);
      if (side.isDone && isDone()) {
        say(words.finished, {steps: count(SETTINGS.steps), gaps: gaps()});
        paintControls();
      }
    }

    function begin(side) {
      side.id = ++id;
      side.points = [];
      side.worker.postMessage({id, p: side.p, seed});
      paintSide(side);
    }

    function beginAll() {
      ends.clear();
      paintEnds();
      sides.forEach(begin);
    }

    function tellWorkers() {
      workers?.forEach((worker) => worker.postMessage({running: running && !document.hidden}));
    }

    function go(on) {
      running = on;
      tellWorkers();
      paintControls();
    }

    async function prepare() {
      loading = true;
      say(words.loading);
      try {
        await load(root.dataset.images);
      } catch {
        say(words.failed);
        return;
      } finally {
        loading = false;
      }
      try {
        workers = sides.map((side) => {
          side.worker = startWorker();
          side.worker.onmessage = (event) => listen(side, event);
          side.worker.onerror = () => { go(false); say(words.crashed); };
          return side.worker;
        });
      } catch {
        say(words.crashed);
        return;
      }
      root.querySelectorAll(".training-still").forEach((part) => { part.hidden = true; });
      root.querySelectorAll("canvas").forEach((part) => { part.hidden = false; });
      beginAll();
    }

    const press = {
      async train() {
        if (loading) return;
        if (running && !isDone()) {
          go(false);
          sides.forEach(paintSide);
          if (sides.every(({last}) => last)) say(words.stopped, {gaps: gaps()});
          else say(words.changed, {p: p()});
          return;
        }
        if (!workers) await prepare();
        else if (isDone()) { seed += 1; beginAll(); }
        if (!workers) return;
        say(words.started, {p: p()});
        go(true);
      },
      restart() {
        if (loading || !workers) return;
        seed += 1;
        beginAll();
        go(false);
        say(words.ready);
      },
    };
    root.addEventListener("click", ({target}) => press[target.name]?.());
    slider.addEventListener("input", () => {
      if (workers) begin(sides[1]);
      paintControls();
    });
    slider.addEventListener("change", () => {    // once, when it is let go
      if (workers) say(running ? words.started : words.changed, {p: p()});
    });
    document.addEventListener("visibilitychange", tellWorkers);

    root.querySelectorAll(".training-live").forEach((part) => part.removeAttribute("hidden"));
    find(".training-sentence").hidden = true;
    paintControls();
    root.settings = SETTINGS;       // for the tests
  }

  document.querySelectorAll(".training").forEach(enliven);
})();
