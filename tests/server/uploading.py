"""An upload as a test drives it, down to the bytes of its forms."""

import hashlib
from collections.abc import Iterator
from typing import Any

import httpx

BOUNDARY = "a-boundary"
FORM = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}


def form(*files: tuple[bytes, bytes]) -> bytes:
    """A form, byte by byte as it is sent: neither names nor contents are escaped."""
    parts = [
        b'--%s\r\nContent-Disposition: form-data; name="files"; filename="%s"\r\n'
        b"Content-Type: image/jpeg\r\n\r\n%s\r\n" % (BOUNDARY.encode(), name, content)
        for name, content in files
    ]
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


class Uploading:
    """An upload to a dataset of its own."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http
        self.dataset_id = http.post("/api/datasets", json={"name": "uploaded"}).json()["id"]
        self.open()

    def open(self) -> None:
        answer = self.http.post(f"/api/datasets/{self.dataset_id}/uploads", json={})
        assert answer.status_code == 201
        self.path = f"/api/datasets/{self.dataset_id}/uploads/{answer.json()['id']}"

    def post(self, content: bytes | Iterator[bytes]) -> httpx.Response:
        return self.http.post(f"{self.path}/files", content=content, headers=FORM)

    def send(self, *files: tuple[str, bytes]) -> list[dict[str, Any]]:
        answer = self.post(form(*((name.encode(), content) for name, content in files)))
        assert answer.status_code == 200, answer.text
        results: list[dict[str, Any]] = answer.json()["results"]
        return results

    def check(self, **files: bytes) -> dict[str, Any]:
        listed = [
            {
                "file_name": name,
                "size_bytes": len(content),
                "sha256": hashlib.sha256(content).hexdigest(),
            }
            for name, content in files.items()
        ]
        answer = self.http.post(f"{self.path}/check", json={"files": listed})
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def close(self) -> dict[str, Any]:
        closed: dict[str, Any] = self.http.post(f"{self.path}/close").json()
        return closed

    def counts(self) -> dict[str, Any]:
        upload = self.http.get(self.path).json()
        return {name: upload[name] for name in ("state", "n_added", "n_existing", "n_refused")}

    def names(self) -> list[str]:
        listed = self.http.get(f"/api/datasets/{self.dataset_id}/samples?limit=1000").json()
        return [sample["file_name"] for sample in listed["items"]]

    def problems(self) -> dict[str, str]:
        listed = self.http.get(f"/api/datasets/{self.dataset_id}/problems?limit=1000").json()
        return {problem["file_name"]: problem["reason"] for problem in listed["items"]}
