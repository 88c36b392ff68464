"""What a notebook's outputs depend on, found without importing or running anything.

`Dependencies(root).of(nb, path)` reads the imports of a notebook and follows those
that lead to local helpers. The result is a fingerprint such as

    {"python": "3.11.2", "dropout_book/data.py": "5f3c…", "numpy": "1.26.4"}

so a changed helper or version changes the fingerprints that hold it, and no other. A
comment or a docstring of a helper changes none.
"""

import ast
import importlib.metadata
import importlib.util
import json
import platform
import sys
import sysconfig
from contextlib import suppress
from functools import cache
from hashlib import sha256
from importlib.machinery import PathFinder
from itertools import accumulate
from pathlib import Path

from IPython.core.inputtransformer2 import TransformerManager
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from dropout_book.records.digest import digest_of_code

ABSENT = "absent"
INSTALLED = {"site-packages", "dist-packages"}
STANDARD_LIBRARY = sysconfig.get_path("stdlib")

# An import inside one of these may never run, or may fail and be caught, so what it
# names is not required.
CONDITIONAL = (ast.FunctionDef, ast.AsyncFunctionDef, ast.If, ast.Try)


def imports(node, package="", required=True):
    """Yield `(dotted name, required)` for each import in a syntax tree."""
    if isinstance(node, ast.Import):
        yield from ((alias.name, required) for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        with suppress(ImportError):  # a relative import in no package: it fails when run
            module = importlib.util.resolve_name("." * node.level + (node.module or ""), package)
            yield module, required
            # In `from a import b`, b may be a submodule.
            yield from ((f"{module}.{alias.name}", required) for alias in node.names)
    else:
        required = required and not isinstance(node, CONDITIONAL)
        for child in ast.iter_child_nodes(node):
            yield from imports(child, package, required)


def notebook_imports(nb):
    """The same for the code cells of a notebook, which may hold magics."""
    for cell in nb.cells:
        source = cell.source.lstrip()
        if source.startswith("%%"):  # %%time and its like run the other lines as Python
            source = source.partition("\n")[2]
        with suppress(SyntaxError):  # not Python, or it fails and says so when run
            if cell.cell_type == "code":
                yield from imports(ast.parse(TransformerManager().transform_cell(source)))


def is_local(spec):
    """Whether a module is the project's own: neither installed nor part of Python."""
    places = [spec.origin] if spec.has_location else spec.submodule_search_locations or []
    return any(
        INSTALLED.isdisjoint(Path(place).parts)
        and not Path(place).is_relative_to(STANDARD_LIBRARY)
        for place in places
    )


def digest(file):
    """Of a notebook, what can be run of it: its texts and its metadata change nothing."""
    if Path(file).suffix == ".ipynb":
        cells = json.loads(Path(file).read_text(encoding="utf-8"))["cells"]
        code = [
            [cell["metadata"].get("tags"), "".join(cell["source"])]
            for cell in cells
            if cell["cell_type"] == "code"
        ]
        return sha256(json.dumps(code).encode()).hexdigest()
    return sha256(Path(file).read_bytes()).hexdigest()


class Dependencies:
    """Finds fingerprints; remembers what it has read, so make a new one for each build."""

    def __init__(self, root):
        importlib.invalidate_caches()
        self.root = Path(root)

    def of(self, nb, path, files=()):
        """Fingerprint of the notebook at `path`, which also depends on the data `files`.

        Returns `(fingerprint, missing)`, where `missing` maps each module that is
        required but not installed to the file that imports it.
        """
        fingerprint = {"python": platform.python_version()}
        fingerprint.update((self.name(file), digest(file)) for file in files)
        missing, seen = {}, set()
        pending = [(name, required, path) for name, required in notebook_imports(nb)]
        while pending:
            name, required, importer = pending.pop()
            if (name, required) in seen:
                continue
            seen.add((name, required))
            top = name.partition(".")[0]
            spec = self.find(top, path.parent)
            if spec is None:
                fingerprint[top] = ABSENT
                if required:
                    missing[top] = self.name(importer)
            elif is_local(spec):
                for file, found in self.helpers(name, path.parent):
                    fingerprint[self.name(file)] = self.helper_digest(file)
                    pending += [(each, required and certain, file) for each, certain in found]
            else:
                for distribution in self.distributions().get(top, ()):
                    fingerprint.update(self.versions(distribution))
        return fingerprint, missing

    def name(self, file):
        """A file's path from the book's root, the same on every machine."""
        file = Path(file)
        return (file.relative_to(self.root) if file.is_relative_to(self.root) else file).as_posix()

    @cache
    def find(self, module, folder):
        """The spec of a module as a kernel in `folder` finds it, or None.

        `importlib.util.find_spec` would import the parents of a submodule.
        """
        parent, _, child = module.rpartition(".")
        if not parent:
            return PathFinder.find_spec(
                module, [str(folder), str(self.root), *sys.path]
            ) or importlib.util.find_spec(module)  # editable installs, built-ins
        spec = self.find(parent, folder)
        folders = spec and spec.submodule_search_locations
        return PathFinder.find_spec(child, list(folders)) if folders else None

    @cache
    def helpers(self, name, folder):
        """What importing a local a.b.c runs, first a, then a.b: `[(file, its imports)]`."""
        found = []
        for module in accumulate(name.split("."), "{}.{}".format):
            spec = self.find(module, folder)
            if spec and spec.has_location:  # else a namespace, or no module but a plain name
                package = module if spec.submodule_search_locations else module.rpartition(".")[0]
                found.append((spec.origin, self.helper_imports(spec.origin, package)))
        return found

    @cache
    def helper_imports(self, file, package):
        with suppress(SyntaxError, ValueError):  # not Python, or it fails and says so when run
            return list(imports(ast.parse(Path(file).read_bytes()), package))
        return []

    @cache
    def helper_digest(self, file):
        try:
            return digest_of_code(Path(file).read_bytes())
        except (SyntaxError, ValueError):  # not Python: a library in C, or it fails when run
            return digest(file)

    @cache
    def distributions(self):
        return importlib.metadata.packages_distributions()

    @cache
    def versions(self, distribution):
        """`{name: version}` of a distribution and all that it requires on this machine."""
        versions, seen, pending = {}, set(), [(distribution, frozenset())]
        while pending:
            name, extras = wanted = pending.pop()
            if wanted in seen:
                continue
            seen.add(wanted)
            name = canonicalize_name(name)
            versions[name], requirements = self.version_and_requirements(name)
            pending += [
                (each.name, frozenset(each.extras))
                for each in requirements
                if each.marker is None
                or any(each.marker.evaluate({"extra": extra}) for extra in ("", *extras))
            ]
        return versions

    @cache
    def version_and_requirements(self, name):
        try:
            distribution = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            return ABSENT, []
        return distribution.version, [Requirement(text) for text in distribution.requires or ()]
