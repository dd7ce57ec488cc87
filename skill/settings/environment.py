"""Environment variables that begin with OZHIVI_: all that there are, so that a misspelt one is noticed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

from skill.settings.messages import PREFIX, WrongSettings

CONFIG: Final = f"{PREFIX}CONFIG"
"""The variable that names the TOML file."""

FILE: Final = "_FILE"
"""The end of a variable that names the file with a secret instead of holding it."""
_READ_ELSEWHERE: Final = ("CONFIG", "WEIGHTS")  # the latter, the folder of the models, by weights.store
_OF_TESTS: Final = re.compile(r"TEST_\w+|FUZZ|FUZZ_SEED")
# for a service of the name ozhivi, Kubernetes and Docker's links put addresses into every container beside it
_OF_CONTAINERS: Final = re.compile(r"SERVICE_(HOST|PORT)(_\w+)?|PORT_\d+_(TCP|UDP|SCTP)(_\w+)?")


def check_names(variables: Iterable[str], settings: Iterable[str], secrets: Iterable[str] = ()) -> None:
    """Refuse a variable of ours that nobody reads.

    Args:
        variables: names of all environment variables, of whatever program.
        settings: names of the settings, without the prefix.
        secrets: those of them that may be named by a file.

    Raises:
        WrongSettings: there is one; the message names the nearest that exists.
    """
    known = {*(name.upper() for name in settings), *_READ_ELSEWHERE}
    known |= {f"{name.upper()}{FILE}" for name in secrets}
    for variable in sorted(variables):
        name = variable.upper().removeprefix(PREFIX)
        if not variable.upper().startswith(PREFIX) or name in known:
            continue
        if not _OF_TESTS.fullmatch(name) and not _OF_CONTAINERS.fullmatch(name):
            raise WrongSettings(f"{variable}: {no_such_setting(name, known, PREFIX)}")


def no_such_setting(name: str, known: Iterable[str], prefix: str = "") -> str:
    """The end of the message about a name that nobody reads: which one was probably meant.

    Args:
        name: the name, without a prefix.
        known: all names that there are, without a prefix.
        prefix: of the name that is recommended.
    """
    nearest = get_close_matches(name, sorted(known), n=1)
    advice = f"did you mean {prefix}{nearest[0]}?" if nearest else "all of them are described in docs/service.md"
    return f"there is no such setting; {advice}"
