"""The portal's own envelope of ciphertext: ECDH P-256 with the page's key of the moment, AES-GCM."""

import base64
import binascii
import json
import secrets
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CURVE = ec.SECP256R1()
NONCE_BYTES = 12


class Unreadable(Exception):
    """What came was not sealed with a key of this portal."""


class Cipher:
    """One key pair of a portal."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(CURVE)

    @property
    def public(self) -> str:
        """The public key as pages load it: an uncompressed point in base64."""
        point = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return base64.b64encode(point).decode()

    def open(self, sealed: dict[str, Any]) -> tuple[Any, bytes]:
        """What a page sealed, and the key to answer with. Raises Unreadable."""
        try:
            theirs = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, _bytes(sealed, "key"))
            secret = self._key.exchange(ec.ECDH(), theirs)
            plain = AESGCM(secret).decrypt(_bytes(sealed, "iv"), _bytes(sealed, "data"), None)
            return json.loads(plain), secret
        except (KeyError, TypeError, ValueError, InvalidTag) as error:
            raise Unreadable from error


def seal(value: Any, secret: bytes) -> dict[str, str]:
    """An answer that only the asking page can read."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    data = AESGCM(secret).encrypt(nonce, json.dumps(value, ensure_ascii=False).encode(), None)
    return {"iv": base64.b64encode(nonce).decode(), "data": base64.b64encode(data).decode()}


def _bytes(sealed: dict[str, Any], name: str) -> bytes:
    try:
        return base64.b64decode(sealed[name], validate=True)
    except binascii.Error as error:
        raise ValueError(name) from error
