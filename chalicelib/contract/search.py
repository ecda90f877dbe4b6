"""The shape of what a search of administrators finds."""

from pydantic import BaseModel, Field

from chalicelib.contract.broadcasters import Broadcaster
from chalicelib.contract.keys import Key
from chalicelib.contract.nodes import Node
from chalicelib.contract.refusals import Refusal
from chalicelib.contract.streams import FoundStream


class SearchResults(BaseModel):
    """By what the text can be: an id, an address, the end of a key, or words. Each list holds twenty at most."""

    people: list[Broadcaster]
    streams: list[FoundStream] = Field(description="With that id, or from that address; newest first")
    keys: list[Key] = Field(description="With that id, or that end with those characters")
    nodes: list[Node]
    refusals: list[Refusal] = Field(description="Of the last day, from that address; newest first")
    complete: bool = Field(description="False if there are more, or older ones were not looked at")
