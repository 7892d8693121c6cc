"""Run approved notebooks: ``python -m stadtlabor.realrun``."""

from __future__ import annotations

import logging

from stadtlabor.realrun.isolation import closed_to_others, fault
from stadtlabor.realrun.queue import serve
from stadtlabor.realrun.words import said

logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
if obstacle := fault():
    logging.error("%s (%s)", said("failures.isolation"), obstacle)
# A notebook runs as the same user and must not reach the network through this process.
closed_to_others()
serve()
