"""What `make mutants` found, out of the record it left.

    ```{equivalence-table} ../tests/mutants/record.json
    ```

shows how far the networks came apart at most, with equal weights, minibatches and
masks, and how far they may; and

    ```{mutants-table} ../tests/mutants/record.json
    ```

the mistakes that were made on purpose, and the tests that noticed them;

    ```{mutants-figure} ../tests/mutants/record.json
    ```

how many of them each kind of test noticed.
"""

from collections import Counter

from matplotlib.figure import Figure

from dropout_book.frameworks import FRAMEWORKS, REFERENCE
from dropout_book.plots import BLUE, WIDTH
from sidebyside import drawn
from sidebyside.records import words
from sidebyside.records.recorded import Recorded
from sidebyside.records.table import table


class OfFrameworks(Recorded):
    made_by = "make mutants"

    def records(self):
        """In the order of the tabs."""
        records = super().records()
        return {framework: records[framework] for framework in FRAMEWORKS if framework in records}


class EquivalenceTable(OfFrameworks):
    def run(self):
        records = self.records()
        heads = [
            head.format(precision=precision)
            for precision in words.PRECISIONS
            for head in words.EQUIVALENCE_HEADS
        ]
        rows = [[words.COMPARED_WITH.format(reference=FRAMEWORKS[REFERENCE].label), *heads]]
        for (test, model), what in words.COMPARED.items():
            row = [what]
            for precision in words.PRECISIONS:
                name = f"{test}[{'-'.join(filter(None, [precision, model]))}]"
                found = {
                    framework: record["data"]["unchanged"]["errors"][name]
                    for framework, record in records.items()
                    # Itself, it is compared with where more differs than the precision.
                    if framework != REFERENCE or precision == "float32" or model == "concise"
                }
                worst = max(found, key=lambda each: found[each]["largest_error"])
                error, tolerance = found[worst]["largest_error"], found[worst]["tolerance"]
                label = FRAMEWORKS[worst].label
                row += [f"{power_of_ten(error)} ({label})", power_of_ten(tolerance)]
            rows.append(row)
        return table(self, rows, words.EQUIVALENCE_CAPTION, "proof-table", widths="40 15 15 15 15")


class MutantsTable(OfFrameworks):
    def run(self):
        records, mistakes = self.records(), {}
        for framework, record in records.items():
            for each in record["data"]["mutants"]:
                _, noticed = mistakes.setdefault(each["number"], (each, {}))
                noticed[framework] = each["noticed_by"]
        parts = {part: [] for part in words.PARTS.values()}
        for _, (each, noticed) in sorted(mistakes.items()):
            mistake = each["mistake"][0].upper() + each["mistake"][1:]
            if each["published"]:
                mistake += " " + words.PUBLISHED[each["published"]]
            part = parts[words.PARTS[each["cell"]]]
            part.append([mistake, made_in(noticed, records), self.tests(noticed)])
        content = self.summary(records, mistakes)
        for part, rows in parts.items():
            if rows:
                rows = [words.MUTANTS_HEADS, *rows]
                content += table(self, rows, part, "proof-table", widths="45 20 35")
        return content

    def summary(self, records, mistakes):
        noticed = [test for _, tests in mistakes.values() for test in tests.values()]
        return self.parse_text_to_nodes(
            words.MUTANTS_SUMMARY.format(
                number=len(noticed),
                kinds=len(mistakes),
                survived=noticed.count(None) or words.NONE,
                date=words.date(max(record["made"]["date"] for record in records.values())),
            )
        )

    def tests(self, noticed):
        """The tests that noticed a mistake, each once, linked to their files."""
        options = self.config.html_theme_options
        folder = f"{options['repository_url']}/blob/{options['repository_branch']}/tests"
        links = {}
        for test in noticed.values():
            if test is None:
                links[words.NOBODY] = None
                continue
            file, _, name = test.partition("::")
            name = name.partition("[")[0].removeprefix("test_").replace("_", " ")
            parent = "derivation" if file == "test_reference.py" else "dropout"
            links[f"[{name}]({folder}/{parent}/{file})"] = None
        return "; ".join(links)


class MutantsFigure(OfFrameworks):
    def run(self):
        noticed = Counter(
            words.NOTICED_BY.get(file, file)
            for record in self.records().values()
            for each in record["data"]["mutants"]
            for file in [(each["noticed_by"] or words.NOBODY).partition("::")[0]]
        )
        said = "; ".join(f"{kind}: {number}" for kind, number in noticed.most_common())
        return drawn.shown(self.env, "mutants", draw(noticed), words.MUTANTS_ALT.format(said=said))


def draw(noticed):
    """A bar for each kind of test, of a Counter, the longest first."""
    kinds, numbers = zip(*noticed.most_common())
    with drawn.book_style():
        figure = Figure(figsize=(WIDTH, 0.6 + 0.32 * len(kinds)))
        axes = figure.subplots()
        axes.bar_label(axes.barh(kinds, numbers, color=BLUE, height=0.65), padding=3)
        axes.invert_yaxis()
        axes.set(xlabel=words.MUTANTS_AXIS, xlim=(0, 1.12 * max(numbers)))
        axes.grid(axis="y", visible=False)
        axes.tick_params(axis="y", length=0)
    return figure


def made_in(noticed, records):
    if set(noticed) == set(records):
        return words.ALL
    return ", ".join(FRAMEWORKS[framework].label for framework in noticed)


def power_of_ten(x):
    """1.2e-07 as `1.2 × 10⁻⁷`."""
    if x == 0:
        return "0"
    mantissa, exponent = f"{x:.1e}".split("e")
    exponent = str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{mantissa} × 10{exponent}".replace("1.0 × ", "")


def setup(app):
    app.add_directive("equivalence-table", EquivalenceTable)
    app.add_directive("mutants-table", MutantsTable)
    app.add_directive("mutants-figure", MutantsFigure)
