"""`python -m memoryos_mcp`."""

import sys

from memoryos_mcp.cli import main

if __name__ == "__main__":
    sys.exit(main())
