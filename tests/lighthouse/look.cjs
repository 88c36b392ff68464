/* Lighthouse looks at pages, one after the other, in one Chrome, as a phone of the middle
 * class on a mobile network. Prints each report as a line of JSON.
 *
 *     node look.cjs NODE_MODULES CHROME '{"urls": […], "categories": […], "flags": […]}'
 */
"use strict";

const {createRequire} = require("node:module");

const [modules, chromePath, wanted] = process.argv.slice(2);
const installed = createRequire(`${modules}/`);
const {launch} = installed("chrome-launcher");
const {default: lighthouse} = installed("lighthouse");

async function main({urls, categories, flags}) {
  const chrome = await launch({chromePath, chromeFlags: flags});
  try {
    for (const url of urls) {
      // The picture of the whole page is about no score.
      const {lhr} = await lighthouse(url, {port: chrome.port, onlyCategories: categories,
        disableFullPageScreenshot: true});
      if (lhr.runtimeError) throw new Error(`${url}: ${lhr.runtimeError.message}`);
      console.log(JSON.stringify(lhr));
    }
  } finally {
    chrome.kill();
  }
}

main(JSON.parse(wanted)).then(
  () => process.stdout.end(() => process.exit()),   // else something waits for five seconds
  (error) => {
    console.error(error);
    process.exit(1);
  });
