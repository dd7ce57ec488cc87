"""`ozhivi animate` and `demo`: the wish they make of options, and the whole way with real models."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner

from pipeline.limits import RESTORE_PARTS
from pipeline.run import Wish
from skill.cli.main import app
from skill.demo_portrait import astronaut
from tests.skill.cli.fake_pipeline import FakePipeline
from tests.small_portrait import SIDE, small_portrait
from weights.store import WeightStore

runner = CliRunner()


def test_a_photo_is_all_it_takes(pipeline: FakePipeline, photo: str) -> None:
    done = runner.invoke(app, ["animate", photo])
    assert done.exit_code == 0, done.output
    assert pipeline.wish == Wish()
    assert Path("granny-ozhivi.mp4").read_bytes() == b"clip"
    assert "Готово: granny-ozhivi.mp4" in done.stdout
    assert "640×480, 4 с, 25 кадров в секунду" in done.stdout


def test_every_option_reaches_the_wish(pipeline: FakePipeline, photo: str) -> None:
    options = "--motion idle --gesture smile,Wink --gesture nod --seconds 5 --fps 30 --face left --format gif,webp"
    done = runner.invoke(
        app,
        [
            "animate",
            photo,
            *options.split(),
            "--seed",
            "7",
            "--long-side",
            "800",
            "--turn",
            "90",
            "-o",
            "a.gif",
            "--adult",
            "--camera",
            "drift",
        ],
    )
    assert done.exit_code == 0, done.output
    assert pipeline.wish == Wish(
        "idle", ("smile", "wink", "nod"), 5.0, 30, 7, "left", ("gif", "webp"), 800, 90, adult=True, camera="drift"
    )


@pytest.mark.parametrize(
    ("out", "formats"), [("a.gif", ("gif",)), ("a", ("mp4",)), ("b.MP4", ("mp4",)), ("a.1944", ("mp4",))]
)
def test_the_file_says_its_format(pipeline: FakePipeline, photo: str, out: str, formats: tuple[str, ...]) -> None:
    assert runner.invoke(app, ["animate", photo, "-o", out]).exit_code == 0
    assert pipeline.wish is not None
    assert pipeline.wish.formats == formats


def test_many_gestures_make_a_longer_loop(pipeline: FakePipeline, photo: str) -> None:
    done = runner.invoke(app, ["animate", photo, "--gesture", "turn:left,turn:right,nod"])
    assert done.exit_code == 0, done.output
    assert pipeline.wish is not None
    assert 5 < pipeline.wish.seconds <= 6


def test_each_face_may_have_a_movement_of_its_own(pipeline: FakePipeline, photo: str) -> None:
    done = runner.invoke(app, ["animate", photo, "--gesture", "1@smile,right-1@wink:left,2@doze"])
    assert done.exit_code == 0, done.output
    assert (pipeline.wish.gestures, pipeline.wish.face) == (("1@smile", "right-1@wink:left", "2@doze"), None)


def test_json_is_one_object_and_nothing_else(pipeline: FakePipeline, photo: str) -> None:
    done = runner.invoke(app, ["animate", photo, "--json", "--format", "mp4,gif"])
    assert done.stderr == ""
    assert json.loads(done.stdout) == {
        "ok": True,
        "files": {"mp4": "granny-ozhivi.mp4", "gif": "granny-ozhivi.gif"},
        "size": [640, 480],
        "frames": 100,
        "fps": 25,
        "seconds": 4.0,
        "faces": 2,
        "left_out": 0,
        "restored": [],
        "moods": [],
        "chosen": [2],
        "straightened": False,
        "timings": {"decode": 0.01, "animate": 1.2346},
        "figures": {"moved": 3.21},
    }


@pytest.mark.parametrize(
    ("given", "file"), [("old.png", "old.png"), ("old.jpeg", "old.jpeg"), (".", "granny-still.jpg")]
)
def test_the_restored_photo_is_a_file_of_its_own(pipeline: FakePipeline, photo: str, given: str, file: str) -> None:
    done = runner.invoke(app, ["animate", photo, "--still", given, "--motion", "idle,gaze", "--json"])
    assert done.exit_code == 0, done.output
    assert pipeline.wish is not None and pipeline.wish.restore == "auto"
    assert [clip["files"].get("still") for clip in json.loads(done.stdout)["clips"]] == [file, None]
    assert Path(file).read_bytes() == b"still"


def test_what_was_restored_is_said_once(pipeline: FakePipeline, photo: str) -> None:
    asked = ["animate", photo, "--restore", "auto", "--motion", "idle,gaze", "--force"]
    nothing = runner.invoke(app, asked).stdout
    pipeline.restored = RESTORE_PARTS
    everything = runner.invoke(app, asked).stdout
    assert nothing.count("Подправлять нечего: снимок остался как есть.") == 1
    assert everything.count("Снимок подправлен: царапины и трещины закрыты, зерно и растр сглажены, ") == 1
    assert everything.count("догадка") == 2  # the colour's, and the small face's details
    assert "одправл" not in runner.invoke(app, ["animate", photo, "--force"]).stdout


@pytest.mark.parametrize("wish", ["", "bogus", "off,auto"])
def test_an_unknown_restoration_is_named(pipeline: FakePipeline, photo: str, wish: str) -> None:
    done = runner.invoke(app, ["animate", photo, "--restore", wish, "--json"])
    answer = json.loads(done.stdout)
    assert done.exit_code == 2 and pipeline.wish is None
    assert answer["sentence"] == "Так подправить снимок я не умею."
    assert "--restore" in answer["detail"]


def test_several_motions_make_a_clip_each(pipeline: FakePipeline, photo: str) -> None:
    done = runner.invoke(
        app, ["animate", photo, "--motion", "nostalgia,idle", "--motion", "idle", "-o", "a.gif", "--json"]
    )
    assert done.exit_code == 0, done.output
    clips = json.loads(done.stdout)["clips"]
    assert [(clip["motion"], clip["files"]) for clip in clips] == [
        ("nostalgia", {"gif": "a-nostalgia.gif"}),
        ("idle", {"gif": "a-idle.gif"}),
    ]
    assert sorted(path.name for path in Path().iterdir()) == ["a-idle.gif", "a-nostalgia.gif", "granny.jpg"]
    spoken = runner.invoke(app, ["animate", photo, "--motion", "nostalgia,idle"])
    assert spoken.stdout.count("Готово: granny-ozhivi-") == 2


@pytest.mark.parametrize(
    "options",
    [
        ["--motion", "nostalgia,idle", "--gesture", "smile"],
        ["--gesture", "moonwalk"],
        ["--gesture", "0@smile"],
        ["--motion", "dance"],
        ["--motion", "dance", "--seconds", "3"],
        ["--seconds", "9"],
        ["--seconds", "nan"],
        ["--fps", "24"],
        ["--face", "0"],
        ["--face", "uncle"],
        ["--turn", "45"],
        ["--camera", "handheld"],
        ["--still", "old.tiff"],
        ["--for", "cinema"],
        ["--format", "avi"],
        ["-o", "nowhere/clip.mp4"],
        ["--seed", "-1"],
        ["--gesture", "turn:left,turn:right,nod", "--seconds", "2"],
    ],
)
def test_wrong_usage_is_told_before_any_work(pipeline: FakePipeline, photo: str, options: list[str]) -> None:
    done = runner.invoke(app, ["animate", photo, *options])
    assert done.exit_code == 2, done.output
    assert done.stdout == ""
    assert done.stderr
    assert pipeline.wish is None


def test_a_photo_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    assert runner.invoke(app, ["animate", str(tmp_path / "none.jpg")]).exit_code == 2


def test_astronaut_comes_alive(built_weights: WeightStore, tmp_path: Path) -> None:
    """The whole way, on a real portrait, with nothing faked."""
    photo, clip = tmp_path / "astronaut.png", tmp_path / "clip.mp4"
    photo.write_bytes(astronaut())
    options = [
        "--seconds",
        "2",
        "--long-side",
        "384",
        "--format",
        "gif",
        "--for",
        "messenger",
        "--sheet",
        str(tmp_path / "sheet.png"),
    ]
    done = runner.invoke(app, ["animate", str(photo), "-o", str(clip.with_suffix("")), "--json", *options])
    assert done.exit_code == 0, done.output
    answer = json.loads(done.stdout)
    assert (answer["size"], answer["frames"], answer["faces"], answer["chosen"]) == ([384, 384], 50, 1, [1])
    assert set(answer["timings"]) == {"decode", "faces", "filters", "motion", "animate", "finish", "encode"}
    assert all(Path(path).stat().st_size > 10_000 for path in answer["files"].values())
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "astronaut.png",
        "clip-messenger.mp4",
        "clip.gif",
        "sheet.png",
    ]
    landscape = tmp_path / "grey.png"
    landscape.write_bytes(photo.read_bytes()[:500])
    refused = runner.invoke(app, ["animate", str(landscape), "--json"])
    assert (refused.exit_code, json.loads(refused.stdout)["reason"]) == (3, "broken_file")


@pytest.fixture(scope="module")
def two_people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The astronaut twice, the second time in a mirror."""
    picture = Image.open(BytesIO(small_portrait()))
    both = Image.new("RGB", (2 * SIDE, SIDE))
    both.paste(picture, (0, 0))
    both.paste(picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT), (SIDE, 0))
    path = tmp_path_factory.mktemp("people") / "two.png"
    both.save(path)
    return path


