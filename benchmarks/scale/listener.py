"""`python -m benchmarks.scale.listener`: prints its port, then answers as `@connections` does for open WebSockets."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Connections(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def _answer(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        pass


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Connections)
    print(server.server_address[1], flush=True)
    server.serve_forever()
