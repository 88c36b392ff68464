/* The reader chooses a framework in one set of tabs: all follow, here and on every page.

   The choice stands in <html data-framework="jax">, which the head of the page has set
   already, and in localStorage. ../tabs.py writes the tabs, ../words.py has the words. */
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
        return localStorage.getItem("framework");
      } catch {
        return null;
      }
    },
    set(framework) {
      try {
        localStorage.setItem("framework", framework);
      } catch {}
    },
  };

  /** Tell every tab, and every link that launches a notebook, what is chosen. */
  function show() {
    const chosen = root.dataset.framework;
    for (const set of document.querySelectorAll(".tab-set")) {
      const its = [...set.querySelectorAll('[role="tab"]')];
      const selected = its.find((tab) => tab.dataset.framework === chosen) ?? its[0];
      for (const tab of its) {
        tab.setAttribute("aria-selected", String(tab === selected));
        tab.tabIndex = tab === selected ? 0 : -1;
      }
    }
    for (const link of document.querySelectorAll('.launch-chosen a[href$=".ipynb"]')) {
      const text = link.querySelector(".btn__text-container") ?? link;
      link.href = link.href.replace(/[^/]+(?=\.ipynb$)/, chosen);
      text.textContent = fill(words.launch[link.hostname], {label: frameworks[chosen]});
    }
  }

  function choose(framework, tab) {
    const top = tab?.getBoundingClientRect().top;
    root.dataset.framework = framework;
    storage.set(framework);
    const address = new URL(location.href);
    if (address.searchParams.has("framework")) {
      address.searchParams.set("framework", framework); // or a reload would undo the choice
      history.replaceState(history.state, "", address);
    }
    show();
    // Panels above have another height now: keep in place what the reader looks at.
    if (tab) scrollBy({ top: tab.getBoundingClientRect().top - top, behavior: "instant" });
    status.textContent = fill(words.chosen, {label: frameworks[framework]});
  }

  /** The tab that a key leads to from this one, by the ARIA pattern. */
  function reached(key, tab) {
    const its = [...tab.parentElement.children];
    const steps = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };
    if (key === "Home") return its[0];
    if (key === "End") return its.at(-1);
    return key in steps && its.at((its.indexOf(tab) + steps[key]) % its.length);
  }

  for (const tab of tabs) {
    tab.addEventListener("click", () => choose(tab.dataset.framework, tab));
    tab.addEventListener("keydown", (event) => {
      const next = reached(event.key, tab);
      if (!next || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      next.focus({ preventScroll: true });
      choose(next.dataset.framework, next);
    });
  }

  // Another window of this book, or the browser's "back", may know a newer choice.
  function follow() {
    if (isOurs(storage.get())) {
      root.dataset.framework = storage.get();
      show();
    }
  }
  addEventListener("storage", follow);
  addEventListener("pageshow", ({ persisted }) => persisted && follow());

  document.body.append(status);
  show();
  const asked = new URLSearchParams(location.search).get("framework");
  if (asked !== null && !isOurs(asked)) {
    status.classList.add("framework-unknown");
    const all = Object.entries(frameworks).map(([name, label]) => fill(words.known, {name, label}));
    status.textContent = fill(words.unknown, {name: asked, all: all.join(", ")});
  }
}
