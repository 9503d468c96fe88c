"""HTML → PDF, by WeasyPrint where it is installed (extra `pdf`). Nothing is loaded from anywhere: no picture, no font, no style
from an address, so that a page cannot make the house ask for one."""

from __future__ import annotations

from importlib import util

MEND = "install the extra `pdf` (`pip install 'tickless[pdf]'`) and Debian's libpango-1.0-0 and libpangoft2-1.0-0"


class NoPdf(Exception):
    """PDFs cannot be made here. The text says what is missing."""


def can_make_pdf() -> bool:
    """Whether the library is there; what it needs of the system shows with the first page."""
    return util.find_spec("weasyprint") is not None


def as_pdf(html: str) -> bytes:
    """The page on paper. Raises `NoPdf`."""
    try:
        from weasyprint import HTML  # a second to load, and optional
        from weasyprint.urls import URLFetcher
    except ImportError as error:
        raise NoPdf("PDFs need WeasyPrint") from error
    except OSError as error:
        raise NoPdf("WeasyPrint does not find Pango") from error
    made: bytes = HTML(string=html, url_fetcher=URLFetcher(allowed_protocols=())).write_pdf()
    return made
