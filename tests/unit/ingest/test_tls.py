"""TLS, sans-IO, against OpenSSL's own client; and certificates that are renewed under way."""

import ssl
from pathlib import Path

import pytest

from ingest_container.net.tls import Certificates, CertificateUnreadable, TlsBroken, TlsLayer
from tests.support.certificates import make_certificate


class Client:
    """The other side: OpenSSL's client, without a socket either."""

    def __init__(self, trusted: Path | None = None, newest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.maximum_version = newest
        if trusted is None:
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        else:
            context.load_verify_locations(trusted)
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.incoming, self.outgoing, server_hostname="localhost")

    def try_handshake(self) -> bool:
        try:
            self.tls.do_handshake()
        except ssl.SSLWantReadError:
            return False
        return True


def shake_hands(server: TlsLayer, client: Client, piece: int = 1 << 20) -> bytes:
    """Bytes go to and fro, at most `piece` to the server at once; what the server got of plaintext meanwhile."""
    plain = b""
    for _ in range(4):
        client.try_handshake()
        sent = client.outgoing.read()
        for start in range(0, len(sent), piece):
            plain += server.receive_data(sent[start : start + piece])
        client.incoming.write(server.data_to_send())
    return plain


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return make_certificate(tmp_path_factory.mktemp("tls"), "localhost")


@pytest.fixture(scope="module")
def certificates(files: tuple[Path, Path]) -> Certificates:
    return Certificates(*files)


