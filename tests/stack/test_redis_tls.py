"""Redis behind TLS with a certificate that nobody signed but itself: pinned, unchecked and said so, or refused."""

from __future__ import annotations

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from app.config import Settings
from app.extensions import make_redis
from tests.stack.tls_relay import make_certificate, tls_before
from tests.stacks import ACCIDENT, SECRET, run_stack, wait_for


@pytest.fixture
def secured(valkey_server, tmp_path):
    """The URL of a TLS listener before the test's Valkey, the file of its certificate, and the certificate."""
    both, pem = make_certificate(tmp_path)
    (tmp_path / "ca.pem").write_text(pem)
    with tls_before(valkey_server.port, both) as port:
        number = valkey_server.url.rpartition("/")[2]
        yield f"rediss://127.0.0.1:{port}/{number}", str(tmp_path / "ca.pem"), pem


def client_of(url, **settings):
    config = Settings(
        secret_key=SECRET, database_url="postgresql+psycopg2://nobody/none", redis_url=url, **settings
    )
    return make_redis(url, config=config)


def test_a_certificate_that_nobody_signed_is_refused(secured):
    url, _, _ = secured
    with client_of(url) as client, pytest.raises(RedisConnectionError, match="CERTIFICATE_VERIFY_FAILED"):
        client.ping()


@pytest.mark.parametrize("form", ["file", "pem"])
def test_a_certificate_that_is_pinned_is_trusted_by_whatever_name(secured, form):
    url, file, pem = secured
    with client_of(url, redis_ca_cert=file if form == "file" else pem) as client:
        assert client.ping()


def test_another_certificate_than_the_pinned_one_is_refused(secured, tmp_path):
    url, _, _ = secured
    _, other = make_certificate(tmp_path, "other.example")
    with (
        client_of(url, redis_ca_cert=other) as client,
        pytest.raises(RedisConnectionError, match="CERTIFICATE"),
    ):
        client.ping()


def test_a_certificate_that_is_not_checked_is_said_loudly(secured, capsys):
    url, _, _ = secured
    with client_of(url, redis_tls_verify="none") as client:
        assert client.ping()
    output = capsys.readouterr().out
    assert "redis_certificate_not_verified" in output
    assert "warning" in output


@pytest.mark.slow("starts all processes of a stack of its own")
def test_the_service_answers_over_a_pinned_certificate(secured, postgres_server, tmp_path):
    url, file, _ = secured
    settings = {"redis_ca_cert": file, "web_concurrency": 1}
    kinds = "web realtime"
    with run_stack(tmp_path, postgres_server.url, url, kinds, served="accidents", **settings) as secure:
        secure.ready_to_answer()
        with secure.client() as client:
            answer = wait_for(
                lambda: (
                    (predicted := client.post("/api/predict/eclo", json=ACCIDENT)).status_code == 200
                    and predicted
                ),
                timeout_s=90,
            )
        assert answer.json()["eclo"] > 0
