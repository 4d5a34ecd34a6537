"""Local sockets: private, replaced when stale, refused when anybody else could have made them."""

import os
import socket
import stat
from pathlib import Path

import pytest

from companion.home import Home
from companion.link import unix_socket as pipe
from companion.link.pipe_errors import PipeError, PipeInUseError


def dead_socket(path: Path) -> None:
    """What a killed daemon leaves behind: a name that nobody serves."""
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind(str(path))


def test_socket_and_folder_are_the_users_alone(tmp_path: Path) -> None:
    path = tmp_path / "runtime" / "chudan" / "a.desk"
    with pipe.listen(path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_whatever_the_users_umask_is(tmp_path: Path) -> None:
    before = os.umask(0o002)
    try:
        home = Home(tmp_path / "desk", {"XDG_RUNTIME_DIR": str(tmp_path / "run")}).create()
        with pipe.listen(home.desk_socket):
            assert stat.S_IMODE(home.runtime.parent.stat().st_mode) == 0o700
    finally:
        os.umask(before)


def test_a_dead_servers_socket_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a.desk"
    dead_socket(path)
    with pipe.listen(path), pipe.connect(path, timeout=1) as client:
        assert pipe.peer_uid(client) == os.getuid()


def test_a_live_servers_socket_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.desk"
    with pipe.listen(path):
        with pytest.raises(PipeInUseError):
            pipe.listen(path)
        pipe.connect(path, timeout=1).close()


def test_a_file_in_the_way_is_not_deleted(tmp_path: Path) -> None:
    path = tmp_path / "a.desk"
    path.write_text("somebody's letter")
    with pytest.raises(PipeError, match="no socket"):
        pipe.listen(path)
    assert path.read_text() == "somebody's letter"


def test_a_path_too_long_is_refused_before_the_kernel_cuts_it(tmp_path: Path) -> None:
    with pytest.raises(PipeError, match="longer than 107"):
        pipe.listen(tmp_path / ("x" * 120))


def test_a_folder_that_others_can_write_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    with pytest.raises(PipeError, match="open to other users"):
        pipe.listen(tmp_path / "chudan" / "a.desk")


def test_a_folder_of_another_user_is_refused(tmp_path: Path) -> None:
    folder = Path("/usr")
    if os.getuid() == 0:
        folder = tmp_path / "chudan"
        folder.mkdir()
        os.chown(folder, 65534, 65534)
    with pytest.raises(PipeError, match=r"another user|other users"):
        pipe.listen(folder / "a.desk")
    assert not (folder / "a.desk").exists()


def test_no_server_and_dead_server_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        pipe.connect(tmp_path / "a.desk", timeout=1)
    dead_socket(tmp_path / "a.desk")
    with pytest.raises(ConnectionRefusedError):
        pipe.connect(tmp_path / "a.desk", timeout=1)
