"""Subcommands of ``stadtlabor``, one module each."""
