"""Services, what they need and what they run on: brought in from files. See README.md."""

from tickless.practices.services.service import ServicesKind, import_services, write_services

__all__ = ["ServicesKind", "import_services", "write_services"]
