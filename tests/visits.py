"""Whether a page has all that belongs to it, wherever the site lies and however narrow it is,
and leaves no reader out.

A page takes longer to load than to look at: the three places from which the site works, a
screen, and two phones of unlike fonts, in both themes, are looked at in three visits.
"""

from dataclasses import dataclass, field

from axe import violations
from browsing import lay_out_all


@dataclass(frozen=True)
class Place:
    fonts: str
    width: int
    theme: str
    follow: bool = False  # the links within a page: one frame each, and there are hundreds
    axe: bool = False  # and the first Tab, and what moves


PLACES = {
    "served": Place("DejaVu", 1280, "light", axe=True),
    "below a path": Place("DejaVu", 360, "dark", follow=True, axe=True),
    "from disk": Place("Arimo", 360, "light"),
}
FOLLOWED = next(name for name, place in PLACES.items() if place.follow)
LOOKED_AT = [name for name, place in PLACES.items() if place.axe]

# After it, every picture has been asked for, also those far below or behind a tab.
INCOMPLETE = """async theme => {
    const problems = [];
    await Promise.all([...document.images].map(image => {
        image.loading = "eager";
        return image.decode().catch(() => problems.push(`cannot show ${image.src}`));
    }));
    for (const link of document.querySelectorAll("link[rel=stylesheet]"))
        if (!link.sheet) problems.push(`has no style from ${link.href}`);
    await document.fonts.ready;
    for (const font of document.fonts)
        if (font.status == "error") problems.push(`has no font ${font.family}`);
    if (document.documentElement.dataset.theme != theme)
        problems.push("does not follow the reader's theme");
    return problems;
}"""
# Links to other hosts are links; of what a page connects to, none may be elsewhere.
ASTRAY = """root => [
    ...[...document.querySelectorAll("a[href]")].filter(({href}) =>
        new URL(href).host == location.host && /^(http|file)/.test(href)
        && !(href.startsWith(root) && /\\.\\w+$/.test(new URL(href).pathname))),
    ...[...document.querySelectorAll("link[rel~=preconnect], link[rel~=dns-prefetch]")],
].map(link => `leads astray with ${link.href}`)"""
# Before INCOMPLETE wants them all.
FIGURES = """() => [...document.querySelectorAll("article img:not([src^='data:'])")].map((image) =>
    Object.fromEntries([...image.attributes].map(({name, value}) => [name, value])))"""
SIZES = """() => [...document.querySelectorAll("article img:not([src^='data:'])")].map(
    ({naturalWidth, naturalHeight}) => [naturalWidth, naturalHeight])"""


def watch(page, address):
    """A list that grows by what goes wrong on the page, and by what it asks of others."""
    problems = []

    def tell(problem):
        problems.append(f"{page.url}: {problem}")

    page.on("pageerror", tell)
    page.on("console", lambda message: message.type in {"error", "warning"} and tell(message.text))
    page.on(
        "request",
        lambda request: (
            not request.url.startswith((f"{address}/", "data:"))
            and tell(f"asks for {request.url}")
        ),
    )
    # Aborted are icons of pages that the test has left.
    page.on(
        "requestfailed",
        lambda request: (
            request.failure != "net::ERR_ABORTED" and tell(f"{request.failure} for {request.url}")
        ),
    )
    page.on(
        "response",
        lambda response: response.status >= 400 and tell(f"{response.status} for {response.url}"),
    )
    page.on("websocket", lambda socket: tell(f"opens a socket to {socket.url}"))
    return problems


# Follows the page's links to what is in it, one by one. The top of what a link names is to
# be seen at the top of the screen, or anywhere on it where the page ends.
FOLLOW = """async () => {
    const shown = (element) => {
        const {top} = element.getBoundingClientRect();
        const atEnd = scrollY + innerHeight > document.documentElement.scrollHeight - 2;
        return top > -2 && top < (atEnd ? innerHeight : 120);
    };
    const named = (href) => document.getElementById(href.slice(1));
    const links = new Set([...document.querySelectorAll('a[href^="#"]')]
        .map((link) => link.getAttribute("href"))
        .filter((href) => named(href)?.closest("article")));
    for (const href of links) {
        document.querySelector(`a[href="${href}"]`).click();
        const end = performance.now() + 10_000;
        do await new Promise(requestAnimationFrame);
        while (!shown(named(href)) && performance.now() < end);
        if (!shown(named(href))) return {followed: links.size, astray: [href]};
    }
    return {followed: links.size, astray: []};
}"""
# Text that is not seen whole where it stands: what holds it hides a part, and cannot scroll.
CUT_OFF = """() => {
    const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT,
        (node) => node.textContent.trim() && node.parentElement.checkVisibility(
            {visibilityProperty: true, contentVisibilityAuto: true}));
    const styles = new Map();
    const styleOf = (element) => styles.get(element)
        ?? styles.set(element, getComputedStyle(element)).get(element);
    const unseen = (element) => element.closest("mjx-assistive-mml, dialog, .bd-sidebar")
        || styleOf(element).clip !== "auto";
    function* cutOff() {
        while (words.nextNode()) {
            const range = document.createRange();
            range.selectNodeContents(words.currentNode);
            const {left, right} = range.getBoundingClientRect();
            for (let holder = words.currentNode.parentElement; holder;
                 holder = holder.parentElement) {
                const {overflowX} = styleOf(holder);
                if (unseen(holder) || ["auto", "scroll"].includes(overflowX)) break;
                const hides = !holder.parentElement || overflowX !== "visible";
                const box = holder.parentElement ? holder.getBoundingClientRect()
                    : {left: 0, right: innerWidth};
                if (hides && (left < box.left - 1 || right > box.right + 1)) {
                    yield words.currentNode.textContent.trim();
                    break;
                }
            }
        }
    }
    return [...cutOff()];
}"""
SIDEWAYS = """() => document.documentElement.scrollWidth > innerWidth
    ? [`the page is ${document.documentElement.scrollWidth} pixels wide`] : []"""
