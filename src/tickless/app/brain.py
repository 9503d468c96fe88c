"""The language brain of a house: which rung of the ladder it stands on, and its files, by the settings."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path

from tickless.ai import Brain, Example, build_brain
from tickless.ai.encoder import ModelFiles, OnnxEncoder
from tickless.ai.encoder.store import MODEL_NAME
from tickless.ai.several import parts_of
from tickless.app.settings import BrainSettings
from tickless.domain.runbook import Runbook
from tickless.doors.cli.host import BrainFound, BrainGuess, BrainPart, BrainStatus

_WHY = {
    "no packages": "the packages that run the sentence encoder are not installed",
    "no files": "the sentence encoder's files are not there",
    "damaged": "the sentence encoder's files are damaged",
}
_MEND = {"no packages": "pip install 'tickless[brain]'", "no files": "tickless brain fetch",
         "damaged": "tickless brain fetch --again"}  # fmt: skip


def files_of(settings: BrainSettings) -> ModelFiles:
    """Where this house's encoder lies, or would."""
    return ModelFiles(settings.folder)


def encoder_of(settings: BrainSettings) -> tuple[OnnxEncoder | None, str]:
    """The sentence encoder; or None and why there is none."""
    if settings.encoder == "off":
        return None, "the settings switch the sentence encoder off"
    files = files_of(settings)
    state = files.state()
    if state != "ready":
        return None, _WHY[state]
    return _loaded(files, settings.threads, (files.hashes() or {})[files.model.name]), ""


@lru_cache(maxsize=2)
def _loaded(files: ModelFiles, threads: int, sha256: str) -> OnnxEncoder:
    """One encoder for everything in this process, so that a brain is taught anew without loading the model again."""
    return OnnxEncoder(files, threads=threads)


def brain_of(settings: BrainSettings, runbooks: Iterable[Runbook], *, extra_examples: Iterable[Example] = ()) -> Brain:
    """A brain on the highest rung there is, taught by what ships, by these runbooks and by `extra_examples`."""
    encoder, without = encoder_of(settings)
    rejection = settings.in_scope_rejection
    return build_brain(runbooks, extra_examples=extra_examples, encoder=encoder, without=without, rejection=rejection)


def fetch_files(
    settings: BrainSettings, *, folder: Path | None, hub: str | None, again: bool, say: Callable[[str], None]
) -> None:
    """Get the encoder's files (`ai.fetch.fetch` says what is raised), and read the shipped examples for a quick first start."""
    from tickless.ai.fetch import fetch
    from tickless.ai.teaching import shipped_examples

    files = files_of(settings)
    fetch(files, folder=folder, hub=hub or settings.hub, say=say, again=again)
    OnnxEncoder(files).encode([example.text for example in shipped_examples()], keep=True)


def status_of(settings: BrainSettings) -> BrainStatus:
    """Which rung it stands on and what would lift it. Reads the files, teaches nothing."""
    files = files_of(settings)
    state = files.state()
    off = settings.encoder == "off"
    ready = state == "ready" and not off
    return BrainStatus(
        rung="embedding" if ready else "lexical",
        model=MODEL_NAME,
        folder=str(files.folder),
        state=state,
        sha256=(files.hashes() or {}).get(files.model.name),
        why="" if ready else "the settings switch it off" if off else _WHY[state],
        mend="" if ready or off else _MEND[state],
    )


def try_brain(brain: Brain, text: str) -> BrainFound:
    """What the brain makes of a text, by itself: no records, no conversation, no rules."""
    parts = tuple(
        BrainPart(
            text=part.text,
            guesses=tuple(BrainGuess(one.label, one.confidence, one.evidence) for one in brain.rank(part.text)),
            refused=not part.sure,
        )
        for part in parts_of(text, brain)
    )
    return BrainFound(brain=brain.name, version=brain.version, threshold=brain.threshold, parts=parts)
