"""Write the repository's address, as `_config.yml` has it, wherever it is needed.

    python tools/address.py            rewrite the notebooks and the README
    python tools/address.py --check    name those that differ; exit code 1 if any

Two places in a notebook hold the address: its first cell, with the launch badges
and the link to the book, and the line of its set-up cell that installs from it.
The README holds it in the command that clones, and in the link to Binder.
"""

import argparse
import re
import sys
from pathlib import Path

import nbformat
import yaml

ROOT = Path(__file__).resolve().parents[1]
INSTALL = re.compile(r'(?<= @ git\+)[^"\s]+')
CLONE = re.compile(r"(?<=git clone )\S+")
BINDER = re.compile(r"(?<=mybinder\.org/v2/gh/)[^?\s]+")


def repository(root):
    """The address and branch in `_config.yml`, as `(url, branch)`."""
    config = yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))
    return config["repository"]["url"].rstrip("/"), config["repository"]["branch"]


def badges(url, branch, path):
    """The Markdown of the first cell of the notebook at `path` in the repository."""
    owner, name = url.split("/")[-2:]
    github = f"github/{owner}/{name}/blob/{branch}/{path}"
    colab = "https://colab.research.google.com"
    studio_lab = "https://studiolab.sagemaker.aws"
    launch = f"{studio_lab}/import/{github}"
    return "\n".join(
        [
            f"[![Open in Colab]({colab}/assets/colab-badge.svg)]({colab}/{github})",
            f"[![Open in SageMaker Studio Lab]({studio_lab}/studiolab.svg)]({launch})",
            f"· From the book [Dropout, Side by Side](https://{owner}.github.io/{name}/).",
        ]
    )


def with_address(nb, url, branch, path):
    """Write the address into the notebook `nb`; its cells are changed in place."""
    nb.cells[0].source = badges(url, branch, path)
    for cell in nb.cells:
        if "setup" in cell.metadata.get("tags", []):
            cell.source = INSTALL.sub(f"{url}@{branch}", cell.source)
    return nb


def readme_with_address(text, url, branch):
    """The README's text with the address."""
    owner, name = url.split("/")[-2:]
    return BINDER.sub(f"{owner}/{name}/{branch}", CLONE.sub(url, text))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="change nothing")
    check = parser.parse_args().check

    url, branch = repository(ROOT)
    differing = []
    for path in [ROOT / "README.md", *sorted(ROOT.glob("notebooks/**/*.ipynb"))]:
        if ".ipynb_checkpoints" in path.parts:
            continue
        before = path.read_text(encoding="utf-8")
        if path.suffix == ".md":
            after = readme_with_address(before, url, branch)
        else:
            nb = with_address(
                nbformat.reads(before, as_version=4),
                url,
                branch,
                path.relative_to(ROOT).as_posix(),
            )
            after = nbformat.writes(nb, indent=1) + "\n"
        if after != before:
            differing.append(path.relative_to(ROOT))
            if not check:
                path.write_text(after, encoding="utf-8")
    for path in differing:
        print(f"{path}: {'differs from' if check else 'now holds'} {url}, branch {branch}")
    if check and differing:
        sys.exit("Run `make address` to rewrite them.")


if __name__ == "__main__":
    main()
