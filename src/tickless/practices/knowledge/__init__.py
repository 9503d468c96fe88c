"""Knowledge articles and what is made of them. See README.md."""

from tickless.practices.knowledge.answering import Answer, find
from tickless.practices.knowledge.composing import Composer
from tickless.practices.knowledge.library import Library, Reader

__all__ = ["Answer", "Composer", "Library", "Reader", "find"]