@pytest.mark.parametrize("piece", [1, 7, 1 << 20])
@pytest.mark.parametrize("newest", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_what_one_side_says_the_other_reads(
    certificates: Certificates, files: tuple[Path, Path], piece: int, newest: ssl.TLSVersion
) -> None:
    server, client = TlsLayer(certificates.context), Client(files[0], newest)
    shake_hands(server, client, piece)
    said = bytes(range(256)) * 400  # several records
    client.tls.write(said)
    data = client.outgoing.read()
    heard = b"".join(server.receive_data(data[start : start + piece]) for start in range(0, len(data), piece))
    assert heard == said
    server.send_data(b"answer")
    client.incoming.write(server.data_to_send())
    assert client.tls.read(100) == b"answer"
    assert client.tls.version() == {"TLSv1_2": "TLSv1.2", "TLSv1_3": "TLSv1.3"}[newest.name]


def test_what_comes_with_the_end_of_the_handshake_is_not_lost(certificates: Certificates) -> None:
    """An encoder says C0 and C1 at once."""
    server, client = TlsLayer(certificates.context), Client()
    for _ in range(2):
        done = client.try_handshake()
        if not done:
            assert server.receive_data(client.outgoing.read()) == b""
            client.incoming.write(server.data_to_send())
    client.tls.write(b"\x03 and C1")
    assert server.receive_data(client.outgoing.read()) == b"\x03 and C1"


def test_both_ends_say_that_nothing_was_cut_off(certificates: Certificates) -> None:
    server, client = TlsLayer(certificates.context), Client()
    shake_hands(server, client)
    server.close()
    client.incoming.write(server.data_to_send())
    assert client.tls.read(100) == b""  # close_notify, not a broken connection
    client.tls.unwrap()
    assert server.receive_data(client.outgoing.read()) == b""
    assert server.ended


def test_the_last_words_before_the_end_are_heard(certificates: Certificates) -> None:
    server, client = TlsLayer(certificates.context), Client()
    shake_hands(server, client)
    client.tls.write(b"last words")
    with pytest.raises(ssl.SSLWantReadError):
        client.tls.unwrap()
    assert server.receive_data(client.outgoing.read()) == b"last words"
    assert server.ended


def test_closing_before_the_handshake_says_nothing(certificates: Certificates) -> None:
    server = TlsLayer(certificates.context)
    server.close()
    assert server.data_to_send() == b""


@pytest.mark.parametrize(
    "data", [b"\x03" + bytes(1536), b"GET / HTTP/1.1\r\n\r\n", b"\xff" * 100, b"\x16\x03\x01\xff\xff" + bytes(64)]
)
def test_what_is_no_tls_is_told_by_its_reason(certificates: Certificates, data: bytes) -> None:
    server = TlsLayer(certificates.context)
    with pytest.raises(TlsBroken, match=r"^[a-z_0-9 ]+$"):
        server.receive_data(data)


def test_a_changed_record_is_an_end(certificates: Certificates) -> None:
    server, client = TlsLayer(certificates.context), Client()
    shake_hands(server, client)
    client.tls.write(b"media")
    data = bytearray(client.outgoing.read())
    data[-1] ^= 1
    with pytest.raises(TlsBroken):
        server.receive_data(data)


def subject(certificates: Certificates, trusted: Path) -> str:
    """Whom a client that trusts this file meets."""
    server, client = TlsLayer(certificates.context), Client(trusted)
    shake_hands(server, client)
    found = client.tls.getpeercert() or {}
    return str(dict(pair[0] for pair in found["subject"])["organizationName"])  # type: ignore[misc]


def test_a_renewed_certificate_is_taken_on(tmp_path: Path) -> None:
    files = make_certificate(tmp_path, "localhost", organization="old")
    certificates = Certificates(*files)
    assert subject(certificates, files[0]) == "old"
    assert not certificates.reload_if_changed()
    make_certificate(tmp_path, "localhost", organization="new")
    assert certificates.reload_if_changed()
    assert subject(certificates, files[0]) == "new"
    assert not certificates.reload_if_changed()


def test_an_open_connection_outlives_a_renewal(tmp_path: Path) -> None:
    certificates = Certificates(*make_certificate(tmp_path, "localhost"))
    server, client = TlsLayer(certificates.context), Client()
    shake_hands(server, client)
    make_certificate(tmp_path, "localhost")
    assert certificates.reload_if_changed()
    client.tls.write(b"media")
    assert server.receive_data(client.outgoing.read()) == b"media"


def test_files_that_make_no_sense_leave_the_former_certificate_in_use(tmp_path: Path) -> None:
    """A renewal writes two files, one after the other: in between they do not fit."""
    certificate, key = make_certificate(tmp_path, "localhost", organization="old")
    trusted = tmp_path / "trusted.pem"
    trusted.write_bytes(certificate.read_bytes())
    certificates = Certificates(certificate, key)
    new_certificate, new_key = make_certificate(tmp_path / "new", "localhost", organization="new")
    certificate.write_bytes(new_certificate.read_bytes())
    with pytest.raises(CertificateUnreadable, match=r"(?i)key_values_mismatch"):
        certificates.reload_if_changed()
    assert not certificates.reload_if_changed(), "told once"
    assert subject(certificates, trusted) == "old"
    key.write_bytes(new_key.read_bytes())
    assert certificates.reload_if_changed()
    assert subject(certificates, certificate) == "new"
    key.unlink()
    with pytest.raises(CertificateUnreadable):
        certificates.reload_if_changed()
    assert subject(certificates, certificate) == "new"


@pytest.mark.parametrize("content", [None, b"", b"-----BEGIN CERTIFICATE-----\nnonsense\n"])
def test_a_node_does_not_begin_with_files_that_make_no_sense(tmp_path: Path, content: bytes | None) -> None:
    certificate, key = make_certificate(tmp_path, "localhost")
    certificate.unlink() if content is None else certificate.write_bytes(content)
    with pytest.raises(CertificateUnreadable, match=r"certificate\.pem"):
        Certificates(certificate, key)


@pytest.mark.requirement("HI-2")
@pytest.mark.parametrize("newest", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_the_expensive_part_is_over_when_the_client_hello_is_answered(
    certificates: Certificates, files: tuple[Path, Path], newest: ssl.TLSVersion
) -> None:
    server, client = TlsLayer(certificates.context), Client(files[0], newest)
    client.try_handshake()
    hello = client.outgoing.read()
    server.receive_data(hello[:50])
    assert not server.has_signed
    server.receive_data(hello[50:])
    assert server.has_signed


@pytest.mark.requirement("HI-2")
def test_a_hello_that_is_asked_for_again_has_not_been_signed(files: tuple[Path, Path]) -> None:
    """Else a flood could have its signatures first in line, by a hello without a key share that suits."""
    certificates = Certificates(*files)
    certificates.context.set_ecdh_curve("secp521r1")
    server, client = TlsLayer(certificates.context), Client(files[0])
    client.try_handshake()
    server.receive_data(client.outgoing.read())
    retry = server.data_to_send()
    assert retry, "it asks for another key share"
    assert not server.has_signed
    client.incoming.write(retry)
    client.try_handshake()
    server.receive_data(client.outgoing.read())
    assert server.has_signed


@pytest.mark.requirement("HI-2")
def test_what_cannot_be_read_has_not_been_signed(certificates: Certificates) -> None:
    server = TlsLayer(certificates.context)
    with pytest.raises(TlsBroken):
        server.receive_data(b"GET / HTTP/1.1\r\n\r\n")
    assert not server.has_signed
