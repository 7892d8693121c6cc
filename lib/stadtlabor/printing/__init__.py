"""Pages become PDFs; as a process of its own (``python -m stadtlabor.printing``) for services."""

from stadtlabor.printing.pdf import PdfError, pdf, pdf_fault

__all__ = ["PdfError", "pdf", "pdf_fault"]
