"""``python -m povexit.cli``."""

import sys

from povexit.cli import main

sys.exit(main())
