"""`python -m coder_mcp`."""

import sys

from coder_mcp.cli import main

if __name__ == "__main__":
    sys.exit(main())