SCROLLED = """() => [
    ...[...document.querySelectorAll(".cell_output img")]
        .filter(each => each.checkVisibility()
            && each.offsetWidth > each.closest(".cell_output").clientWidth)
        .map(each => each.alt),
    ...[...document.querySelectorAll("mjx-container[display]")]
        .filter(each => each.scrollWidth > each.clientWidth)
        .map(each => each.closest(".math").id),
]"""


MOVING = """() => [...document.querySelectorAll("*")].flatMap(element =>
    [null, "::before", "::after"].flatMap(part => {
        const style = getComputedStyle(element, part);
        const longest = Math.max(...`${style.transitionDuration},${style.animationDuration}`
            .split(",").map(parseFloat));
        return longest > 0.001 || style.scrollBehavior == "smooth"
            ? [`${element.localName}.${element.className}`] : [];
    }))"""
ANIMATED = "() => document.getAnimations().map(() => 'what scrolling animates')"
FOCUSED = """() => {
    const {top, left, bottom, right} = document.activeElement.getBoundingClientRect();
    const seen = top >= 0 && left >= 0 && bottom <= innerHeight && right <= innerWidth;
    return seen ? document.activeElement.textContent.trim() : "nothing that is seen";
}"""
# And leaves it, lest what it says of itself lies on the page.
IN_MAIN = """() => {
    const {activeElement} = document;
    activeElement.blur();
    return activeElement.closest("main") != null;
}"""


@dataclass
class Visit:
    problems: list  # what a page lacks, or asks of others
    figures: dict = field(default_factory=dict)  # {page: [(attributes, natural size)]}
    followed: int = 0  # links to what is in their own page
    astray: list = field(default_factory=list)  # the first of them that leads elsewhere
    too_wide: list = field(default_factory=list)  # what is cut off, or scrolls sideways
    not_past_the_menu: list = field(default_factory=list)  # where the first Tab leads instead
    barriers: list = field(default_factory=list)  # what axe finds
    moving: list = field(default_factory=list)  # though the reader asked for less motion
    moving_for_others: list = None  # on the last page


def tab_past_the_menu(page):
    """Where the first Tab and what it offers lead, if not past the menu."""
    page.keyboard.press("Tab")
    if (focused := page.evaluate(FOCUSED)) != "Skip to main content":
        return [focused]
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    return [] if page.evaluate(IN_MAIN) else ["not into what it promises"]


def visit_all(page, address, pages, place):
    visit, asked = Visit(watch(page, address)), {}
    for path in ["index.html", *pages]:

        def named(found):
            return [f"{path}: {what}" for what in found]

        page.goto(f"{address}/{path}")
        if path == "index.html":
            page.wait_for_url("**/book/index.html")
        if place.axe and path != "search.html":  # which leads into its field
            visit.not_past_the_menu += named(tab_past_the_menu(page))
        if place.follow and not visit.astray:  # each would take ten seconds
            links = page.evaluate(FOLLOW)
            visit.followed += links["followed"]
            visit.astray += named(links["astray"])
        attributes = page.evaluate(FIGURES)
        visit.problems += named(page.evaluate(INCOMPLETE, place.theme))
        visit.problems += named(page.evaluate(ASTRAY, f"{address}/"))
        visit.figures[path] = list(zip(attributes, page.evaluate(SIZES), strict=True))
        lay_out_all(page)
        page.evaluate("document.fonts.ready.then(() => {})")
        for look in (SIDEWAYS, CUT_OFF, SCROLLED):
            visit.too_wide += named(page.evaluate(look))
        if place.axe:
            visit.moving += named(page.evaluate(MOVING))
            page.mouse.wheel(0, 400)
            visit.moving += named(page.evaluate(ANIMATED))
            visit.barriers += named(violations(page, asked=asked))
    page.wait_for_load_state("networkidle")
    page.emulate_media(reduced_motion="no-preference")
    visit.moving_for_others = page.evaluate(MOVING)
    return visit
