"""What a page sends and is sent, and what it complains about."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Page, Response, WebSocket


@dataclass
class Traffic:
    """What went over the wire, and what the page complained about."""

    answers: list[Response] = field(default_factory=list)
    frames: list[str] = field(default_factory=list)
    urls: list[str] = field(default_factory=list)
    page_loads: int = 0
    errors: list[str] = field(default_factory=list)

    def answers_holding(self, text: str) -> list[str]:
        """Paths of the answers that hold the text; "websocket" for a message."""
        found = [urlsplit(answer.url).path for answer in self.answers if text in answer.text()]
        return found + ["websocket" for frame in self.frames if text in frame]


def listen(page: Page) -> Traffic:
    """From now on, for as long as the page is open."""
    traffic = Traffic()

    def follow(socket: WebSocket) -> None:
        traffic.urls.append(socket.url)
        socket.on("framereceived", lambda frame: traffic.frames.append(str(frame)))

    def count_load(_: Page) -> None:
        traffic.page_loads += 1

    def keep_complaint(text: str) -> None:
        if "Content Security Policy" in text:
            traffic.errors.append(text)

    def keep_answer(answer: Response) -> None:
        if answer.request.resource_type in ("fetch", "xhr"):
            traffic.answers.append(answer)

    page.on("request", lambda request: traffic.urls.append(request.url))
    page.on("response", keep_answer)
    page.on("pageerror", lambda error: traffic.errors.append(str(error)))
    page.on("console", lambda message: keep_complaint(message.text))
    page.on("domcontentloaded", count_load)
    page.on("websocket", follow)
    return traffic
