"""A folder goes to a real server: every file once, whatever breaks in between."""

import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tamis.cli.host import Host
from tamis.client import Client
from tamis.client import upload as uploading
from tamis.model.errors import Invalid, Unavailable
from tamis.model.image import BadImageReason
from tamis.model.upload import UploadReport
from tamis.server.settings import Settings
from tamis.store.folder import open_folder
from tests.images import corpus

SECRET = "a-secret-for-tests-that-is-long-enough-0123456789"
SERVER = """
import sys
from pathlib import Path
from tamis.cli.host import Host, WebPlace
from tamis.server.settings import Settings
data = Path(sys.argv[1])
host = Host(Settings(data=data, local_secret=sys.argv[2]), data / "run", None, WebPlace("127.0.0.1", 0))
print(host.address.web, flush=True)
sys.stdin.read()
"""


class Watched(httpx.BaseTransport):
    """Counts what was asked for, and may break a request that carries files."""

    def __init__(self, socket: str | None = None) -> None:
        self.inner = httpx.HTTPTransport(uds=socket)
        self.asked: Counter[str] = Counter()
        self.breaks: Callable[[httpx.Request, int], httpx.Response | None] = lambda *_: None
        self._lock = threading.Lock()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        kind = request.url.path.rpartition("/")[2]
        with self._lock:
            self.asked[kind] += 1
            number = self.asked[kind]
        broken = self.breaks(request, number) if kind == "files" else None
        return broken or self.inner.handle_request(request)

    def close(self) -> None:
        self.inner.close()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return open_folder(tmp_path / "data").path


@pytest.fixture(params=[1 << 30])
def socket(data: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    settings = Settings(data=data, local_secret=SECRET, max_upload_bytes=request.param)
    host = Host(settings, data / "run", None)
    yield str(host.address.socket)
    host.stop()


@pytest.fixture
def watched(socket: str) -> Watched:
    return Watched(socket)


@pytest.fixture
def client(watched: Watched) -> Iterator[Client]:
    with Client("http://localhost", SECRET, transport=watched) as client:
        yield client


def write(folder: Path, number: int, first: int = 0) -> dict[str, bytes]:
    """Write small pictures, some of them in a folder below, and return them by name."""
    files = {
        f"{'below/' if seed % 3 == 0 else ''}{seed:03}.jpg": corpus.jpeg(seed=seed)
        for seed in range(first, first + number)
    }
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return files


def check_whole(client: Client, dataset_id: str, files: dict[str, bytes]) -> None:
    """Each file is one sample with its own bytes, and nothing else is there or amiss."""
    samples = list(client.samples(dataset_id))
    assert sorted(sample.file_name for sample in samples) == sorted(files)
    for sample in samples:
        assert client.image(dataset_id, sample.position) == files[sample.file_name]
    assert client.doctor() == []


def sums(report: UploadReport) -> tuple[int, int, int]:
    return report.n_added, report.n_existing, len(report.refused)


def test_a_folder_is_uploaded_with_a_result_for_each_file(client: Client, tmp_path: Path) -> None:
    files = write(tmp_path / "photos", 60)
    broken = list(files)[3::12]
    for name in broken:
        (tmp_path / "photos" / name).write_bytes(files.pop(name)[:300])
    (tmp_path / "photos/.hidden.jpg").write_bytes(corpus.jpeg())
    (tmp_path / "photos/notes.txt").write_bytes(b"not looked at")
    dataset_id = client.create_dataset("photos").id
    seen: list[tuple[int, int]] = []
    report = client.upload(dataset_id, tmp_path / "photos", lambda *done: seen.append(done))
    assert sums(report) == (55, 0, 5)
    assert {one.file_name: one.reason for one in report.refused} == dict.fromkeys(
        broken, BadImageReason.TRUNCATED.value
    )
    assert seen == sorted(seen) and seen[-1] == (60, 60)
    assert report.tag is not None and (report.tag.name, report.tag.n_members) == ("initial-tag", 55)
    assert [job.kind for job in report.jobs] == ["embed"]
    check_whole(client, dataset_id, files)
    assert sorted(problem.file_name for problem in client.problems(dataset_id)) == sorted(broken)


def test_the_second_drop_of_a_folder_sends_no_bytes(client: Client, watched: Watched, tmp_path: Path) -> None:
    files = write(tmp_path / "photos", 40)
    dataset_id = client.create_dataset("photos").id
    first = client.upload(dataset_id, tmp_path / "photos")
    assert watched.asked["files"] == 2  # 32 and 8
    watched.asked.clear()
    again = client.upload(dataset_id, tmp_path / "photos")
    assert watched.asked == {"uploads": 1, "check": 1, "close": 1}
    assert (sums(again), again.tag) == ((0, 40, 0), first.tag)
    check_whole(client, dataset_id, files)


def test_what_was_added_meanwhile_makes_a_child_tag(client: Client, tmp_path: Path) -> None:
    write(tmp_path / "photos", 3)
    dataset_id = client.create_dataset("photos").id
    first = client.upload(dataset_id, tmp_path / "photos")
    write(tmp_path / "photos", 2, first=3)
    second = client.upload(dataset_id, tmp_path / "photos")
    assert sums(second) == (2, 3, 0)
    assert first.tag is not None and second.tag is not None
    assert (second.tag.parent_id, second.tag.n_members) == (first.tag.id, 5)


def test_files_and_folders_may_be_named_one_by_one(client: Client, tmp_path: Path) -> None:
    write(tmp_path / "drive", 3)
    (tmp_path / "single.bin").write_bytes(corpus.jpeg(seed=9))
    dataset_id = client.create_dataset("photos").id
    client.upload(dataset_id, [tmp_path / "drive", str(tmp_path / "single.bin")])
    names = sorted(sample.file_name for sample in client.samples(dataset_id))
    assert names == ["drive/001.jpg", "drive/002.jpg", "drive/below/000.jpg", "single.bin"]
    with pytest.raises(Invalid, match="There is no file or folder"):
        client.upload(dataset_id, tmp_path / "nothing")


def test_names_arrive_exactly(client: Client, tmp_path: Path) -> None:
    names = ['a"b.jpg', "a%22b.jpg", "ein Tag; filename=x.jpg", "фото 🐈.jpg", "+&=?#.jpg", "100%.jpg"]
    files = {name: corpus.jpeg(seed=number) for number, name in enumerate(names)}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    dataset_id = client.create_dataset("photos").id
    assert sums(client.upload(dataset_id, tmp_path)) == (len(names), 0, 0)
    check_whole(client, dataset_id, files)


def test_what_cannot_be_read_here_is_refused_here(client: Client, tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"caf\xe9.jpg")).write_bytes(corpus.jpeg())
    (tmp_path / "gone.jpg").symlink_to("nowhere")
    files = write(tmp_path, 2)
    dataset_id = client.create_dataset("photos").id
    report = client.upload(dataset_id, tmp_path)
    assert {one.file_name: one.reason for one in report.refused} == {
        "caf\\udce9.jpg": "The file name is not in UTF-8. Rename the file.",
        "gone.jpg": "The file cannot be read: No such file or directory.",
    }
    check_whole(client, dataset_id, files)


