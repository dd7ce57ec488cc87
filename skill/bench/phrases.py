"""Length of the skill's phrases: seconds that each variant takes to say."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from pipeline.errors import PipelineError, Reason
from skill.dialog.nlg.phrase_book import PHRASES
from skill.dialog.nlg.speech_length import speech_seconds


class PhraseLength(NamedTuple):
    """One variant of a phrase and the time that it takes."""

    seconds: float
    """Seconds of speech, at the pace of `speech_length`; values that are filled in do not count."""

    name: str
    """Name of the phrase; «refusal.<reason>» for the words of a refusal."""

    text: str
    """The variant as it is written, with its placeholders."""


def measure_phrases() -> list[PhraseLength]:
    """The length of every variant of every phrase, and of every refusal with its advice, the longest first."""
    variants = [(name, text) for name, texts in PHRASES.items() for text in texts]
    refusals = [(f"refusal.{reason}", _refusal(reason)) for reason in Reason]
    found = [PhraseLength(_seconds(text), name, text) for name, text in (*variants, *refusals)]
    return sorted(found, key=lambda one: (-one.seconds, one.name, one.text))


def format_rows(lengths: Iterable[PhraseLength]) -> list[str]:
    """A line for each variant: seconds, name, text."""
    return [f"{one.seconds:5.1f} s  {one.name:20}  {one.text}" for one in lengths]


def _seconds(text: str) -> float:
    return speech_seconds(text.replace("{pause}", "sil <[300]>"))


def _refusal(reason: Reason) -> str:
    known = PipelineError(reason)
    return f"{known.sentence} {known.advice}"
