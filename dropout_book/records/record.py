"""The one form of record: what takes too long for a build, written down once.

A file holds one record, or one for each framework:

    {"made": {"by": "make bench", "date": "2026-03-01", …},
     "depends": {"benchmarks/*.py": "5f3c…", "a.ipynb#data": "81d0…", "pin torch": "2.13.0"},
     "data": …}

`depends` names what decides the data: files below the root, as globs, by their digest, of
notebooks all code or that of the cells with a tag; and pins of requirements.txt and
constraints.txt. What has changed since is found by the
names alone: `stale(root)` looks at every record there is.

`mistakes.yml#jax` is what a file says of one framework: the others' keys are left out.
"""

import datetime
import json
import os
import platform
import re
from functools import cache
from hashlib import sha256
from pathlib import Path

import yaml

from dropout_book.frameworks import FRAMEWORKS
from dropout_book.records.digest import digest_of_code

FILES = (
    "benchmarks/build.json",
    "benchmarks/results.json",
    "tests/lighthouse/record.json",
    "tests/mutants/record.json",
)
EXPERIMENTS = "dropout_book/experiments/results/*.json"  # one for each question that was run
PIN = "pin "
ABSENT = "absent"


def load(path):
    """`{name: record}`; the name of one that is alone in its file is empty."""
    content = json.loads(Path(path).read_text(encoding="utf-8"))
    return {"": content} if "depends" in content else content


def write(path, data, depends, by, part="", **made):
    """Write a record, or the part of that name in a file with several.

    `depends` is what `digests` said before the data were made; `by` is the command that
    makes the record anew; `made` holds what else there is to say about how it was made.
    """
    path = Path(path)
    record = {
        "made": {
            "by": by,
            "date": datetime.date.today().isoformat(),
            "python": platform.python_version(),
            **made,
        },
        "depends": depends,
        "data": data,
    }
    if part:
        others = load(path) if path.exists() else {}
        record = dict(sorted({**others, part: record}.items()))
    put(path, json.dumps(record, indent=1, ensure_ascii=False) + "\n")


def put(path, text):
    """Write a file whole, or leave the one that was there."""
    own = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with open(own, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())  # where a disk that is full may say so at last
        os.replace(own, path)
    finally:
        own.unlink(missing_ok=True)


def changed(root, record):
    """What the record depends on that is not as it was, by name."""
    now = digests(root, record["depends"])
    return [name for name, digest in record["depends"].items() if now[name] != digest]


def stale(root):
    """`{"file, part": sentence}` for each record below `root` that does not hold any more."""
    found, root = {}, Path(root)
    for file in [*FILES, *(each.relative_to(root).as_posix() for each in root.glob(EXPERIMENTS))]:
        path = root / file
        if not path.exists():
            found[file] = "it is missing"
            continue
        for part, record in load(path).items():
            if names := changed(root, record):
                found[", ".join(filter(None, [file, part]))] = (
                    f"changed since: {', '.join(names)}. Run: {record['made']['by']}"
                )
    return found


def digests(root, names):
    """`{name: digest}`, sorted by name; of a pin the version, of nothing "absent"."""
    return {
        name: pins(Path(root)).get(name.removeprefix(PIN), ABSENT)
        if name.startswith(PIN)
        else digest_of_files(Path(root), name)
        for name in sorted(names)
    }


def digest_of_files(root, name):
    glob, _, tag = name.partition("#")
    files = sorted(file for file in root.glob(glob) if file.is_file())
    found = {file.relative_to(root).as_posix(): digest_of_file(file, tag) for file in files}
    return sixteen(found) if found else ABSENT


def digest_of_file(file, tag=""):
    """Of what a file says, not of how it is written: comments change nothing."""
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".py":
        return digest_of_code(text)
    if file.suffix == ".ipynb":
        cells = [
            "".join(cell["source"])
            for cell in json.loads(text)["cells"]
            if cell["cell_type"] == "code" and (not tag or tag in cell["metadata"]["tags"])
        ]
        # Magics install and time; the code stands between them.
        return digest_of_code(re.sub(r"(?m)^( *)[%!].*", r"\1pass", "\n".join(cells)))
    if file.suffix in {".yml", ".json"}:
        return sixteen(without(FRAMEWORKS.keys() - {tag} if tag else set(), yaml.safe_load(text)))
    return sixteen(text)


def without(keys, content):
    """A copy of what YAML can say, without these keys of its mappings."""
    if isinstance(content, dict):
        return {key: without(keys, each) for key, each in content.items() if key not in keys}
    return [without(keys, each) for each in content] if isinstance(content, list) else content


def sixteen(content):
    """Sixteen hexadecimal digits of what JSON can say."""
    return sha256(json.dumps(content).encode()).hexdigest()[:16]


@cache
def pins(root):
    """`{distribution: version}` of constraints.txt and of requirements.txt; none where the
    package was installed without them."""
    files = [root / f"{name}.txt" for name in ("constraints", "requirements")]
    texts = [file.read_text() for file in files if file.exists()]
    return dict(re.findall(r"(?m)^([\w.-]+)==([^\s;]+)", "\n".join(texts)))
