# A contributor's tasks. `just` comes with the tests' packages: .venv/bin/just, on Windows .venv\Scripts\just.
# Without a name it runs the first one; `just --list` shows all.

set windows-shell := ["powershell.exe", "-NoLogo", "-NoProfile", "-Command"]

bin := if os_family() == "windows" { ".venv/Scripts" } else { ".venv/bin" }
system_python := if os_family() == "windows" { "py" } else { "python3" }

# What must pass before a commit: style, arrows, types, the fast tests
gate: lint types test

# The environment, with the checkout's own sources in it
setup:
    {{ system_python }} -m venv .venv
    {{ bin }}/python -m pip install --editable '.[test]'

# Style, the arrows between the rooms, the hosted workflow
lint:
    {{ bin }}/ruff check .
    {{ bin }}/ruff format --check .
    {{ bin }}/lint-imports
    {{ bin }}/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/gate.yml

# Write what can be put right without thinking
fix:
    {{ bin }}/ruff check --fix .
    {{ bin }}/ruff format .

types:
    {{ bin }}/mypy

# The fast tests, or those named: just test tests/memoryos/tiers -k heat
test *arguments:
    {{ bin }}/pytest {{ arguments }}

# Soaks, deaths at every step, what starts many processes
slow *arguments:
    {{ bin }}/pytest -m slow {{ arguments }}

# How fast it is, in a few minutes
bench *arguments="--quick":
    {{ bin }}/python -m pip install --quiet --editable '.[benchmarks]'
    {{ bin }}/python benchmarks/speed.py {{ arguments }}

# How much it finds, in a folder of conversations
recall folder *arguments:
    {{ bin }}/python -m pip install --quiet --editable '.[benchmarks]'
    {{ bin }}/python benchmarks/recall.py --data {{ folder }} --in-process {{ arguments }}

# The bundle for desktop clients, in dist/
bundle:
    {{ bin }}/python deploy/release.py bundle

# The entry for the MCP registry: just server-json --name NAMESPACE/NAME
server-json *arguments:
    {{ bin }}/python deploy/release.py server-json {{ arguments }}
