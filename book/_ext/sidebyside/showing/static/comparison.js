/* Two panels of a set of tabs beside each other: their lines level, what differs marked.

   Which lines are level was computed when the book was built (../alignment.py) and stands in
   the page as numbers; here they become empty elements between the lines, without text, so
   that a column stays one text to be selected, copied and read aloud. */
{
  const root = document.documentElement;

  const element = (className, rows) => {
    const made = document.createElement("span");
    made.className = className;
    if (rows) made.style.setProperty("--rows", rows);
    return made;
  };

  /** The nodes of text in `block`, with the place of each in all of it. */
  function texts(block) {
    const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
    const found = [];
    for (let start = 0; walker.nextNode(); start += walker.currentNode.length) {
      found.push({node: walker.currentNode, start});
    }
    return found;
  }

  /** Put `made` before the character at `place`. */
  function insert(block, place, made) {
    const {node, start} = texts(block).findLast(({start}) => start <= place);
    const rest = place > start ? node.splitText(place - start) : node;
    let at = rest; // outside of what is highlighted, where that begins here
    while (at.parentNode !== block && !at.previousSibling) at = at.parentNode;
    at.before(made);
  }

  /** Wrap the characters from `from` to `to`, piece by piece. */
  function wrap(block, from, to) {
    for (const {node, start} of texts(block)) {
      const [first, last] = [Math.max(from - start, 0), Math.min(to - start, node.length)];
      if (first >= last) continue;
      const range = document.createRange();
      range.setStart(node, first);
      range.setEnd(node, last);
      range.surroundContents(element("differs"));
    }
  }

  function undo(block) {
    for (const made of block.querySelectorAll(".gap, .line-mark")) made.remove();
    for (const made of block.querySelectorAll(".differs")) made.replaceWith(...made.childNodes);
    block.normalize();
  }

  /** Places are those in the text, which none of this changes. */
  function apply(block, gaps, marks) {
    const starts = [0];
    for (const {index} of block.textContent.matchAll(/\n/g)) starts.push(index + 1);
    for (let i = 0; i < gaps?.length; i += 2) {
      insert(block, starts[gaps[i]], element("gap", gaps[i + 1]));
    }
    for (const [line, ...columns] of marks) {
      for (let i = 0; i < columns.length; i += 2) {
        wrap(block, starts[line] + columns[i], starts[line] + columns[i + 1]);
      }
      insert(block, starts[line], element(`line-mark ${columns.length ? "changed" : "alone"}`));
    }
    block.classList.toggle("follows", gaps === null);
  }

  const blocksOf = (set, framework) => [...set.querySelectorAll(
    `:scope > .tab-panel[data-framework="${framework}"] .cell_input pre`)];

  function compare(set) {
    set.querySelectorAll(".cell_input pre:has(.line-mark, .gap)").forEach(undo);
    const {framework, with: other} = root.dataset;
    if (!other) return;
    const panel = (name) => set.querySelector(`:scope > [data-framework="${name}"]`);
    const [first, second] = [panel(framework), panel(other)];
    // What is read first stands first, for the keyboard and for screen readers, too.
    if (second.compareDocumentPosition(first) & Node.DOCUMENT_POSITION_FOLLOWING) {
      const focused = first.contains(document.activeElement) && document.activeElement;
      second.before(first);
      focused?.focus?.({preventScroll: true});
    }
    const data = set.querySelector(":scope > .alignment");
    const all = data ? JSON.parse(data.textContent) : {};
    const turned = !(`${framework} ${other}` in all);
    const blocks = all[turned ? `${other} ${framework}` : `${framework} ${other}`] ?? [];
    const sides = [blocksOf(set, framework), blocksOf(set, other)];
    if (turned) sides.reverse();
    blocks.forEach((numbers, i) => {
      for (const side of [0, 1]) apply(sides[side][i], numbers[side], numbers[side + 2]);
    });
  }

  const all = () => document.querySelectorAll(".tab-set").forEach(compare);
  document.addEventListener("frameworkschange", all);
  if (root.dataset.with) all();
}
