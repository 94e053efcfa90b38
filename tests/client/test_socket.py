"""The client goes through a Unix socket, past any proxy of the environment."""

import socket
import threading
from pathlib import Path

import pytest

from tamis.client import Client

ANSWER = b'HTTP/1.1 200 OK\r\nContent-Length: 12\r\nContent-Type: application/json\r\n\r\n{"items":[]}'


def test_a_request_travels_through_the_socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    path = tmp_path / "s"
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen()
    received: list[bytes] = []

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            received.append(connection.recv(4096))
            connection.sendall(ANSWER)

    thread = threading.Thread(target=serve)
    thread.start()
    with listener, Client(token="secret", socket=path) as client:
        assert list(client.datasets()) == []
        thread.join()
    assert b"authorization: bearer secret" in received[0].lower()
