"""style.css: every style sheet of the book as one, with the rules that its pages can use.

The theme and the extensions bring fifteen, of which the book uses a third, and a browser
paints nothing before it has them all.

A rule is kept when a page or one of its scripts has all the classes and ids in its
selector, as a word: what PurgeCSS does.
"""

import re
from posixpath import dirname, join, normpath
from zlib import crc32

import tinycss2

from sidebyside.weight import fonts

NAME = "style.css"
LINK = re.compile(r'<link\b[^>]*?\bhref="([^"]*?_static/)([\w./-]+\.css)[^>]*>\s*')
SCRIPT = re.compile(r'<script\b[^>]*?\bsrc="[^"]*?_static/([\w./-]+\.js)')
NAMES = re.compile(r'\b(?:class|id)="([^"]*)"')
# Bootstrap's script puts these together: `bs-${name}-auto`.
WORDS_OF_SCRIPTS = {"bs-tooltip-auto"}


def merge(pages, static):
    """Write the one style sheet; return the `{path: page}` with one link in place of all."""
    css = "".join(read(static, sheet) for sheet in in_one_order(pages.values()))
    css = usable_rules(css, used_words(static, pages.values()))
    css = fonts.embed(css, static)
    (static / NAME).write_text(css, encoding="utf-8")
    address = f"{NAME}?v={crc32(css.encode()):08x}"
    return {path: with_one_link(page, address) for path, page in pages.items()}


def in_one_order(pages):
    """The sheets of all pages; one that only some have stands behind what it follows there."""
    order = []
    for page in pages:
        place = 0
        for _, sheet in LINK.findall(page):
            if sheet not in order:
                order.insert(place, sheet)
            place = order.index(sheet) + 1
    return order


def with_one_link(page, sheet):
    links = iter([rf'<link rel="stylesheet" href="\g<1>{sheet}" />' + "\n"])
    return LINK.sub(lambda link: link.expand(next(links, "")), page)


def read(static, sheet):
    """A style sheet with what it imports, its addresses as `_static/` sees them."""
    css = (static / sheet).read_text(encoding="utf-8")
    folder = dirname(sheet)
    css = re.sub(
        r'url\((["\']?)(?!data:|#)([^"\')]+)\1\)',
        lambda found: f'url("{normpath(join(folder, found[2]))}")',
        css,
    )
    return re.sub(
        r'@import\s*"([^"]+)";', lambda found: read(static, normpath(join(folder, found[1]))), css
    )


def used_words(static, pages):
    """The names that a selector can ask for: a page's classes and ids, a script's words."""
    scripts = {script for page in pages for script in SCRIPT.findall(page)}
    texts = [names for page in pages for names in NAMES.findall(page)]
    texts += [
        script
        for page in pages
        for script in re.findall(r"<script>(.*?)</script>", page, flags=re.DOTALL)
    ]
    texts += [(static / script).read_text(encoding="utf-8") for script in sorted(scripts)]
    return WORDS_OF_SCRIPTS.union(*(re.findall(r"[\w-]+", text) for text in set(texts)))


def usable_rules(css, words):
    """The rules of `css` whose selectors name nothing but `words`, without comments.

    Of fonts and animations, those that one of these rules names.
    """
    texts = list(rules(tinycss2.parse_stylesheet(css, skip_whitespace=True), words))
    names = [named(text) for text in texts]
    users = "".join(text for text, name in zip(texts, names) if not name)
    return "".join(text for text, name in zip(texts, names) if not name or name in users)


def named(text):
    """The name that a rule gives to a font or an animation."""
    found = re.match(
        r"@font-face\b.*?font-family:\s*([^;}]+)|@keyframes\s+([\w-]+)", text, flags=re.DOTALL
    )
    return found and (found[1] or found[2]).replace("\\", "").strip(" '\"")


def rules(parsed, words):
    for rule in parsed:
        if rule.type == "error":
            raise ValueError(f"not a style sheet, at line {rule.source_line}: {rule.message}")
        if rule.type == "comment":
            if rule.value.startswith("!"):  # a licence
                yield f"{rule.serialize()}\n"
        elif rule.type == "qualified-rule":
            selectors = [
                selector for selector in split(rule.prelude) if names_in(selector) <= words
            ]
            if selectors:
                yield f"{', '.join(map(tinycss2.serialize, selectors)).strip()} {block(rule)}\n"
        elif rule.at_keyword in {"media", "supports"}:
            inside = tinycss2.parse_rule_list(rule.content, skip_whitespace=True)
            inside = "".join(rules(inside, words))
            if inside:
                yield f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{\n{inside}}}\n"
        elif rule.at_keyword != "charset":
            yield f"{rule.serialize()}\n"


def split(prelude):
    """The selectors of a rule, each a list of tokens."""
    selectors = [[]]
    for token in prelude:
        if token == ",":
            selectors.append([])
        elif token.type != "comment":
            selectors[-1].append(token)
    return selectors


def names_in(selector):
    """Its classes and ids; what stands in brackets, as after :not, may be absent."""
    return {
        name.value
        for dot, name in zip(selector, selector[1:])
        if dot == "." and name.type == "ident"
    } | {token.value for token in selector if token.type == "hash"}


def block(rule):
    """Its declarations, without the white space between them."""
    text = tinycss2.serialize([token for token in rule.content if token.type != "comment"])
    return "{" + re.sub(r"\s*\n\s*", " ", text).strip() + "}"
