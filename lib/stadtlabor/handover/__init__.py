"""How a notebook passes from one system user to another: letterbox, pseudonym, collector.

Publishing and real runs work alike: people drop a notebook into a letterbox that nobody but the
pages can empty, another system user runs it, and the answer lies under an id that its author alone
knows.
"""

from stadtlabor.handover.author import author
from stadtlabor.handover.collector import Collector
from stadtlabor.handover.letterbox import LARGEST, drop, dropped, new_id, read_dropped
from stadtlabor.handover.notebook import about, read_source, stripped
from stadtlabor.handover.paragraphs import paragraphs

__all__ = [
    "LARGEST",
    "Collector",
    "about",
    "author",
    "drop",
    "dropped",
    "new_id",
    "paragraphs",
    "read_dropped",
    "read_source",
    "stripped",
]
