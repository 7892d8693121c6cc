"""A page as PDF: tagged, with title, language and bookmarks (PDF/UA-1), the same each time."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

__all__ = ["PdfError", "pdf", "pdf_fault"]


class PdfError(RuntimeError):
    """No PDF can be made on this machine; the message says in German what to do."""


def pdf_fault() -> tuple[str, str] | None:
    """Return what keeps this machine from making PDFs and the remedy, German; None if nothing."""
    try:
        import weasyprint  # noqa: F401
    except (ImportError, OSError):  # Pango is a library of the system
        words = tomllib.loads(Path(__file__).with_name("texts.de.toml").read_text("utf-8"))
        return words["fault"], words["remedy"]
    return None


def pdf(html: str) -> bytes:
    """Turn a page into a PDF.

    Nothing is fetched: the page carries its pictures and its typeface with it.

    Raises
    ------
    PdfError
        In German, if a library of the system is missing.
    """
    fault = pdf_fault()
    if fault:
        raise PdfError(" ".join(fault))
    import weasyprint

    document: Any = weasyprint.HTML(string=html, url_fetcher=_only_data())
    made: bytes = document.write_pdf(pdf_variant="pdf/ua-1")
    return made


def _only_data() -> Any:
    import weasyprint

    return weasyprint.URLFetcher(allowed_protocols=["data"], fail_on_errors=True)