@pytest.mark.parametrize("socket", [20_000], indirect=True)
def test_a_file_too_large_for_the_server_is_refused_alone(client: Client, tmp_path: Path) -> None:
    files = write(tmp_path, 6)
    (tmp_path / "003 large.jpg").write_bytes(corpus.jpeg(1300, 900))
    dataset_id = client.create_dataset("photos").id
    report = client.upload(dataset_id, tmp_path)
    assert [one.file_name for one in report.refused] == ["003 large.jpg"]
    assert "20000 bytes" in report.refused[0].reason
    check_whole(client, dataset_id, files)


def test_an_answer_that_was_lost_is_asked_for_again(client: Client, watched: Watched, tmp_path: Path) -> None:
    files = write(tmp_path, 40)

    def lose_the_first(request: httpx.Request, number: int) -> httpx.Response | None:
        if number > 1:
            return None
        watched.inner.handle_request(request).close()
        raise httpx.ReadError("the answer was lost")

    watched.breaks = lose_the_first
    dataset_id = client.create_dataset("photos").id
    report = client.upload(dataset_id, tmp_path)
    assert report.n_added + report.n_existing == 40
    check_whole(client, dataset_id, files)


def test_two_uploads_at_once_lose_nothing_and_add_nothing_twice(client: Client, tmp_path: Path) -> None:
    files = write(tmp_path / "both", 40)
    files |= write(tmp_path / "one", 10, first=40) | write(tmp_path / "other", 10, first=50)
    for folder in ("one", "other"):
        write(tmp_path / folder, 40)
    dataset_id = client.create_dataset("photos").id
    reports: list[UploadReport] = []

    def send(folder: str) -> None:
        reports.append(client.upload(dataset_id, tmp_path / folder))

    threads = [threading.Thread(target=send, args=(folder,)) for folder in ("one", "other")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(report.n_added for report in reports) == 60
    assert sum(report.n_existing for report in reports) == 40
    assert [report.refused for report in reports] == [[], []]
    check_whole(client, dataset_id, files)
    assert max(tag.n_members for tag in client.tags(dataset_id)) == 60


class Server:
    """The server in a process of its own, which can be killed."""

    def __init__(self, data: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", SERVER, str(data), SECRET],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().strip()

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


def kill_before(server: Server, transport: Watched, request: httpx.Request) -> httpx.Response | None:
    server.kill()
    return None


def kill_amid(server: Server, transport: Watched, request: httpx.Request) -> httpx.Response | None:
    whole = request.read()

    class Half(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            yield whole[: len(whole) // 2]
            server.kill()
            yield whole[len(whole) // 2 :]

    broken = httpx.Request(request.method, request.url, headers=request.headers, stream=Half())
    return transport.inner.handle_request(broken)


def kill_after(server: Server, transport: Watched, request: httpx.Request) -> httpx.Response | None:
    transport.inner.handle_request(request).read()
    server.kill()
    raise httpx.ReadError("the server was killed")


@pytest.mark.parametrize("kill", [kill_before, kill_amid, kill_after])
def test_a_server_that_was_killed_amid_an_upload_has_it_whole_after_the_next(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kill: Callable[..., httpx.Response | None]
) -> None:
    monkeypatch.setattr(uploading, "BATCH_FILES", 8)
    files = write(tmp_path / "photos", 40)
    server = Server(data)
    transport = Watched()
    transport.breaks = lambda request, number: kill(server, transport, request) if number == 3 else None
    with Client(server.url, SECRET, transport=transport) as client:
        dataset_id = client.create_dataset("photos").id
        with pytest.raises(Unavailable):
            client.upload(dataset_id, tmp_path / "photos")
    server = Server(data)
    with Client(server.url, SECRET) as client:
        report = client.upload(dataset_id, tmp_path / "photos")
        assert (report.n_added + report.n_existing, report.refused) == (40, [])
        check_whole(client, dataset_id, files)
        assert report.tag is not None and report.tag.n_members == 40
    server.kill()
