"""Services, what they need and what they run on: from files and from what systems know of them. See README.md."""

from tickless.practices.services.service import ServicesKind, import_services, write_services

__all__ = ["ServicesKind", "import_services", "write_services"]
