"""What is looked at once a notebook was run: its outputs, cheaply, so that it is done twice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stadtlabor.publishing.contract import allowed_mail
from stadtlabor.publishing.markup import foreign
from stadtlabor.publishing.pictures import wordless
from stadtlabor.publishing.private import private

__all__ = ["afterwards"]


def afterwards(executed: Mapping[str, Any], page: str) -> list[str]:
    """Return German sentences about pictures without words and what must not become public.

    Parameters
    ----------
    executed
        Notebook with outputs, as JSON.
    page
        What people will see, HTML.
    """
    own = [
        c for c in executed["cells"] if "injected-parameters" not in c["metadata"].get("tags", [])
    ]
    notebook = {**executed, "cells": own}
    secrets = [each.german for each in private(notebook, allowed_mail(notebook))]
    return wordless(notebook) + foreign(page) + secrets
