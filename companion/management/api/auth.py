"""Who asks: the desk beside us on the socket, any other by its device token."""

from functools import partial

from aiohttp import web

from companion.management import people
from companion.management.api.keys import OFFICE, TRUSTED
from companion.management.api.problems import Refused
from companion.protocol import ErrorCode


async def device_of(request: web.Request) -> str:
    """The id of the calling device. Raises Refused (401)."""
    office = request.app[OFFICE]
    if request.app[TRUSTED]:
        return office.local_device
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    device = None
    if scheme.lower() == "bearer" and token:
        device = await office.database.read(partial(people.device_of, token=token))
    if device is None:
        raise Refused(401, ErrorCode.CALLER_REFUSED, "no valid device token")
    return device
