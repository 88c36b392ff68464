/* Under each result of a search, the part of its page that holds what was searched for.
 *
 * Sphinx lists the results. `searchTexts`, from search_texts.js, has the blocks of each
 * page: [id of the section, text, whether it is code].
 */
"use strict";

(() => {
  const LENGTH = 240;     // letters of prose
  const AROUND = 2;       // lines of code, before and after

  // As in Sphinx's index: its stem stands for all forms of a word.
  const stemmer = new Stemmer();
  const wordsOf = (query) =>
    splitQuery(query.toLowerCase()).filter((word) => !stopwords.includes(word));

  const places = (text, stems) =>
    stems.map((stem) => text.toLowerCase().indexOf(stem)).filter((place) => place >= 0);

  // The first of the blocks that hold most of the words: of a name, as train_iter is one, if
  // possible code, of other words one without a formula.
  function best(blocks, stems) {
    const found = blocks.map(([, text]) => places(text, stems).length);
    const most = blocks.filter((_, number) => found[number] === Math.max(...found));
    const isName = stems.some((stem) => stem.includes("_"));
    return most.find(([, text, isCode]) => isName ? isCode : !text.includes("\\")) ?? most[0];
  }

  function linesAround(code, place) {
    const lines = code.split("\n");
    const line = code.slice(0, place).split("\n").length - 1;
    return lines.slice(Math.max(line - AROUND, 0), line + AROUND + 1).join("\n");
  }

  function wordsAround(text, place) {
    if (text.length <= LENGTH) return text;
    const wanted = Math.max(place - LENGTH / 2, 0);
    const start = wanted ? text.indexOf(" ", wanted) + 1 : 0;
    const rest = text.slice(start);
    if (rest.length <= LENGTH) return `… ${rest}`;
    const part = rest.slice(0, rest.lastIndexOf(" ", LENGTH));
    return (start ? "… " : "") + `${part} …`;
  }

  function addExcerpt(result, words) {
    const stems = words.map((word) => stemmer.stemWord(word));
    const [docname, section] =
      result.querySelector("a").getAttribute("href").split(/\.html#?/);
    const page = searchTexts[docname];
    if (!page.length) return;
    const own = page.filter(([id]) => id === section);
    const blocks = own.length ? own : page;
    const [, text, isCode] = best(blocks, stems);
    const [place = 0] = places(text, stems).sort((a, b) => a - b);
    const excerpt = document.createElement(isCode ? "pre" : "p");
    excerpt.className = "excerpt";
    excerpt.textContent = (isCode ? linesAround : wordsAround)(text, place);
    for (const word of words) _highlightText(excerpt, word, "highlighted");
    result.append(excerpt);
  }

  function addExcerpts() {
    const words = wordsOf(new URLSearchParams(location.search).get("q") || "");
    if (!Search.output) return;                       // nothing was searched for
    Search.status.setAttribute("role", "status");     // read out when it is known
    const add = (results) => results.forEach((result) => addExcerpt(result, words));
    add([...Search.output.children]);
    new MutationObserver((changes) => changes.forEach((change) => add([...change.addedNodes])))
      .observe(Search.output, {childList: true});
  }

  // After Sphinx's own listener, which starts the search.
  document.addEventListener("DOMContentLoaded", addExcerpts);
})();
