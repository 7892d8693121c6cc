"""The ``stadtlabor`` command: each subcommand lives in ``commands`` and is only listed here."""

from __future__ import annotations

from importlib import import_module

import click

__all__ = ["main"]

# name → "module:function" of a click command; loaded on use, so that `--help` is instant.
COMMANDS: dict[str, tuple[str, str]] = {
    "up": ("stadtlabor.commands.up:up", "Startet das Stadtlabor"),
    "status": (
        "stadtlabor.commands.status:status",
        "Zeigt, was läuft und wie frisch die Daten sind",
    ),
    "doctor": ("stadtlabor.commands.doctor:doctor", "Prüft Rechner und Einstellungen"),
    "ingest": ("stadtlabor.commands.ingest:ingest", "Sammelt Daten: once oder run"),
    "replay": ("stadtlabor.commands.replay:replay", "Spielt aufgezeichnete Dateien ein"),
    "simulate": ("stadtlabor.commands.simulate:simulate", "Lässt die simulierte Stadt senden"),
    "course": (
        "stadtlabor.commands.course:course",
        "Baut die Fassungen der Lektionen",
    ),
    "render": ("stadtlabor.commands.render:render", "Macht Seiten, die ohne Kern lesbar sind"),
    "report": (
        "stadtlabor.commands.report:report",
        "Macht aus der Zip-Datei einer Schule einen Bericht",
    ),
    "tiles": ("stadtlabor.commands.tiles:tiles", "Lädt die Hintergrundkarte auf diesen Rechner"),
    "new-city": (
        "stadtlabor.commands.new_city:new_city",
        "Legt das Stadtlabor einer anderen Stadt an",
    ),
    "cards": ("stadtlabor.commands.cards:cards", "Prüft die Karten der Datensätze"),
    "decisions": (
        "stadtlabor.commands.decisions:decisions",
        "Zeigt, was der Datendienst wem gegeben hat",
    ),
    "person": (
        "stadtlabor.commands.person:person",
        "Rechte von Personen: Auskunft, Löschung, Nachweis",
    ),
    "vacancy": ("stadtlabor.commands.vacancy:vacancy", "Pflegt das Verzeichnis der Läden"),
    "warn": (
        "stadtlabor.commands.warn:warn",
        "Warnt vor Starkregen: run, once, status, test, replay, rerun",
    ),
    "pipelines": ("stadtlabor.commands.pipelines:pipelines", "Rechnet Notebooks nach Plan"),
    "promote": ("stadtlabor.commands.promote:promote", "Bringt ein Notebook in den Betrieb"),
    "runs": ("stadtlabor.commands.promote:runs", "Zeigt die letzten Läufe"),
    "trace": ("stadtlabor.commands.trace:trace", "Zeigt, woher eine Zahl kommt"),
    "publish": (
        "stadtlabor.commands.publish:publish",
        "Veröffentlicht Notebooks: hand-in, check, list, verify, revoke",
    ),
    "rollback": (
        "stadtlabor.commands.promote:rollback",
        "Stellt die vorige Fassung eines Notebooks wieder her",
    ),
}


class Lazy(click.Group):
    """A group that imports a subcommand only when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of use."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one subcommand."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the subcommands without importing them."""
        with formatter.section("Befehle"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.command(cls=Lazy)
@click.version_option(package_name="stadtlabor")
def main() -> None:
    """Stadtlabor: Stadtdaten für Schulen, Bürgerinnen und Bürger, Forschung und Verwaltung."""
