"""What can be asked of the service: another wish on a photo that is deleted, when it will be done, everything gone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipeline.run import Wish
from skill.animations import GoneError
from skill.jobs.model import Done, JobState, Refusal
from skill.jobs.queue_limits import TooManyJobsError
from skill.media.store import MediaError
from tests.skill.conftest import Assembled

pytestmark = pytest.mark.asyncio


async def test_another_wish_is_done_on_the_first_frame_of_the_clip(assembled: Assembled, tmp_path: Path) -> None:
    asked = await assembled.ask("anna", Wish(face="left", long_side=320, turn=90))
    first = await assembled.finish(asked)
    again = await assembled.animations.again(first.id, Wish(gestures=("smile",), seed=7))
    assert (again.user, again.state) == ("anna", JobState.WAITING)
    assert again.wish == Wish(gestures=("smile",), seed=7, face="left", long_side=320)
    assert again.source not in {key for _, key in first.results}
    await assembled.store.fetch(again.source, tmp_path / "source")
    assert (tmp_path / "source").read_bytes() == b"poster"
    assert list(assembled.folder.iterdir()) == []
    assert (await assembled.animations.again(first.id, Wish(gestures=("smile",), seed=7))).id == again.id
    assert len(await assembled.keys()) == 3  # the one that joined left no second photo
    await assembled.finish(again)
    third = await assembled.animations.again(again.id, Wish(face="right"))
    assert third.wish.face == "right"


async def test_of_a_restored_photo_another_wish_is_done_on_what_it_was(assembled: Assembled, tmp_path: Path) -> None:
    asked = await assembled.ask("anna", Wish(restore="auto"))
    first = await assembled.finish(asked, mp4=b"clip", jpg=b"poster", still=b"still", before=b"as it came")
    links = {link.format: link.download for link in await assembled.animations.links(first)}
    assert "ozhivi-still.jpg" in links["still"]
    plain = await assembled.animations.again(first.id, Wish(restore="off"))
    assert (plain.id, plain.wish.restore) != (first.id, "auto")
    await assembled.store.fetch(plain.source, tmp_path / "source")
    assert (tmp_path / "source").read_bytes() == b"as it came"


async def test_what_was_asked_of_the_photo_itself_joins_unless_it_was_turned(assembled: Assembled) -> None:
    straight = await assembled.finish(await assembled.ask("anna", Wish(gestures=("nod",))))
    assert (await assembled.animations.again(straight.id, Wish(gestures=("nod",)))).id == straight.id
    turned = await assembled.finish(await assembled.ask("anna", Wish(turn=180)))
    assert (await assembled.animations.again(turned.id, Wish(gestures=("nod",)))).id != straight.id


async def test_of_what_is_not_there_there_is_no_again(assembled: Assembled) -> None:
    again, wish = assembled.animations.again, Wish(gestures=("smile",))
    waiting = await assembled.ask("anna")
    with pytest.raises(GoneError):
        await again(waiting.id, wish)
    with pytest.raises(GoneError):
        await again("no such job", wish)
    done = await assembled.finish(waiting)
    for _, key in done.results:
        await assembled.store.delete(key)
    with pytest.raises(GoneError):
        await again(done.id, wish)
    without = await assembled.finish(await assembled.ask("boris"), mp4=b"clip")
    with pytest.raises(GoneError):
        await again(without.id, wish)
    assert list(assembled.folder.iterdir()) == []


async def test_the_answer_to_a_question_takes_the_photo_itself(assembled: Assembled) -> None:
    asked = await assembled.ask("anna", Wish(long_side=320, turn=90))
    await assembled.queue.lease("w", 30.0)
    await assembled.queue.finish(asked.id, "w", Refusal("several_faces"))
    answer = await assembled.animations.again(asked.id, Wish(face="left"))
    assert (answer.source, answer.digest) == (asked.source, asked.digest)
    assert answer.wish == Wish(face="left", long_side=320, turn=90)
    assert (await assembled.animations.again(asked.id, Wish(face="left"))).id == answer.id


async def test_the_limit_of_a_user_holds_whoever_asks(assembled: Assembled) -> None:
    done = await assembled.finish(await assembled.ask("anna"))
    for number in range(3):
        await assembled.animations.again(done.id, Wish(seed=number + 1))
    kept = await assembled.keys()
    with pytest.raises(TooManyJobsError):
        await assembled.animations.again(done.id, Wish(seed=9))
    with pytest.raises(TooManyJobsError):
        await assembled.ask("anna", digest="another photo")
    assert await assembled.keys() == kept


async def test_it_is_told_when_a_job_will_be_done(assembled: Assembled) -> None:
    first, second = await assembled.ask("anna"), await assembled.ask("boris")
    soon, late = [await assembled.animations.estimate(job.id) for job in (first, second)]
    assert 0 == soon.begins < soon.ends <= late.begins < late.ends
    await assembled.finish(first)
    assert (await assembled.animations.estimate(first.id)).ends == 0.0
    assert (await assembled.animations.estimate("no such job")).ends == 0.0


async def test_a_job_whose_clips_would_not_go_can_be_deleted_again(
    assembled: Assembled, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = await assembled.finish(await assembled.ask("anna"))

    async def down(_: object, key: str) -> None:
        raise MediaError("the store is down")

    with monkeypatch.context() as broken:
        broken.setattr(type(assembled.store), "delete", down)
        with pytest.raises(MediaError):
            await assembled.animations.forget("anna")
    assert await assembled.animations.get(done.id) == done
    assert await assembled.animations.forget("anna") == 1
    assert await assembled.keys() == set()


async def test_a_photo_of_two_jobs_stays_for_the_other(assembled: Assembled) -> None:
    first = await assembled.ask("anna")
    other = await assembled.queue.put("boris", first.source, Wish(), digest="d")
    assert await assembled.animations.delete(first.id)
    assert await assembled.keys() == {first.source}
    assert await assembled.animations.delete(other.id)
    assert await assembled.keys() == set()
    assert not await assembled.animations.delete(other.id)


async def test_every_take_of_a_photo_goes_also_one_that_another_machine_makes(assembled: Assembled) -> None:
    first = await assembled.finish(await assembled.ask("anna", Wish(turn=90), digest="granny"))
    second = await assembled.finish(await assembled.ask("anna", Wish(turn=90, seed=1), digest="granny"))
    spoken = await assembled.animations.again(first.id, Wish(gestures=("smile",)))
    other = await assembled.ask("anna", digest="another photo")
    strange = await assembled.ask("boris", digest="granny")
    assert [job.id for job in await assembled.animations.takes("anna", [first.id])] == [first.id, second.id, spoken.id]
    running = await assembled.queue.lease("another machine", 30.0)
    assert running is not None and running.id == spoken.id
    assert await assembled.animations.delete_takes("anna", [first.id]) == 3
    assert await assembled.keys() == {other.source, strange.source}
    assert [job.id for job in await assembled.queue.of("anna")] == [other.id]
    assert not await assembled.queue.finish(spoken.id, "another machine", Done((("mp4", "clip"),)))
    assert await assembled.animations.delete_takes("anna", [first.id]) == 0


async def test_a_wish_that_comes_while_its_photo_is_deleted_is_deleted_too(
    assembled: Assembled, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, put = await assembled.finish(await assembled.ask("anna")), assembled.store.put

    async def late(*args: Any, **kwargs: Any) -> str:
        """The poster is fetched, the new job is not there yet: now all takes are deleted."""
        await assembled.animations.delete_takes("anna", [first.id])
        return await put(*args, **kwargs)

    monkeypatch.setattr(assembled.store, "put", late)
    with pytest.raises(GoneError):
        await assembled.animations.again(first.id, Wish(gestures=("nod",)))
    assert (await assembled.keys(), await assembled.queue.of("anna")) == (set(), [])
