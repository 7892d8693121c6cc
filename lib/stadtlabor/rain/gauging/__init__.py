"""Gauges: which of them to believe, and how they correct the radar."""
