/* What scrolls sideways can be reached with the keyboard, and what does not is no stop.
 *
 * The theme sees to it when the page is loaded, for code and tables; here also for
 * formulas and outputs, and whenever a size changes: in a tab that is chosen, nothing
 * had a size before.
 */
"use strict";

const SCROLLING = "pre, div.math, mjx-container[display], .cell_output, .cell_output > .output, "
  + ".pst-scrollable-table-container";

document.addEventListener("DOMContentLoaded", () => {
  const sizes = new ResizeObserver((changes) => changes.forEach(({target}) => {
    if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  }));
  document.querySelectorAll(`article :is(${SCROLLING})`)
    .forEach((element) => sizes.observe(element));
});
