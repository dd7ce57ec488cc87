"""What the filters leave room for, as the conversation asks it."""

from __future__ import annotations

from dataclasses import replace

from pipeline.run import Wish
from skill.dialog.ports import Appeals
from skill.jobs.model import Job

_APPEAL = "child.appeal"  # filters.policy: refused as a minor, and not far below eighteen


class PersonsWord(Appeals):
    """A person may say that a refused adult is an adult; the wish carries the word, the filters weigh it."""

    def allowed(self, job: Job) -> bool:
        return job.reason == _APPEAL

    def of_age(self, wish: Wish) -> Wish:
        return replace(wish, adult=True)
