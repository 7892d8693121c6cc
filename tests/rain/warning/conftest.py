"""Lets the tests here use the modules beside them, as the benchmarks do."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
