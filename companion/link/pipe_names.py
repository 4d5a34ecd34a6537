"""What a named pipe of ours is called and who may use it, as plain text: testable on every system."""


def pipe_name(path: str) -> str:
    r"""The pipe that stands for the socket at `path`, in Windows' one namespace `\\.\pipe\`.

    The file's name is made of a hash of the desk's whole path, so two desks and two users never meet.
    """
    name = path.replace("\\", "/").rpartition("/")[2]
    return rf"\\.\pipe\chudan.{name}"


def rights_of(sid: str) -> str:
    """Full rights for the user with this security id and for nobody else (SDDL), inheriting nothing (P)."""
    return f"D:P(A;;GA;;;{sid})"
