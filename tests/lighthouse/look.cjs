// Lighthouse looks at pages, one after the other, in one Chrome, as a phone of the middle
// class on a mobile network. Prints each report as a line of JSON.
//
//     node look.cjs '{"urls": […], "categories": […], "chrome": "/path", "arguments": […]}'

const { launch } = require("chrome-launcher");
const { default: lighthouse } = require("lighthouse");

async function main({ urls, categories, chrome, arguments: chromeFlags }) {
  const browser = await launch({ chromePath: chrome, chromeFlags });
  try {
    for (const url of urls) {
      // The picture of the whole page is about no score.
      const options = { onlyCategories: categories, disableFullPageScreenshot: true };
      const { lhr } = await lighthouse(url, { port: browser.port, ...options });
      if (lhr.runtimeError) throw new Error(`${url}: ${lhr.runtimeError.message}`);
      console.log(JSON.stringify(lhr));
    }
  } finally {
    browser.kill();
  }
}

main(JSON.parse(process.argv[2])).then(
  () => process.stdout.end(() => process.exit()), // else something waits for five seconds
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
