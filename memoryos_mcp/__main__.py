"""`python -m memoryos_mcp`."""

import os
import sys

if sys.argv[1:2] == ["hook"]:  # a client waits for it: nothing else is loaded
    from memoryos_mcp.hooks.command import run as run_hook

    run_hook(sys.argv[2:])

try:
    from memoryos_mcp.transport.stdio import ensure_standard_streams, stdout_diverted

    ensure_standard_streams()
    with stdout_diverted():  # what the libraries print that the command line needs
        from memoryos_mcp.commands.cli import main
except ModuleNotFoundError as missing:
    from importlib.metadata import PackageNotFoundError, version

    try:
        version("memoryos-mcp-server")
    except PackageNotFoundError:
        sys.stderr.write(
            "memoryos: this checkout is not installed; run `python -m pip install .` in it, or start it with "
            "`uvx --from . memoryos-mcp-server`\n"
        )
        raise SystemExit(1) from missing
    raise


def run() -> None:
    """Run the command line and end the process with its exit code."""
    try:
        try:
            code = main()
        except KeyboardInterrupt:
            code = 130
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read the output has gone
        code = 1
    sys.stderr.flush()
    # Not sys.exit: daemon threads may be in native code, and Python's own way out would abort under them.
    os._exit(code)


if __name__ == "__main__":
    run()
