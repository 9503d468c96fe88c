"""Q8: intents from few examples and from many, BANKING77, with the sentence encoder and by words alone."""

from __future__ import annotations

from collections.abc import Sequence

from bench.intent_data import data_folder, encoder, fifth, read_split
from bench.report import Bench, Outcome, Task
from tickless.ai import Example
from tickless.ai.encoder import Encoder
from tickless.ai.late import teach


def run(task: Task) -> Outcome:
    """Teach each part, ask the test part (or, without one, a fifth of the training part that was left out)."""
    split = read_split(data_folder(task.data, "intents/banking77"))
    full, held = split.parts["train"], split.parts.get("test", [])
    if not held:
        few = {one.text for name in ("train_5", "train_10") for one in split.parts.get(name, [])}
        full, held = fifth(full)
        held = [one for one in held if one.text not in few]
    parts = {"full": full, "ten_shot": split.parts["train_10"], "five_shot": split.parts["train_5"]}
    figures: dict[str, float] = {}
    model = encoder()
    for name, taught in parts.items():
        task.say(f"  {name}: {len(taught)} sentences are taught, {len(held)} asked")
        for ending, rung in (("", model), ("_by_words", None)):
            figures[name + ending] = accuracy(taught, held, rung)
            task.say(f"  {name}{ending}: {figures[name + ending]:.2f} %")
    return Outcome(
        figures,
        anchors={
            "full, published": "93–94",
            "10-shot: ICDA, CPFT, USE+ConveRT, RoBERTa": "89.8, 87.2, 85.2, 84.3",
            "5-shot: the same": "84.0, 80.9, 77.8, 74.0",
        },
        exposure=(
            "settings were chosen on folds of the training part; the test part was scored during development, and nothing "
            "was chosen by it"
        ),
        data={"asked": len(held), "scored": "test" if "test" in split.parts else "a fifth of train",
              **{name: len(taught) for name, taught in parts.items()}},
    )  # fmt: skip


def accuracy(taught: Sequence[Example], held: Sequence[Example], rung: Encoder | None) -> float:
    """Per cent of `held` whose first guess is right."""
    guesses = teach(taught, encoder=rung).rank_many([one.text for one in held], limit=1)
    return (
        100 * sum(bool(got) and got[0].label == one.label for got, one in zip(guesses, held, strict=True)) / len(held)
    )


BENCH = Bench(
    id="Q8",
    title="intents from few examples (BANKING77)",
    bar={
        "full_min": 94.0,
        "ten_shot_min": 86.0,
        "five_shot_min": 80.0,
        "full_by_words_min": 91.0,
        "ten_shot_by_words_min": 73.0,
        "five_shot_by_words_min": 62.0,
    },
    run=run,
    takes_data=True,
    about=(
        "Accuracy in per cent of the first guess over 77 intents, taught with all training sentences, ten, and five for each "
        "intent; nothing is refused. `by words` is the same brain without the sentence encoder's files."
    ),
)
