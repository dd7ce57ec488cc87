"""The state of a conversation survives its way through the platform, and any other object is no error."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from skill.dialog.state import DialogState, Question, newer_state, read_state

GESTURES = st.lists(st.sampled_from(["smile", "wink:left:2:0.6:slow", "turn:left", "dance"]), max_size=4).map(tuple)
IDS = st.sampled_from(["job-1", "job-2", "job-3", "job-4", "gone", ""])
STATES = st.builds(
    DialogState,
    st.integers(-1, 39),
    st.sampled_from(Question),
    IDS,
    st.integers(0, 5),
    GESTURES,
    GESTURES,
    st.lists(IDS).map(tuple),
)


@given(STATES)
def test_a_state_survives_the_platform(state: DialogState) -> None:
    again = read_state(json.loads(json.dumps(state.dump())))
    assert again == replace(
        state, claimed=tuple(key for key in state.claimed[-6:] if key), number=max(state.number, -1)
    )


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(), lambda inner: st.lists(inner, max_size=4)
)


@given(
    st.dictionaries(
        st.sampled_from([*DialogState().dump(), "question", "job", "misses", "gestures", "later", "claimed"]), JSON
    )
)
def test_any_state_is_read(state: dict[str, object]) -> None:
    assert json.dumps(read_state(state).dump())


def test_the_state_of_the_later_turn_counts() -> None:
    older, newer = DialogState(3, Question.SEND), DialogState(4)
    assert newer_state(older, newer) is newer_state(newer, older) is newer
    assert newer_state(older, DialogState(3)) is older
