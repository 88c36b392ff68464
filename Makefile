# make book        build the site from real data, into _build/html
# make check       what needs no site, no browser and no network, in three minutes at most
# make test        build it and run every test
# make audit       measure how fast pages are, by Lighthouse, on an idle machine
# make launch-test run every notebook as Colab and Studio Lab would, half an hour
# make experiments run what is missing or stale of book/protocol.md, two hours
# make mutants     try the tests on notebooks with mistakes, for book/proof.md
# make bench       measure how long an epoch takes, for book/speed.md, on an idle machine
# make bench-builds  the same of how long the book takes to build
# make weigh       say what each page of the built site weighs
# make serve       serve the built site on http://localhost:8000
# make address     write the repository's address (_config.yml) into the notebooks
# make clean       remove what was built; the environment in .venv stays
#
# The first run sets everything up in .venv; see tools/setup.sh.

PORT ?= 8000
VENV_PYTHON := .venv/bin/python
# Scripts of the tests find their helpers as the tests do; see pyproject.toml.
TESTS := PYTHONPATH=.:tests:tests/dropout:tests/weight $(VENV_PYTHON)

# pip leaves compiling to Python (tools/setup.sh). Many images tell Python to keep nothing of
# that, and hundreds of processes would compile the libraries anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: book check test audit launch-test experiments mutants weigh bench bench-builds serve address clean

book:
	@tools/setup.sh
	.venv/bin/jupyter-book build -W --keep-going .
	@echo "Open _build/html/index.html, or run: make serve"

check:
	@tools/setup.sh
	.venv/bin/ruff format --check
	.venv/bin/ruff check
	.venv/bin/nbstripout --verify --keep-id notebooks/*/*.ipynb
	$(VENV_PYTHON) tests/run.py --check

test:
	@tools/setup.sh test
	.venv/bin/jupyter-book build -W --keep-going .
	$(VENV_PYTHON) tests/run.py

launch-test:
	@tools/setup.sh
	$(VENV_PYTHON) -m pytest -p no:cacheprovider tests/launch --every

# ONLY=weight-decay one question; REHEARSE=1 two seeds of each, few steps, into _build;
# SCHEDULER=tcp://host:port on a cluster of Dask's.
experiments:
	@tools/setup.sh
	$(VENV_PYTHON) -m dropout_book.experiments --only "$(ONLY)" --rehearse "$(REHEARSE)" --scheduler "$(SCHEDULER)"

mutants:
	@tools/setup.sh
	$(TESTS) tests/mutants/run.py $(ONLY)

weigh:
	@tools/setup.sh test
	$(TESTS) tests/weight/weigh.py

bench:
	@tools/setup.sh
	$(TESTS) benchmarks/run.py $(ONLY)

bench-builds:
	@tools/setup.sh
	$(TESTS) benchmarks/build.py

audit:
	@tools/setup.sh test
	.venv/bin/jupyter-book build -W --keep-going .
	$(TESTS) tests/lighthouse/audit.py

serve:
	@test -d _build/html || { echo "There is no site yet. Run: make book"; exit 1; }
	@echo "http://localhost:$(PORT)/  (stop with Ctrl-C)"
	@$(VENV_PYTHON) -m http.server $(PORT) --bind 127.0.0.1 --directory _build/html

address:
	@tools/setup.sh
	$(VENV_PYTHON) tools/address.py

clean:
	rm -rf _build
