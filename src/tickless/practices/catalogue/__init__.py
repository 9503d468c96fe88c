"""The catalogue: what people can ask for, in their own language."""

from tickless.practices.catalogue.core import sentence, shelves_for
from tickless.practices.catalogue.service import import_catalogue, write_catalogue

__all__ = ["import_catalogue", "sentence", "shelves_for", "write_catalogue"]
