"""Shapes of a person's own account."""

from pydantic import BaseModel, Field


class AccountDeletion(BaseModel):
    """How far the deletion is."""

    finished: bool = Field(description="False if there is more to delete: repeat the request")
