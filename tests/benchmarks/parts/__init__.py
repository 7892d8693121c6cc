"""What ``serving.py`` measures, one module per subject."""

import sys
from pathlib import Path

TESTS = Path(__file__).resolve().parents[2]
# The helpers of the tests serve here too; ``laboratory`` fills a store.
sys.path[:0] = [str(TESTS), str(TESTS / "notebooks")]