def test_of_several_people_one_is_asked_for(built_weights: WeightStore, two_people: Path) -> None:
    spoken = runner.invoke(app, ["animate", str(two_people)])
    assert spoken.exit_code == 3
    words = "На фотографии несколько лиц: 2. Выберите, кого оживить: --face N, где N от 1 до 2, слева направо"
    assert words in spoken.stderr
    answer = json.loads(runner.invoke(app, ["animate", str(two_people), "--json"]).stdout)
    assert answer["reason"] == "several_faces"
    assert [face["number"] for face in answer["faces"]] == [1, 2]
    assert all(set(face) == {"number", "left", "top", "width", "height"} for face in answer["faces"])
    left, right = answer["faces"]
    assert 0 < left["left"] < left["left"] + left["width"] < 0.5 < right["left"] < right["left"] + right["width"] < 1
    assert all(0 < face["top"] < face["top"] + face["height"] < 1 for face in answer["faces"])


def test_a_face_that_is_not_there(built_weights: WeightStore, two_people: Path, tmp_path: Path) -> None:
    """Who asks for the ninth of one or two faces hears how many there are, not that there is none."""
    alone = tmp_path / "alone.png"
    alone.write_bytes(small_portrait())
    for photo, count, words in (
        (alone, 1, "На фотографии одно лицо, номера 9 нет. Уберите --face или напишите --face 1."),
        (two_people, 2, "На снимке только два человека. Номера 9 среди них нет. Выберите, кого оживить: --face N"),
    ):
        spoken = runner.invoke(app, ["animate", str(photo), "--face", "9"])
        assert spoken.exit_code == 3
        assert words in spoken.stderr
        answer = json.loads(runner.invoke(app, ["animate", str(photo), "--face", "9", "--json"]).stdout)
        assert len(answer["faces"]) == count
    middle = runner.invoke(app, ["animate", str(two_people), "--face", "middle"])
    assert "На снимке два человека, посередине никого нет. Выберите, кого оживить: --face N" in middle.stderr
    assert sorted(tmp_path.iterdir()) == [alone]


def test_nobody_is_there(built_weights: WeightStore, tmp_path: Path) -> None:
    wall = tmp_path / "wall.png"
    Image.new("RGB", (300, 300), "#a87").save(wall)
    answer = json.loads(runner.invoke(app, ["animate", str(wall), "--face", "9", "--json"]).stdout)
    assert (answer["reason"], "faces" in answer) == ("no_face", False)


def test_demo_makes_its_folder_and_overwrites_by_force_alone(
    built_weights: WeightStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert (
        runner.invoke(app, ["demo"]).stdout
        == "Готово, посмотрите:\n  out/demo.mp4\n  out/demo.gif\n  out/demo-sheet.png\n"
    )
    made = {path.name: path.stat().st_ino for path in Path("out").iterdir()}
    assert sorted(made) == ["demo-sheet.png", "demo.gif", "demo.mp4"]
    assert runner.invoke(app, ["demo"]).exit_code == 2
    assert {path.name: path.stat().st_ino for path in Path("out").iterdir()} == made
    assert runner.invoke(app, ["sheet", "out/demo.gif", "-o", "."]).stdout == "Готово: demo-sheet.png\n"
