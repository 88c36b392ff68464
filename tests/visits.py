"""Whether a page has all that belongs to it, wherever the site lies."""

WHERE = ["served", "below a path", "from disk"]

# After it, every picture has been asked for, also those far below or behind a tab.
INCOMPLETE = """async () => {
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
    if (!["light", "dark"].includes(document.documentElement.dataset.theme))
        problems.push("the theme's script did not run");
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


def visit_all(page, address, pages):
    """`(what is wrong, {page: [(attributes, natural size) of each of its figures]})`."""
    problems, figures = watch(page, address), {}
    for path in ["index.html", *pages]:
        page.goto(f"{address}/{path}")
        if path == "index.html":
            page.wait_for_url("**/book/index.html")
        attributes = page.evaluate(FIGURES)
        problems += [
            f"{path}: {problem}"
            for problem in page.evaluate(INCOMPLETE) + page.evaluate(ASTRAY, f"{address}/")
        ]
        figures[path] = list(zip(attributes, page.evaluate(SIZES), strict=True))
    page.wait_for_load_state("networkidle")
    return problems, figures
