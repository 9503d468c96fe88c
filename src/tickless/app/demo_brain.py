"""The demo fetches the sentence encoder, and goes on without it when it can't."""

from __future__ import annotations

from rich.console import Console

from tickless.app.brain import encoder_of, fetch_files
from tickless.app.settings import read_settings
from tickless.domain.errors import TicklessError


def prepare_brain(console: Console) -> None:
    """Have the encoder's files where the house will look for them, or say in one line that it goes by words alone."""
    settings = read_settings().brain
    if settings.encoder == "auto" and encoder_of(settings)[0] is None:
        try:
            with console.status("the language brain gets its model …"):
                fetch_files(settings, folder=None, hub=None, again=False, say=lambda text: None)
        except TicklessError as error:
            console.print(f"the language brain goes by words alone: {error.public}", style="dim", soft_wrap=True)
