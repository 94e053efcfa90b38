"""`tamis train`: from a folder to a network that encodes, with what is wrong told in a sentence."""

import json
import os
import signal
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from tamis.cli import training
from tamis.cli.training_source import folder_source
from tamis.encoders import open_encoder
from tamis.learning.backbones import make_backbone
from tamis.learning.checkpoint import find_checkpoint
from tamis.learning.train import Silent, Step
from tamis.model.digest import Json
from tamis.model.errors import Invalid
from tests.cli.conftest import Ran, run

SMALL_SETTINGS = ("input_size=16", "batch_size=8", "threads=1")
SMALL = (
    "--backbone", "small", "--set", "input_size=16", "--set", "batch_size=8", "--set", "threads=1",
    "--steps", "3",
)  # fmt: skip


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two folders of six pictures, red ones and blue ones, and some that no camera takes."""
    folder = tmp_path_factory.mktemp("train") / "photos"
    noise = np.random.default_rng(0)
    for name, color in (("red", (220, 30, 30)), ("blue", (30, 30, 220))):
        (folder / name).mkdir(parents=True)
        for number in range(6):
            low = np.clip(noise.normal(color, 25, (6, 8, 3)), 0, 255).astype(np.uint8)
            Image.fromarray(low).resize((64, 48)).save(folder / name / f"{number}.jpg")
    Image.new("RGB", (1, 1), "red").save(folder / "red" / "one-pixel.png")
    Image.new("L", (3000, 20)).save(folder / "blue" / "wide.png")
    (folder / "red" / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 cut off")
    return folder


def train(photos: Path, *arguments: str | Path) -> Ran:
    return run(photos.parent / "data", "train", photos, *arguments)


@pytest.fixture(scope="module")
def trained(photos: Path) -> tuple[Path, Ran]:
    out = photos.parent / "trained"
    return out, train(photos, *SMALL, "--out", out, "--json")


def test_a_run_leaves_a_network_and_what_came_of_it(trained: tuple[Path, Ran]) -> None:
    out, ran = trained
    told = json.loads(ran.out)
    assert ran.code == 3 and told == json.loads((out / "result.json").read_text())
    assert told["checkpoint"]["step"] == 3 and told["checkpoint"]["n_images"] == 14
    assert [problem["file_name"] for problem in told["problems"]] == ["red/broken.jpg"]
    assert [score["name"] for score in told["scores"]] == ["pixels", "lite0", "trained"]
    assert all(0 <= score["knn"] <= 1 for score in told["scores"])  # the subfolders are the labels
    assert told["helped"] in (True, False) and "points of 5-NN accuracy" in told["sentences"][0]
    assert (out / "progress.png").exists() and "images/s (decode " in ran.err


def test_the_network_encodes_as_an_encoder(trained: tuple[Path, Ran], tmp_path: Path) -> None:
    out, _ = trained
    encoder = open_encoder(f"own:{out}", tmp_path)
    images = np.random.default_rng(0).integers(0, 256, (3, 16, 16, 3), np.uint8)
    vectors = encoder.encode(images)
    assert vectors.shape == (3, encoder.dimension) == (3, 128)
    assert np.array_equal(encoder.encode(images[1:2]), vectors[1:2])
    facts = find_checkpoint(out).facts
    assert encoder.facts().weights == facts.weights and encoder.name == "own:trained"
    with pytest.raises(Invalid, match="of shape"):
        encoder.encode(np.zeros((1, 32, 32, 3), np.uint8))


def test_a_wrong_checkpoint_is_told_from_a_missing_one(trained: tuple[Path, Ran], tmp_path: Path) -> None:
    out, _ = trained
    with pytest.raises(Invalid, match="There is no checkpoint in"):
        open_encoder(f"own:{tmp_path}", tmp_path)
    step = find_checkpoint(out).folder
    facts = json.loads((step / "checkpoint.json").read_text())
    copy = tmp_path / "copy"
    copy.mkdir()
    (copy / "weights.safetensors").write_bytes((step / "weights.safetensors").read_bytes())
    for change, sentence in (
        ({"backbone": "resnet18"}, "not those of a resnet18"),
        ({"dimension": 5}, "says 5"),
    ):
        (copy / "checkpoint.json").write_text(json.dumps(facts | change))
        with pytest.raises(Invalid, match=sentence):
            open_encoder(f"own:{copy}", tmp_path)


def test_a_run_is_not_overwritten_and_goes_on_when_asked(trained: tuple[Path, Ran], photos: Path) -> None:
    out, ran = trained
    refused = train(photos, *SMALL, "--out", out)
    assert refused.code == 2 and "holds a run already. Go on with it by --resume" in refused.err
    other = train(photos, "--steps", "9", "--out", out, "--resume")
    assert other.code == 1 and "was started with other settings" in other.err
    again = train(photos, "--out", out, "--resume", "--json")
    assert json.loads(again.out)["checkpoint"] == json.loads(ran.out)["checkpoint"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--method", "simclear"], "There is no method 'simclear'. There are: "),
        (["--backbone", "tiny"], "There is no backbone 'tiny'. There are: "),
        (["--augmentation", "wild"], "There is no augmentation 'wild'. There are: natural"),
        (["--set", "jitter.hue=2"], "jitter.hue cannot be 2"),
        (["--set", "warmth=2"], "has no parameter 'warmth'"),
        (["--set", "weights=run"], "are named by --weights"),
        (["--set", "temperature=0"], "temperature cannot be 0: it has to be from 0.001 to "),
        (["--set", "crop.max_scale=0.1"], "min_scale is 0.3 and max_scale only 0.1"),
        (["--set", "learning_rate=0"], "learning_rate: "),
        (["--set", "hue"], "--set takes NAME=VALUE"),
        (["--steps", "3", "--epochs", "2"], "exactly one of epochs, steps and minutes"),
        (["--resume"], "There is no run in"),
    ],
)
def test_mistakes_are_told_before_a_file_is_read(
    photos: Path, tmp_path: Path, arguments: list[str], sentence: str
) -> None:
    ran = train(photos, "--out", tmp_path / "run", *arguments)
    assert ran.code == 2 and sentence in ran.err
    assert not (tmp_path / "run").exists()


def test_places_that_cannot_be_used_are_refused(photos: Path, tmp_path: Path) -> None:
    inside = train(photos, "--out", photos / "run")
    assert inside.code == 2 and "among the images" in inside.err
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "novel.txt").write_text("mine")
    assert "is not empty" in train(photos, "--out", tmp_path / "full").err
    assert "is a file" in train(photos, "--out", tmp_path / "full" / "novel.txt").err
    assert "There is no folder" in run(tmp_path / "data", "train", tmp_path / "nothing").err


def test_a_folder_without_images_and_one_without_readable_ones(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    empty = run(tmp_path / "data", "train", folder, *SMALL, "--out", tmp_path / "a")
    assert empty.code == 1 and "There are no images in" in empty.err
    (folder / "bad.jpg").write_bytes(b"no image")
    bad = run(tmp_path / "data", "train", folder, *SMALL, "--out", tmp_path / "b")
    assert bad.code == 1 and "None of the 1 images" in bad.err and "bad.jpg" in bad.err


def test_a_preview_is_drawn_and_nothing_else(photos: Path, tmp_path: Path) -> None:
    ran = train(
        photos, "--preview", tmp_path / "views.png", "--out", tmp_path / "run", "--set", "jitter.hue=0"
    )
    assert ran.code == 0 and ran.out.strip() == str(tmp_path / "views.png")
    with Image.open(tmp_path / "views.png") as picture:
        assert picture.format == "PNG" and picture.width > 300
    assert [path.name for path in tmp_path.iterdir()] == ["views.png"]
    assert "cannot be written" in train(photos, "--preview", tmp_path / "no" / "views.png").err


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_saves_and_the_run_can_go_on(photos: Path, tmp_path: Path, number: signal.Signals) -> None:
    class Report(Silent):
        def step(self, step: Step) -> None:
            if step.number == 3:
                os.kill(os.getpid(), number)

    given: dict[str, Json] = {"backbone": "small", "steps": 100_000}
    order = training.Order(folder_source(photos), tmp_path / "run", given, SMALL_SETTINGS, None)
    before = signal.getsignal(number)
    outcome = training.run(training.prepare(order), lambda: nullcontext(Report()))
    assert outcome.state == "stopped"
    assert 3 <= find_checkpoint(tmp_path / "run").facts.step < 10
    assert signal.getsignal(number) == before


def test_labels_may_come_from_a_file(photos: Path, tmp_path: Path) -> None:
    few, out = tmp_path / "few.csv", tmp_path / "run"
    few.write_text("nobody.jpg,cat\n")
    ran = train(photos, *SMALL, "--out", out, "--labels", few)
    assert ran.code == 1 and "names none of the images" in ran.err and not out.exists()
    few.write_text(
        "".join(f"{color}/{number}.jpg,{color}\n" for color in ("red", "blue") for number in (1, 2))
    )
    ran = train(photos, *SMALL, "--out", out, "--labels", few, "--json")
    assert ran.code == 3 and all(0 <= score["knn"] <= 1 for score in json.loads(ran.out)["scores"])


def test_a_run_that_could_not_begin_is_not_in_the_way(photos: Path, tmp_path: Path) -> None:
    folder, out = tmp_path / "photos", tmp_path / "run"
    folder.mkdir()
    (folder / "1.jpg").write_bytes((photos / "red" / "broken.jpg").read_bytes())
    first = train(folder, *SMALL, "--out", out)
    assert first.code == 1 and "None of the 1 images" in first.err and not out.exists()
    (folder / "2.jpg").write_bytes((photos / "red" / "2.jpg").read_bytes())
    second = train(folder, *SMALL, "--out", out)
    assert second.code == 1 and "at least two images, not 1" in second.err and not out.exists()
    for number in (3, 4):
        (folder / f"{number}.jpg").write_bytes((photos / "red" / f"{number}.jpg").read_bytes())
    assert train(folder, *SMALL, "--out", out).code == 3


def test_without_torch_a_sentence_names_the_extra(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    ran = train(photos, "--out", tmp_path / "run")
    assert ran.code == 1 and 'pip install "tamis[learn]"' in ran.err


def test_published_weights_and_those_of_a_run_are_adapted(
    trained: tuple[Path, Ran], photos: Path, tmp_path: Path
) -> None:
    """Nothing of the first layers is learned anew, and a run that goes on needs the file no longer."""
    published = make_backbone("dinov2-small").state_dict()
    file, out = tmp_path / "dinov2.safetensors", tmp_path / "run"
    save_file(published | {"mask_token": torch.zeros(1, 384)}, file)
    wanted = ("--backbone", "dinov2-small", "--set", "input_size=28", "--set", "threads=1", "--steps", "2")
    ran = train(photos, *wanted, "--weights", file, "--out", out)
    assert ran.code == 3
    checkpoint = find_checkpoint(out)
    assert (checkpoint.facts.method, checkpoint.facts.step) == ("diet", 2)
    learned = checkpoint.weights()
    same = {name for name, tensor in published.items() if torch.equal(tensor, learned[name])}
    assert {"patch_embed.proj.weight", "blocks.5.attn.qkv.weight"} <= same
    assert "blocks.6.attn.qkv.weight" not in same
    file.unlink()
    assert train(photos, "--out", out, "--resume").code == 3

    first, _ = trained
    further = train(photos, *SMALL, "--weights", first, "--out", tmp_path / "further")
    assert further.code == 3
    assert find_checkpoint(tmp_path / "further").facts.settings["weights"] == str(first)


@pytest.mark.parametrize(
    ("backbone", "weights", "sentence"),
    [
        ("dinov2-small", None, "Name a file of its published weights with --weights"),
        ("dinov2-small", "nowhere.safetensors", "There is no file '"),
        ("resnet18", "trained", "holds a small, which a resnet18 cannot begin with"),
        ("small", "photos", "There is no checkpoint in '"),
    ],
)
def test_weights_that_do_not_fit_are_refused_and_nothing_is_in_the_way(
    trained: tuple[Path, Ran], photos: Path, tmp_path: Path, backbone: str, weights: str | None, sentence: str
) -> None:
    given = () if weights is None else ("--weights", photos.parent / weights)
    out = tmp_path / "run"
    ran = train(
        photos, "--backbone", backbone, "--set", "input_size=28", "--steps", "1", *given, "--out", out
    )
    assert ran.code in (1, 2) and sentence in ran.err
    assert not out.exists()


def test_magic_trains_and_curates(photos: Path, tmp_path: Path) -> None:
    out = tmp_path / "chosen.txt"
    data = tmp_path / "data"
    ran = run(
        data, "magic", photos, "--keep", "4", "--epochs", "1", "--backbone", "small",
        "--set", "input_size=16", "--set", "threads=1", "--run", tmp_path / "run", "--out", out, "--json",
    )  # fmt: skip
    assert ran.code == 3 and json.loads(ran.out)["tag"]["name"] == "representative-4"
    assert len(out.read_text().splitlines()) == 4
    by_name = run(data, "train", "photos", "--preview", tmp_path / "views.png")
    assert by_name.code == 0 and (tmp_path / "views.png").exists()
    assert "no dataset 'photo'" in run(data, "train", "photo").err
