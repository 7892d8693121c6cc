"""Evidence: where a figure comes from, and what was decided on it.

The ingest uses :mod:`stadtlabor.evidence.intake` and loads nothing else of this room.
"""
