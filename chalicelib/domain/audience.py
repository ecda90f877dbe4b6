"""How many watch a stream, as its node counts them."""

from pydantic import BaseModel, ConfigDict, NonNegativeFloat, NonNegativeInt


class Audience(BaseModel):
    """Of one stream at one instant: who watches now, and what came together since it started."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    viewers: NonNegativeInt = 0
    peak_viewers: NonNegativeInt = 0
    watched_s: NonNegativeFloat = 0.0  # seconds watched, of all viewers together
    counted_s: NonNegativeFloat = 0.0  # seconds for which viewers were counted

    @property
    def average_viewers(self) -> float:
        return round(self.watched_s / self.counted_s, 1) if self.counted_s else 0.0

    @property
    def watched_minutes(self) -> float:
        return round(self.watched_s / 60, 1)
