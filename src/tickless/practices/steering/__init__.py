"""What leadership assumes, and what people say of maturity where no data can show it."""

from tickless.practices.steering.core import KNOWN, Setting, shown_value
from tickless.practices.steering.service import answer_question, assume, assumed, claim, forget

__all__ = ["KNOWN", "Setting", "answer_question", "assume", "assumed", "claim", "forget", "shown_value"]
