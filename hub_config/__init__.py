"""Puts notebooks and library in front of people: configuration of the hub and of its servers."""
