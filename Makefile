# Two commands matter: `make demo` and `make test`. Both set themselves up.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check

.PHONY: setup demo test check bench bench-language clean

setup: $(VENV)/.ready

# torch goes first and alone: with none installed, other packages would pull the newest build.
$(VENV)/.ready: pyproject.toml constraints.txt
	@echo "installing into $(VENV); the first time this takes some minutes"
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --quiet -c constraints.txt torch
	$(PIP) install --quiet -c constraints.txt -e ".[dev]"
	touch $@

demo: setup
	$(BIN)/cintel models pull
	$(BIN)/cintel demo

test: setup
	$(BIN)/cintel models pull
	$(BIN)/python -m pytest -n 2 --dist loadfile

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: setup
	$(BIN)/cintel models pull
	$(BIN)/python benchmarks/samples.py

# DATA is a folder with the public sets that the model card names.
bench-language: setup
	$(BIN)/cintel models pull
	$(BIN)/python -m benchmarks.language --data $(DATA)

clean:
	rm -rf $(VENV) build *.egg-info
