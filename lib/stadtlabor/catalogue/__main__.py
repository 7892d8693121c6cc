"""Write the catalogue, in a process of its own: ``python -m stadtlabor.catalogue < question``.

The question is JSON: ``kind`` (``ttl``, ``rdf``, ``jsonld``), ``base`` (public address) and
``environment`` (variables that say where city, settings and cards lie). An RDF library takes more
memory than the pages that hand its work out, so it lives only as long as it writes.
"""

from __future__ import annotations

import json
import os
import sys


def main() -> int:
    """Answer the question on stdin; return 1 and say why where the catalogue is not fit."""
    question = json.loads(sys.stdin.buffer.read())
    os.environ.update(question.get("environment", {}))
    from stadtlabor.catalogue.cards import shelf
    from stadtlabor.catalogue.content import lacking
    from stadtlabor.catalogue.dcat import catalogue
    from stadtlabor.catalogue.rdf import written

    document = catalogue(shelf().cards.values(), question["base"])
    faults = lacking(document)
    if faults:
        print("\n".join(faults), file=sys.stderr)
        return 1
    sys.stdout.buffer.write(written(document, question["kind"]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
