"""`python -m coder_mcp`."""

import sys

from coder_mcp.cli import main

sys.exit(main())
