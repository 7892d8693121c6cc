"""Dossier: a school's own files, packed in one zip, become the inputs of its footprint."""

from stadtlabor.klimaschule.dossier.dossier import Dossier, read_zip
from stadtlabor.klimaschule.dossier.entry import Entry, FileNote
from stadtlabor.klimaschule.dossier.packed import DossierError, Member, unpack

__all__ = ["Dossier", "DossierError", "Entry", "FileNote", "Member", "read_zip", "unpack"]
