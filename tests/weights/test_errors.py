"""Every message is one line, names its subject and says what to do next."""

from __future__ import annotations

from pathlib import Path

import pytest

from weights import errors

FILE = Path("/models/liveportrait/pack.json")
MESSAGES: list[tuple[errors.WeightsError, str, str]] = [  # error, its subject, the next step
    (errors.ManifestError("models.first", "no licence"), "models.first", "mend weights/manifest.toml"),
    (errors.UnknownModel("frist", ["second", "first"]), "'frist'", "first, second"),
    (errors.MissingWeights("first", FILE), "'first'", "run `ozhivi weights build`"),
    (errors.MissingWeights("third", FILE, "more"), "'third'", "run `ozhivi weights build --with more`"),
    (errors.UnknownExtra("mroe", ["more"]), "'mroe'", "there is more"),
    (errors.HashMismatch("model 'first'", "a" * 64, "b" * 64, "run it again"), "model 'first'", "run it again"),
    (errors.FetchFailed("human 3.3.6", "no answer"), "human 3.3.6", "check the network"),
    (errors.ConversionFailed("first", "KeyError: 'x'"), "'first'", "pyproject.toml"),
    (errors.StoreFailed(FILE, "Permission denied"), str(FILE), "OZHIVI_WEIGHTS"),
    (
        errors.LivePortraitMissing("liveportrait_frame", "ozhivi weights add"),
        "liveportrait_frame",
        "ozhivi weights add",
    ),
    (errors.ExtraMissing("ozhivi weights add"), "torch", "pip install '.[export]'"),
    (errors.DownloadFailed("motion.pth", "HTTP 404"), "motion.pth", "--from"),
    (errors.CheckpointMissing("motion.pth", FILE.parent), "motion.pth", "give the folder"),
    (errors.BadCheckpoint(FILE, "it is no zip"), str(FILE), "bring the official file anew"),
    (errors.ParityMismatch("first", "feature by 0.1"), "first differs from torch", "try again"),
]


def test_every_error_is_here() -> None:
    assert {type(error) for error, _, _ in MESSAGES} == set(errors.WeightsError.__subclasses__())


@pytest.mark.parametrize(("error", "subject", "advice"), MESSAGES, ids=[type(row[0]).__name__ for row in MESSAGES])
def test_a_message_is_a_line_with_a_subject_and_advice(error: errors.WeightsError, subject: str, advice: str) -> None:
    text = str(error)
    assert "\n" not in text and subject in text and advice in text
