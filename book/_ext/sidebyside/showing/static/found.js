/* What stands in a panel that is not seen can be found: by the browser's own search, which
   looks into hidden="until-found" where the browser has it, and by the book's. The panel is
   then shown for now, beside the first if there are two; what is remembered stays. */
{
  const panels = [...document.querySelectorAll(".tab-panel")];
  const show = (panel) => document.dispatchEvent(
    new CustomEvent("frameworkfound", {detail: panel.dataset.framework}));

  if ("onbeforematch" in document.body) {
    const hide = () => {
      for (const panel of panels) panel.removeAttribute("hidden");
      const unseen = panels.filter((panel) => getComputedStyle(panel).display === "none");
      for (const panel of unseen) panel.setAttribute("hidden", "until-found");
    };
    for (const panel of panels) panel.addEventListener("beforematch", () => show(panel));
    document.addEventListener("frameworkschange", hide);
    hide();
  }

  // Sphinx's script marks what was searched for 10 ms after it could.
  addEventListener("load", () => setTimeout(() => {
    const section = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const hits = [...(section ?? document).querySelectorAll(".tab-panel .highlighted")];
    const isSeen = (hit) => hit.checkVisibility();
    if (!hits.length || hits.some(isSeen)) return;
    show(hits[0].closest(".tab-panel"));
    hits[0].scrollIntoView({block: "center", behavior: "instant"});
  }, 20));
}
