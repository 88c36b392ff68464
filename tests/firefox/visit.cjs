/* What a reader with Firefox meets, as JSON: the choice of a library, links within a page,
 * the explorer, columns of code pasted, the live training.
 *
 *     node visit.cjs NODE_MODULES FIREFOX ADDRESS FRAMEWORK
 */
"use strict";

const {createRequire} = require("node:module");

const [modules, executablePath, address, framework] = process.argv.slice(2);
const puppeteer = createRequire(`${modules}/`)("puppeteer-core");

const chosen = (page) => page.$$eval('[role="tab"][aria-selected="true"]',
  (tabs) => [...new Set(tabs.map((tab) => tab.dataset.framework))]);
const seen = (page) => page.$$eval('[role="tabpanel"]', (panels) =>
  [...new Set(panels.filter((panel) => panel.lastElementChild.checkVisibility())
    .map((panel) => panel.dataset.framework))]);
const open = (page, path) => page.goto(`${address}/${path}`, {waitUntil: "load"});

async function choose(page) {
  const found = {};
  await open(page, "book/implementation.html");
  await page.click(`[role="tab"][data-framework="${framework}"]`);
  found.clicked = [await chosen(page), await seen(page)];
  await page.reload();
  found.reloaded = [await chosen(page), await seen(page)];
  await open(page, "book/derivation.html");
  found.elsewhere = [await chosen(page), await seen(page)];
  await open(page, `book/comparison.html?framework=${framework}`);
  found.asked = [await chosen(page), await seen(page)];
  return found;
}

/* How far below the top of the window each link's target is, once it was followed. */
async function follow(page) {
  await open(page, "book/derivation.html");
  const hashes = await page.$$eval("nav.page-toc a[href^='#']",
    (links) => links.map((link) => link.getAttribute("href")).filter((hash) => hash.length > 1));
  const landed = {};
  for (const hash of hashes) {
    await page.evaluate((hash) => { location.hash = hash; }, hash);
    let [last, top] = [null, null];
    for (let tries = 0; tries < 40 && (top === null || top !== last); tries++) {
      last = top;
      await new Promise((resolve) => setTimeout(resolve, 150));
      top = await page.$eval(`[id="${hash.slice(1)}"]`,
        (target) => Math.round(target.getBoundingClientRect().top));
    }
    landed[hash] = top;
  }
  return landed;
}

async function explore(page) {
  await open(page, "book/derivation.html");
  const mean = () => page.$eval(".explorer .mean", (text) => text.textContent);
  const found = {first: await mean()};
  await page.$eval('.explorer [name="many"]', (button) => button.click());
  found.drawn = await mean();
  await page.$eval('.explorer [name="p"]', (slider) => {
    slider.value = 0.9;
    slider.dispatchEvent(new Event("input", {bubbles: true}));
  });
  found.output = await page.$eval(".explorer output", (output) => output.textContent);
  await page.$eval('.explorer [name="inverted"]', (box) => box.click());
  found.biased = await page.$eval(".explorer .biased-label",
    (label) => getComputedStyle(label).display !== "none");
  found.focused = await page.$eval('.explorer [name="one"]', (button) => {
    button.focus();
    return document.activeElement === button;
  });
  await page.keyboard.press("Enter");
  found.pressed = await mean();
  return found;
}

/* Columns of two libraries beside each other, selected, copied and pasted: what arrives. */
async function paste(page) {
  await page.setViewport({width: 1440, height: 900});
  await open(page, `book/implementation.html?framework=${framework}&with=numpy`);
  await page.evaluate(() => document.body.prepend(document.createElement("textarea")));
  const pasted = {gaps: await page.$$eval(".gap", (gaps) => gaps.length)};
  for (const name of [framework, "numpy"]) {
    pasted[name] = {};
    for (const tag of ["setup", "dropout-layer", "training-loop", "mlp-concise"]) {
      await page.$eval(`.tab-panel[data-framework="${name}"] .tag_${tag} .cell_input pre`,
        (code) => {
          document.activeElement.blur();
          getSelection().selectAllChildren(code);
        });
      for (const key of ["c", "v"]) {
        await page.keyboard.down("Control");
        await page.keyboard.press(key);
        await page.keyboard.up("Control");
        if (key === "c") await page.$eval("textarea", (area) => { area.value = ""; area.focus(); });
      }
      pasted[name][tag] = await page.$eval("textarea", (area) => area.value);
    }
  }
  return pasted;
}

/* Which step a run has come to, and what is said when it is stopped. */
async function train(page) {
  await open(page, "book/experiments.html");
  const press = () => page.$eval('.training [name="train"]', (button) => button.click());
  // It does not come to its end before it is stopped.
  await page.$eval(".training", (root) => { root.settings.steps = 100_000; });
  await press();
  // The recorded run that is shown before has steps, too: the button tells it from this one.
  await page.waitForFunction(() =>
    document.querySelector('.training [name="train"]').textContent === "Stop" &&
    [...document.querySelectorAll(".training-step")]
      .every((step) => !step.textContent.startsWith("step 0 ")), {timeout: 120_000});
  await press();
  // The worker says so when it has come to the end of its step.
  await page.waitForFunction(() => document.querySelector(".training-state").textContent
    .startsWith("Stopped"), {timeout: 120_000});
  return {
    said: await page.$eval(".training-state", (state) => state.textContent),
    gaps: await page.$$eval(".training-gap", (gaps) => gaps.map((gap) => gap.textContent)),
  };
}

(async () => {
  const browser = await puppeteer.launch({
    browser: "firefox", executablePath, headless: true, args: [],
  });
  try {
    const page = await browser.newPage();
    const errors = [];
    page.on("pageerror", (error) => errors.push(String(error)));
    await page.setViewport({width: 1280, height: 900});
    const found = {version: await browser.version(), choice: await choose(page)};
    found.anchors = await follow(page);
    found.explorer = await explore(page);
    found.pasted = await paste(page);
    found.training = await train(page);
    console.log(JSON.stringify({...found, errors}));
  } finally {
    await browser.close();
  }
})();
