"""The report of a school: one page that holds every number with its source, and its PDF."""

from stadtlabor.report.pdf import PdfError, pdf, pdf_fault
from stadtlabor.report.result import Result, make

__all__ = ["PdfError", "Result", "make", "pdf", "pdf_fault"]
