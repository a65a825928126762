"""A server behind TLS that asks for a key, as in production: a proxy before the live one."""

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from search.contract import EngineFailed
from search.engines import breaker
from search.engines.elastic import client, indices, operating
from tests.search.feeding.conftest import feed_all, records, remove_indices
from tests.search.feeding.proxies import in_front

pytestmark = [pytest.mark.elasticsearch, pytest.mark.django_db]

KEY = "VnVhQ2ZHY0JDZGJrU4Z5Ni0"


@pytest.fixture(autouse=True)
def _fresh():
    breaker.forget()
    yield
    breaker.forget()


@pytest.fixture
def secured(settings, site, elasticsearch_url, tmp_path):
    """The product's server has a certificate of this authority, and wants the key."""
    settings.ELASTICSEARCH_URL = elasticsearch_url
    settings.ELASTICSEARCH_PREFIX = f"test-secure-{tmp_path.name.replace('_', '-').lower()[:40]}"
    server = client.for_writing()
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate(tmp_path))
    with in_front(settings, unless_known, tls=tls):
        yield str(tmp_path / "authority.pem")
    remove_indices(server, settings.ELASTICSEARCH_PREFIX)


def test_with_key_and_authority_it_is_fed_and_asked(settings, secured, api):
    settings.ELASTICSEARCH_API_KEY, settings.ELASTICSEARCH_CA = KEY, secured
    records(2)

    feed_all()

    answer = api.get("search?q=commande").json()
    assert (answer["engine"], answer["degraded"], answer["count"]) == ("elasticsearch", False, 2)
    assert indices.are_there()


@pytest.mark.parametrize(
    ("key", "is_trusted", "reason"),
    [("", True, "401"), ("Wrong", True, "401"), (KEY, False, "Tls")],
)
def test_without_either_the_embedded_engine_answers(
    settings, secured, api, key, is_trusted, reason
):
    settings.ELASTICSEARCH_API_KEY = key
    settings.ELASTICSEARCH_CA = secured if is_trusted else ""
    records(2)

    feeder = feed_all()

    assert feeder.failures == 1
    with pytest.raises(EngineFailed, match=reason), client.failing():
        client.for_asking().info()
    assert reason in operating.status(at=datetime.now(UTC))["server"]
    answer = api.get("search?q=commande").json()
    assert (answer["engine"], answer["degraded"], answer["count"]) == ("embedded", True, 2)


def unless_known(_path, headers, _body):
    return None if headers.get("Authorization") == f"ApiKey {KEY}" else 401


def certificate(folder):
    """A file with a key and its certificate for this machine, and the authority beside it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Cabestan")])
    at = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(hours=1))
        .not_valid_after(at + timedelta(hours=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    public = made.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (folder / "authority.pem").write_bytes(public)
    (folder / "server.pem").write_bytes(private + public)
    return folder / "server.pem"
