/* What scrolls sideways can be reached with the keyboard, and what does not is no stop.
 *
 * The theme sees to it when the page is loaded, for code and tables; here also for
 * formulas and outputs, and whenever a size changes: in a tab that is chosen, nothing
 * had a size before.
 */
"use strict";

const SCROLLING = "pre, div.math, mjx-container[display], .cell_output, .cell_output > .output, "
  + ".pst-scrollable-table-container";

const whenIdle = window.requestIdleCallback ?? ((callback) => setTimeout(callback, 20));

document.addEventListener("DOMContentLoaded", () => {
  const mark = (element) => {
    if (element.scrollWidth > element.clientWidth) element.tabIndex = 0;
    else element.removeAttribute("tabindex");
  };
  // Of a table with fewer columns, its container has the size that it had.
  const sizes = new ResizeObserver((changes) => {
    changes.forEach(({target}) => mark(target.closest(SCROLLING)));
  });
  const elements = [...document.querySelectorAll(`article :is(${SCROLLING})`)];
  const tables = document.querySelectorAll("article .pst-scrollable-table-container > table");
  [...elements, ...tables].forEach((element) => sizes.observe(element));

  // What is far from the screen is laid out when it comes near, or when it is asked: one
  // at a time, or the page would stand still.
  const markNext = () => {
    if (!elements.length) return;
    mark(elements.shift());
    whenIdle(markNext);
  };
  whenIdle(markNext);

  // In a window made narrower, what is far keeps the size that it had: it is asked again.
  const all = [...elements];
  let resized = null;
  addEventListener("resize", () => {
    clearTimeout(resized);
    resized = setTimeout(() => {
      if (!elements.length) whenIdle(markNext);
      elements.splice(0, elements.length, ...all);
    }, 100);
  });
});
