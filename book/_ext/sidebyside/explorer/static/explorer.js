/* The explorer on the derivation page: masks drawn on the reader's machine.
 *
 * The page holds its markup and, for a reader without scripts, a still picture; this
 * script fills in what depends on p and on the masks. All of it follows from `state`
 * and `run`, and is painted anew after each change.
 */
"use strict";

(() => {
  const H = [1, 0.5, 2, 1.5, 1];                    // activations of the hidden units
  const WEIGHTS = [[0.5, -1, 0.5, 1, 0.5],          // from them to each output
                   [-0.5, 0.5, 1, -0.5, 1]];
  const LOSS_GRADIENT = [1, -1];                    // of the loss, with respect to the outputs
  const RINGED = 2;                                 // the unit whose mean is followed
  const LIMIT = 10000;                              // masks: the chart's axis ends there
  const FIRST_SEED = 766;                           // its first mask keeps three units

  /* Every word that this script shows; numbers come as they are to be read. */
  const WORDS = {
    run: "Run",
    pause: "Pause",
    activations: "activations",
    gradients: "gradients",
    masks: (n) => `${n.toLocaleString("en")} mask${n === 1 ? "" : "s"}`,
    mean: (masks, mean) => `mean over ${masks}: ${mean}`,
    right: "Inference gives what training gives on average.",
    wrong: (times) => `Inference gives ${times} times what training gives on average.`,
    units: (kept, all, ringed) =>
      `${kept} of ${all} hidden units kept, the ringed one ${ringed ? "kept" : "dropped"}.`,
    means: (masks, mean, h, reach) =>
      `Mean of h′ over ${masks}: ${mean}; h = ${h}, band ±${reach}.`,
    drifts: (biased) => ` Without the factor it closes in on (1−p) h = ${biased}.`,
    state: (p, network, chart) => `p = ${p}: ${network} ${chart}`,
    network: (shown, units) => "A network of four inputs, five hidden units and two outputs, " +
      `showing its ${shown}: ${units}`,
    chart: (means) => "Running mean over the number of masks drawn, on a logarithmic axis " +
      `to 10,000. ${means}`,
  };

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

  /* Masks from one seed, and how often they kept the ringed unit. The same seed takes
   * the same numbers for every p: a growing p drops units one by one. */
  class Run {
    constructor(seed, p) {
      Object.assign(this, {p, uniform: uniforms(seed), n: 0, kept: 0, trail: []});
    }

    draw(masks) {
      for (let i = 0; i < masks; i++) {
        this.mask = H.map(() => this.uniform() >= this.p);
        this.n += 1;
        this.kept += this.mask[RINGED];
        // On the logarithmic axis, a step of two per cent is less than a pixel.
        if (this.n > 1.02 * (this.trail.at(-1)?.n ?? 0)) {
          this.trail.push({n: this.n, kept: this.kept});
        }
      }
      return this;
    }
  }

  const number = (x) => x.toFixed(Math.abs(x) < 9.995 ? 2 : 1).replace("-", "−");
  const dot = (u, v) => u.reduce((sum, ui, i) => sum + ui * v[i], 0);

  function enliven(root) {
    const find = (selector) => root.querySelector(selector);
    const text = (selector, value) => { find(selector).textContent = value; };
    const control = (name) => find(`[name="${name}"]`);
    const calm = matchMedia("(prefers-reduced-motion: reduce)");
    const state = {seed: FIRST_SEED, forgot: {inverted: false, vanilla: false}, gradients: false};
    let run = new Run(state.seed, 0.5).draw(1);
    let frame = null, rest = null, maskPainted = 0;

    /* What training multiplies a kept unit by. */
    const factor = () => (state.forgot.inverted ? 1 : 1 / (1 - run.p));
    const mean = () => factor() * H[RINGED] * run.kept / run.n;
    const shown = () => (state.gradients ? WORDS.gradients : WORDS.activations);

    function paintNetwork() {
      const given = state.gradients
        ? H.map((_, j) => dot(LOSS_GRADIENT, WEIGHTS.map((row) => row[j])))
        : H;
      const scales = run.mask.map((kept) => (kept ? factor() : 0));
      const passed = given.map((value, j) => value * scales[j]);
      const outputs = state.gradients ? LOSS_GRADIENT : WEIGHTS.map((row) => dot(row, passed));
      for (const part of root.querySelectorAll("[data-unit]")) {
        part.classList.toggle("dropped", !run.mask[part.dataset.unit]);
      }
      root.querySelectorAll(".unit").forEach((unit, j) => {
        unit.querySelector(".value").textContent = number(passed[j]);
        unit.querySelector(".product").textContent =
          `${number(given[j])} × ${scales[j] === 0 ? "0" : number(scales[j])}`;
      });
      root.querySelectorAll(".output .value").forEach((output, i) => {
        output.textContent = number(outputs[i]);
      });
      root.classList.toggle("gradients", state.gradients);
      text(".shown", shown());
    }

    /* The plot's units: log10 n to the right, and down from 4. */
    function paintChart() {
      const at = (n, value) => `${Math.log10(n).toFixed(3)} ${(4 - value).toFixed(3)}`;
      const scale = factor() * H[RINGED];
      const points = [...run.trail, run].map(({n, kept}) => at(n, scale * kept / n));
      find(".trail").setAttribute("d", `M${points.join("L")}`);
      find(".now").setAttribute("d", `M${at(run.n, Math.min(4, mean()))}h0`);

      const deviation = Math.sqrt(run.p / (1 - run.p)) * H[RINGED];
      const decades = Array.from({length: 41}, (_, i) => i / 10);
      const edge = (sign) => decades.map((d) =>
        at(10 ** d, H[RINGED] + sign * 2 * deviation / Math.sqrt(10 ** d)));
      find(".band").setAttribute("d", `M${[...edge(1), ...edge(-1).reverse()].join("L")}Z`);

      const biased = (1 - run.p) * H[RINGED];
      find(".biased").setAttribute("d", `M0 ${4 - biased}H4`);
      find(".biased-label").setAttribute("y", (biased < 0.5 ? 284 : 306) - 62.5 * biased);
      text(".biased-mean", number(biased));
      for (const part of root.querySelectorAll(".biased, .biased-label")) {
        part.setAttribute("display", state.forgot.inverted ? "inline" : "none");
      }
      text(".mean", WORDS.mean(WORDS.masks(run.n), number(mean())));
    }

    function paintForms() {
      const keep = 1 - run.p;
      const inference = {inverted: H[RINGED],
                         vanilla: (state.forgot.vanilla ? 1 : keep) * H[RINGED]};
      const training = {inverted: mean(), vanilla: H[RINGED] * run.kept / run.n};
      for (const form of ["inverted", "vanilla"]) {
        const forgot = state.forgot[form];
        for (const [kind, value] of [["training", training[form]],
                                     ["inference", inference[form]]]) {
          text(`.${form} .${kind}`, number(value));
          find(`.${form} .${kind}`).style.setProperty("--value", value);
        }
        find(`.${form}`).classList.toggle("forgotten", forgot);
        text(`.${form} .verdict`, forgot ? WORDS.wrong(number(1 / keep)) : WORDS.right);
      }
    }

    /* In words, for those who do not see it; once it has come to rest. */
    function describe() {
      const kept = run.mask.filter(Boolean).length;
      const reach = 2 * Math.sqrt(run.p / (1 - run.p) / run.n) * H[RINGED];
      const network = WORDS.units(kept, H.length, run.mask[RINGED]);
      const masks = WORDS.masks(run.n);
      const chart = WORDS.means(masks, number(mean()), number(H[RINGED]), number(reach))
        + (state.forgot.inverted ? WORDS.drifts(number((1 - run.p) * H[RINGED])) : "");
      text(".explorer-state", WORDS.state(number(run.p), network, chart));
      find(".network").setAttribute("aria-label", WORDS.network(shown(), network));
      find(".chart").setAttribute("aria-label", WORDS.chart(chart));
    }

    function paintAll() {
      text("output", number(run.p));
      paintNetwork();
      paintChart();
      paintForms();
    }

    function paint() {
      paintAll();
      clearTimeout(rest);
      if (frame === null) rest = setTimeout(describe, 300);
    }

    function draw(masks) {
      run.draw(Math.min(masks, LIMIT - run.n));
    }

    /* Run: slow at first, then evenly along the logarithmic axis, a decade in 2.3 s. */
    function start() {
      if (calm.matches) {
        draw(LIMIT);
        return;
      }
      control("run").textContent = WORDS.pause;
      const [from, since] = [run.n, performance.now()];
      frame = requestAnimationFrame(function step(now) {
        draw(Math.floor(from * Math.exp(Math.max(0, now - since) / 1000)) - run.n);
        paintChart();
        paintForms();
        if (now - maskPainted > 500) {      // a mask stays long enough to be seen
          paintNetwork();
          maskPainted = now;
        }
        if (run.n < LIMIT) {
          frame = requestAnimationFrame(step);
        } else {
          stop();
          paint();
        }
      });
    }

    function stop() {
      cancelAnimationFrame(frame);
      frame = null;
      control("run").textContent = WORDS.run;
    }

    const press = {
      one: () => draw(1),
      many: () => draw(1000),
      run: start,
      restart: () => { run = new Run(++state.seed, run.p).draw(1); },
    };
    root.addEventListener("click", ({target}) => {
      if (!(target.name in press)) return;
      const running = frame !== null;
      stop();
      if (!(running && target.name === "run")) press[target.name]();
      paint();
    });
    root.addEventListener("input", ({target}) => {
      if (target.name === "p") {
        run = new Run(state.seed, target.valueAsNumber).draw(run.n);
      } else if (target.name === "shown") {
        state.gradients = target.value === "gradients";
      } else {
        state.forgot[target.name] = target.checked;
      }
      paint();
    });

    root.querySelectorAll("[hidden]").forEach((part) => part.removeAttribute("hidden"));
    find(".explorer-still").hidden = true;
    paintAll();
    describe();     // at once: said later, it would interrupt one who has just arrived
    // For the tests: `masks` masks as they are drawn here, a letter for each unit.
    root.sample = (p, masks, seed) => {
      const sampled = new Run(seed, p);
      return Array.from({length: masks}, () =>
        sampled.draw(1).mask.map(Number).join("")).join("");
    };
    root.restart = (seed) => {
      stop();
      state.seed = seed;
      run = new Run(seed, run.p).draw(1);
      paint();
    };
  }

  document.querySelectorAll(".explorer").forEach(enliven);
})();
