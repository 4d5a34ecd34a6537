"""Plates and VINs as people and portals write them, made comparable."""


def plain(name: str) -> str:
    """A plate or VIN without what is put between its signs."""
    return "".join(name.split()).replace("-", "").replace("·", "").upper()
