"""``python -m stadtlabor``: the same as the command."""

from stadtlabor.cli import main

main(prog_name="stadtlabor")
