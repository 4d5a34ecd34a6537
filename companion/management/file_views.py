"""What API and console show of a file."""

from companion.management.wire import Digest
from companion.protocol import FileKind, Id, Millis, Model, Number, Size


class FileOut(Model):
    """A policy or e-policy (电子保单) of a proposal, in the vault under its digest."""

    id: Id
    proposal: Id
    download: Id | None
    """The download that brought it home last."""
    kind: FileKind
    policy_number: Number
    digest: Digest
    size: Size
    filed_at: Millis
