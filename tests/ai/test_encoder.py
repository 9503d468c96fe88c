"""Vectors of meaning: of length one, the same every time, near for what means the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickless.ai.encoder import ModelFiles, OnnxEncoder
from tickless.ai.encoder.remembered import MOST, key_of, read_vectors, write_vectors


def test_what_means_the_same_is_near_and_what_does_not_is_far(encoder: OnnxEncoder) -> None:
    locked, same, other = encoder.encode(
        ["my account is locked", "i am locked out of my user", "a good place for pizza"]
    )
    assert float(locked @ same) > 0.6
    assert float(locked @ other) < 0.2


def test_a_sentence_has_the_same_vector_whatever_is_read_beside_it(
    encoder: OnnxEncoder, model_files: ModelFiles
) -> None:
    alone = encoder.encode(["reset my password"])[0]
    beside = OnnxEncoder(model_files).encode(["reset my password", "a much longer sentence about something else " * 20])
    assert np.array_equal(alone, beside[0])


def test_case_and_invisible_characters_change_nothing(encoder: OnnxEncoder) -> None:
    plain, odd = encoder.encode(["unlock my account", "UNLOCK my\u200b acc\u00adount"])
    assert np.array_equal(plain, odd)


@given(text=st.text(st.characters(codec=None), max_size=3_000))
def test_any_text_has_a_vector_of_length_one(encoder: OnnxEncoder, text: str) -> None:
    vector = encoder.encode([text])[0]
    assert abs(float(vector @ vector) - 1) < 1e-3


def test_what_was_kept_is_there_after_a_restart(model_files: ModelFiles, encoder: OnnxEncoder) -> None:
    kept = encoder.encode(["a sentence that is taught"], keep=True)[0]
    memory = read_vectors(model_files.folder / f"sentences-{encoder.version}.npz")
    assert np.array_equal(memory[key_of("a sentence that is taught")], kept)


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04 broken"])
def test_a_damaged_memory_is_an_empty_one(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "memory.npz").write_bytes(content)
    assert read_vectors(tmp_path / "memory.npz") == {}


def test_the_memory_forgets_the_oldest(tmp_path: Path) -> None:
    vectors = {key_of(str(number)): np.full(2, number, dtype=np.float32) for number in range(MOST + 5)}
    write_vectors(tmp_path / "memory.npz", vectors)
    memory = read_vectors(tmp_path / "memory.npz")
    assert len(memory) == MOST
    assert key_of("0") not in memory
    assert memory[key_of(str(MOST))][0] == MOST
