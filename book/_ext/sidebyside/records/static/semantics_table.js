/* With a pair of frameworks to compare, the table of semantics shows these two.

   The pair stands in <html data-framework="pytorch" data-with="jax">; where data-with is
   missing, all are shown. The event `frameworkschange` on the document says that it has
   changed. ../semantics_table.py writes the table, and ../words.py has the words. */
for (const holder of document.querySelectorAll(".semantics")) {
  const root = document.documentElement;
  const {labels, columns, words} = JSON.parse(holder.querySelector("script").textContent);
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const said = holder.insertBefore(document.createElement("p"), holder.firstChild);
  said.className = "semantics-shown";
  const status = said.appendChild(document.createElement("span"));
  status.setAttribute("role", "status");
  const button = said.appendChild(document.createElement("button"));
  button.type = "button";
  let all = false;

  const isOf = (element, framework) => element.classList.contains(`of-${framework}`);

  function pair() {
    const {framework, with: other} = root.dataset;
    const known = Object.hasOwn(labels, framework) && Object.hasOwn(labels, other ?? "");
    const two = known && framework !== other ? [framework, other] : [];
    return two.some((each) => columns.includes(each)) ? two : [];
  }

  /** Numbers of advice count what is shown, here and beside the answers. */
  function number() {
    const shown = [...holder.querySelectorAll("li.advice")].filter(({hidden}) => !hidden);
    const numbers = new Map(shown.map(({id}, n) => [`#${id}`, `[${n + 1}]`]));
    for (const link of holder.querySelectorAll("td.surprise a[href^='#']")) {
      const text = numbers.get(link.hash);
      if (text) link.textContent = text;
    }
  }

  function show() {
    const two = pair();
    const shown = all || !two.length ? Object.keys(labels) : two;
    for (const element of holder.querySelectorAll(".of-framework")) {
      element.hidden = !shown.some((framework) => isOf(element, framework));
    }
    number();
    said.hidden = !two.length;
    const [first, second] = two.map((framework) => labels[framework]);
    const without = two.filter((framework) => !columns.includes(framework));
    const sentences = two.length
      ? [fill(all ? words.all : words.two, {first, second}),
         ...without.map((framework) => fill(words.none, {label: labels[framework]}))]
      : [];
    if (status.textContent !== sentences.join(" ")) status.textContent = sentences.join(" ");
    button.textContent = fill(all ? words.showTwo : words.showAll, {first, second});
  }

  button.addEventListener("click", () => {
    all = !all;
    show();
  });
  document.addEventListener("frameworkschange", () => {
    all = false;
    show();
  });
  show();
}
