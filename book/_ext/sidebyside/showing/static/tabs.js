/* The reader chooses a framework in one set of tabs, or two of them: all sets follow, here
   and on every page.

   The choice stands in <html data-framework="jax" data-with="pytorch">, which the head of the
   page has set already, and in localStorage as "jax pytorch". Whoever changes it says so by
   the event "frameworkschange". ../tabs.py writes the tabs, ../words.py has the words. */
{
  const root = document.documentElement;
  const given = (id) => JSON.parse(document.getElementById(id).textContent);
  const frameworks = given("frameworks");
  const words = given("words-of-tabs");
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const tabs = [...document.querySelectorAll('[role="tab"]')];
  const status = document.createElement("p");
  status.className = "framework-status";
  status.setAttribute("role", "status");

  const isOurs = (framework) => Object.hasOwn(frameworks, framework);

  /** localStorage may be forbidden: then a choice lasts for a page. */
  const storage = {
    get() {
      try {
        return (localStorage.getItem("framework") ?? "").split(" ");
      } catch {
        return [];
      }
    },
    set(framework, other) {
      try {
        localStorage.setItem("framework", other ? `${framework} ${other}` : framework);
      } catch {}
    },
  };

  /** Tell every tab, and every link that launches a notebook, what is chosen. */
  function show() {
    const {framework: chosen, with: other} = root.dataset;
    for (const set of document.querySelectorAll(".tab-set")) {
      const its = [...set.querySelectorAll('[role="tab"]')];
      const pair = its.filter(({dataset}) => other && [chosen, other].includes(dataset.framework));
      const selected = its.find((tab) => tab.dataset.framework === chosen) ?? pair[0] ?? its[0];
      set.querySelector('[role="tablist"]').ariaMultiSelectable = pair.length > 1 ? "true" : null;
      for (const tab of its) {
        tab.setAttribute("aria-selected", String(tab === selected || pair.includes(tab)));
        tab.tabIndex = tab === selected ? 0 : -1;
      }
      const select = set.querySelector(".compare select");
      select.value = other ?? "";
      for (const option of select.options) option.disabled = option.value === chosen;
    }
    for (const link of document.querySelectorAll('.launch-chosen a[href$=".ipynb"]')) {
      const text = link.querySelector(".btn__text-container") ?? link;
      link.href = link.href.replace(/[^/]+(?=\.ipynb$)/, chosen);
      text.textContent = fill(words.launch[link.hostname], {label: frameworks[chosen]});
    }
  }

  function set(framework, other) {
    root.dataset.framework = framework;
    if (other && other !== framework) root.dataset.with = other;
    else delete root.dataset.with;
    show();
    document.dispatchEvent(new CustomEvent("frameworkschange"));
  }

  /** What the address says of a choice made here: a pair, so that it can be sent; and what it
      said before, or a reload would undo the choice. Behind a link and back again, it is what
      the reader has chosen last, not what the address says, that counts. */
  function write() {
    const {framework, with: other} = root.dataset;
    const address = new URL(location.href);
    if (!other && !address.searchParams.has("framework") && !address.searchParams.has("with")) {
      return;
    }
    address.searchParams.set("framework", framework);
    if (other) address.searchParams.set("with", other);
    else address.searchParams.delete("with");
    root.dataset.chosenHere = "";
    history.replaceState({...history.state, chosenHere: true}, "", address);
  }

  /** `at`: what the reader looks at, and is to find where it was. */
  function choose(framework, other, at) {
    const top = at?.getBoundingClientRect().top;
    set(framework, other);
    storage.set(framework, root.dataset.with);
    write();
    // Panels above have another height now: keep in place what the reader looks at.
    if (at) scrollBy({top: at.getBoundingClientRect().top - top, behavior: "instant"});
    status.classList.remove("framework-unknown");
    status.textContent = fill(root.dataset.with ? words.compared : words.chosen,
      {label: frameworks[framework], with: frameworks[root.dataset.with]});
  }

  /** A tab chooses what is read; the other of the two stays, or they change places. */
  function read(framework, at) {
    const {framework: chosen, with: other} = root.dataset;
    choose(framework, other === framework ? chosen : other, at);
  }

  /** The tab that a key leads to from this one, by the ARIA pattern. */
  function reached(key, tab) {
    const its = [...tab.parentElement.children];
    const steps = {ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1};
    if (key === "Home") return its[0];
    if (key === "End") return its.at(-1);
    return key in steps && its.at((its.indexOf(tab) + steps[key]) % its.length);
  }

  for (const tab of tabs) {
    const place = tab.closest(".tab-set");
    tab.addEventListener("click", () => read(tab.dataset.framework, place));
    tab.addEventListener("keydown", (event) => {
      const next = reached(event.key, tab);
      if (!next || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      next.focus({preventScroll: true});
      read(next.dataset.framework, place);
    });
  }

  for (const row of document.querySelectorAll(".tab-row")) {
    const place = row.closest(".tab-set");
    const [select, swap, end] = row.querySelectorAll(".compare :is(select, button)");
    const stop = () => choose(root.dataset.framework, null, place);
    select.addEventListener("change", () => choose(root.dataset.framework, select.value, place));
    swap.addEventListener("click", () => choose(root.dataset.with, root.dataset.framework, place));
    end.addEventListener("click", () => {
      select.focus({preventScroll: true}); // the button goes away
      stop();
    });
    row.addEventListener("keydown", ({key}) => {
      if (key !== "Escape" || !root.dataset.with) return;
      if (document.activeElement.closest(".compare")) select.focus({preventScroll: true});
      stop();
    });
  }

  // What was searched for is shown for now.
  document.addEventListener("frameworkfound", ({detail: found}) => {
    const {framework, with: other} = root.dataset;
    if (other) set(framework, found);
    else set(found);
  });

  // Another window of this book, or the browser's "back", may know a newer choice.
  function follow() {
    const [framework, other] = storage.get();
    const address = new URLSearchParams(location.search);
    const asked = address.has("framework") || address.has("with");
    if (!isOurs(framework) || (asked && !("chosenHere" in root.dataset))) return;
    set(framework, isOurs(other) ? other : null);
    write();
  }
  addEventListener("storage", follow);
  addEventListener("pageshow", ({persisted}) => persisted && follow());

  /** What the address asks for in vain is answered, where it is seen. */
  function answer() {
    const address = new URLSearchParams(location.search);
    const {framework: chosen} = root.dataset;
    const [asked, other] = [address.get("framework"), address.get("with")];
    const unknown = [asked, other || null].find((id) => id !== null && !isOurs(id));
    if (unknown === undefined && other !== chosen) return;
    const all = Object.entries(frameworks).map(([name, label]) => fill(words.known, {name, label}));
    status.classList.add("framework-unknown");
    status.textContent = unknown === undefined
      ? fill(words.same, {label: frameworks[chosen]})
      : fill(words.unknown, {name: unknown, all: all.join(", ")});
  }

  document.body.append(status);
  show();
  const asksFor = new URLSearchParams(location.search);
  if ("chosenHere" in root.dataset || !(asksFor.has("framework") || asksFor.has("with"))) write();
  else answer();
}
