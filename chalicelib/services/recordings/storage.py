"""Where recordings are kept, as the settings say."""

from functools import lru_cache

from chalicelib.config import RECORDING_OFF, settings
from chalicelib.domain.recording_objects import DOWNLOAD, INDEX, POSTER
from chalicelib.store.objects import Data, ObjectStore, open_store


@lru_cache(maxsize=4)
def _opened(place: str) -> ObjectStore:
    return open_store(place)


def storage() -> ObjectStore | None:
    """None where nothing is recorded."""
    place = settings().recording
    return None if place == RECORDING_OFF else _opened(place)


def url_of(stream_id: str, name: str = INDEX) -> str:
    return f"{settings().recording_base_url}/{stream_id}/{name}"


__all__ = ["DOWNLOAD", "INDEX", "POSTER", "Data", "ObjectStore", "storage", "url_of"]
