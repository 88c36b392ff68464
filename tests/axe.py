"""What axe-core finds on a page, by its own rules: WCAG 2, levels A and AA, and its best
practices (https://dequeuniversity.com/rules/axe)."""

from functools import cache

from playwright.sync_api import expect

from browsing import NODE_MODULES, lay_out_all

COLORS = {"runOnly": ["cat.color"]}  # with the contrast of level AAA, which the dark has

# Whether the colours of a text differ enough takes long to find out, and axe asks it of each
# token of code. It depends on how a text and all that holds it look: of those that look the
# same in what looks the same three are asked, lest axe cannot tell of one that is half covered.
# Of a single letter it never can. `asked` says of each look, by its hash, how often it was.
MARK_UNASKED = """([part, asked]) => {
    const hashes = new Map();
    const hashOf = (look) => {
        if (!hashes.has(look)) {
            let [a, b] = [1, 2];  // 53 bits: that two of a thousand looks are one is 1 in 10^10
            for (const letter of look) {
                const code = letter.codePointAt(0);
                [a, b] = [Math.imul(a ^ code, 2654435761), Math.imul(b ^ code, 1597334677)];
                [a, b] = [a ^ (b >>> 15), b ^ (a >>> 13)];
            }
            hashes.set(look, (a >>> 0) * 2 ** 21 + (b >>> 11));
        }
        return hashes.get(look);
    };
    const mark = (element, outer) => {
        const style = getComputedStyle(element);
        const look = hashOf([outer, style.color, style.backgroundColor, style.backgroundImage,
            style.opacity, style.filter, style.textShadow, style.fontSize, style.fontWeight,
            style.display, style.visibility, style.position, style.clip, style.clipPath].join());
        const longest = Math.max("value" in element ? 2 : 0, ...[...element.childNodes].map(
            ({nodeType, data}) => nodeType == Node.TEXT_NODE ? data.trim().length : 0));
        const before = asked[look] ?? 0;
        element.toggleAttribute("data-unasked", !longest || before == 3);
        if (longest > 1 && before < 3 && element.checkVisibility()) asked[look] = before + 1;
        for (const child of element.children) mark(child, look);
    };
    mark(document.querySelector(part), "");
    axe.configure({rules: ["color-contrast", "color-contrast-enhanced"].map(
        (id) => ({id, selector: ":not([data-unasked])"}))});
    return asked;
}"""


@cache
def script():
    return (NODE_MODULES / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def violations(page, part="html", asked=None, **options):
    """What axe finds on the page as it is now, or in a part of it, a line for each element.

    `asked`, a dictionary, is what the pages of a visit share: of a look that three texts of
    them have, axe is not asked again. `options` are those of `axe.run`.
    """
    asked = {} if asked is None else asked
    if not page.evaluate("typeof axe == 'object'"):
        page.evaluate(script())
    lay_out_all(page)
    asked |= page.evaluate(MARK_UNASKED, [part, asked])
    return page.evaluate(
        """async ([part, options]) => {
        // Whoever watches the page's sizes has seen it.
        for (let i = 0; i < 2; i++) await new Promise(requestAnimationFrame);
        const {violations} = await axe.run(part, {resultTypes: ["violations"], ...options});
        return violations.flatMap(({id, help, nodes}) =>
            nodes.map(({target}) => `${id}: ${target.join(" ")} (${help})`));
    }""",
        [part, options],
    )


def show_theme(page, theme):
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    expect(page.locator("html")).to_have_attribute("data-theme", theme)


def violations_in_both_themes(page, part="html", asked=None):
    """In the dark, only colours are others. `asked` has a dictionary for each theme."""
    found, asked = [], {} if asked is None else asked
    for theme, options in {"light": {}, "dark": COLORS}.items():
        show_theme(page, theme)
        of_theme = asked.setdefault(theme, {})
        found += [f"{theme}, {line}" for line in violations(page, part, of_theme, **options)]
    return found
