"""Requests of a broadcaster about their channel."""

from typing import Annotated

from pydantic import Field

from chalicelib.contract.requests.base import RequestModel, WholeNumber, example
from chalicelib.contract.requests.text import Text
from chalicelib.domain import channels as sizes
from chalicelib.domain.channels import Visibility
from chalicelib.domain.takeovers import SecondPublisher

Title = Annotated[str, Text(sizes.MAX_TITLE)]
DisplayName = Annotated[str, Text(sizes.MAX_DISPLAY_NAME, strip=True)]
Description = Annotated[str, Text(sizes.MAX_DESCRIPTION, many_lines=True)]
Category = Annotated[str, Text(sizes.MAX_CATEGORY)]
Tag = Annotated[str, Text(sizes.MAX_TAG, shortest=1, strip=True)]


class ChannelEdit(RequestModel):
    """Fields that are left out stay as they are."""

    model_config = example(title="Friday night speedrun", category="Games", tags=["speedrun"], visibility="public")

    title: Title | None = None
    display_name: DisplayName | None = None
    description: Description | None = None
    category: Category | None = None
    tags: list[Tag] | None = Field(default=None, max_length=sizes.MAX_TAGS)
    visibility: Visibility | None = None
    recording: bool | None = None
    second_publisher: SecondPublisher | None = None


class NewPlaybackToken(RequestModel):
    """`ttl_seconds` is the lifetime of the token, from one minute to one day. `preview`: it plays test streams as well;
    keep it to yourself."""

    model_config = example(ttl_seconds=3600)

    ttl_seconds: WholeNumber = Field(default=3_600, ge=60, le=86_400)
    preview: bool = False


class CredentialsQuery(RequestModel):
    """`reveal=true` asks for the key in plain text."""

    reveal: bool = Field(default=False, strict=False)
