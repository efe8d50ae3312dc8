"""Twenty tokens at the doors of /jobs: 401 for what says nothing true, 403 for what gives no right."""

from __future__ import annotations

import base64
import json
import time
import uuid

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from app import create_app
from app.config import Settings
from app.setting_values import SettingError
from tests.contract.problems import problem
from tests.stacks import SECRET

DIRECTUS_SECRET = "directus-" + "s" * 32
USER = "de3a4656-5ce0-494f-a5d9-7815151d02ac"
NOW = int(time.time())
CLAIMS = {
    "id": USER,
    "role": str(uuid.uuid4()),
    "app_access": True,
    "admin_access": False,
    "iat": NOW,
    "exp": NOW + 86_000,  # longer than the slowest run of all tests takes from here to these
    "iss": "directus",
}
RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def signed(secret=DIRECTUS_SECRET, algorithm="HS256", headers=None, without=(), **claims):
    kept = {name: value for name, value in (CLAIMS | claims).items() if name not in without}
    return jwt.encode(kept, secret, algorithm=algorithm, headers=headers)


def unsigned():
    head = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').rstrip(b"=").decode()
    body = base64.urlsafe_b64encode(json.dumps(CLAIMS).encode()).rstrip(b"=").decode()
    return f"{head}.{body}."


TOKENS = {
    "none at all": (None, 401),
    "an empty one": ("Bearer ", 401),
    "Basic": ("Basic " + base64.b64encode(b"a:b").decode(), 401),
    "garbage": ("Bearer nonsense", 401),
    "an API key": ("Bearer assay_00000000_" + "x" * 43, 401),
    "a refresh token": ("Bearer " + "r" * 64, 401),
    "alg none": ("Bearer " + unsigned(), 401),
    "HS512 with the right secret": ("Bearer " + signed(algorithm="HS512", secret=DIRECTUS_SECRET * 2), 401),
    "RS256": ("Bearer " + signed(RSA, "RS256"), 401),
    "another secret": ("Bearer " + signed("another-" + "s" * 32), 401),
    "another secret, named by kid": ("Bearer " + signed("a-" + "s" * 32, headers={"kid": "../../dev/null"}), 401),
    "cut off": ("Bearer " + signed()[:-3], 401),
    "expired": ("Bearer " + signed(exp=NOW - 60), 401),
    "without exp": ("Bearer " + signed(without=("exp",)), 401),
    "without iat": ("Bearer " + signed(without=("iat",)), 401),
    "without iss": ("Bearer " + signed(without=("iss",)), 401),
    "another issuer": ("Bearer " + signed(iss="somebody"), 401),
    "issued tomorrow": ("Bearer " + signed(iat=NOW + 86_400, exp=NOW + 90_000), 401),
    "without id, as of a password reset": ("Bearer " + signed(without=("id",), scope="password-reset"), 401),
    "an id that is no user's": ("Bearer " + signed(id="../admin"), 401),
    "a share's": ("Bearer " + signed(share=str(uuid.uuid4())), 403),
    "of a user without access": ("Bearer " + signed(app_access=False), 403),
    "access that is only said": ("Bearer " + signed(app_access="yes"), 403),
    "valid": ("Bearer " + signed(), 200),
    "valid, of an admin": ("Bearer " + signed(app_access=False, admin_access=True), 200),
    "valid, with headers to be passed over": ("Bearer " + signed(headers={"kid": "x", "jku": "http://127.0.0.1/"}), 200),
}  # fmt: skip


@pytest.fixture(scope="module")
def web(postgres_server):
    """The web application in this process."""
    url = postgres_server.url.replace("postgresql://", "postgresql+psycopg2://")
    settings = Settings(secret_key=SECRET, database_url=url, directus_secret=DIRECTUS_SECRET)
    return create_app(settings).test_client()


@pytest.mark.parametrize("name", TOKENS)
def test_a_token_is_what_it_is(web, name):
    header, status = TOKENS[name]
    headers = {"Authorization": header} if header is not None else {}
    shown = web.get(f"/jobs/{uuid.uuid4()}/status", headers=headers)
    made = web.post("/jobs/analysis", json={"product_id": "x"}, headers=headers)
    if status == 200:
        assert (shown.status_code, made.status_code) == (404, 503)  # no such job; no Directus to ask
        return
    for answer in (shown, made):
        assert answer.status_code == status
        assert answer.json["code"] == {401: "unauthorized", 403: "forbidden"}[status]
        assert ("WWW-Authenticate" in answer.headers) == (status == 401)
        assert DIRECTUS_SECRET not in answer.text


def test_no_token_is_valid_where_the_service_has_no_secret(postgres_server):
    url = postgres_server.url.replace("postgresql://", "postgresql+psycopg2://")
    web = create_app(Settings(secret_key=SECRET, database_url=url)).test_client()
    for secret in ("", DIRECTUS_SECRET):
        headers = {"Authorization": "Bearer " + signed(secret or "x" * 32)}
        assert web.get(f"/jobs/{uuid.uuid4()}/status", headers=headers).status_code == 401


def test_a_service_with_a_short_secret_does_not_start():
    with pytest.raises(SettingError, match="DIRECTUS_SECRET needs at least 32 bytes"):
        Settings(secret_key=SECRET, directus_secret="short").check_serving()


def test_a_directus_token_opens_the_file_routes_where_keys_are_demanded(postgres_server):
    url = postgres_server.url.replace("postgresql://", "postgresql+psycopg2://")
    config = Settings(secret_key=SECRET, database_url=url, directus_secret=DIRECTUS_SECRET, auth_mode="keys")
    web = create_app(config).test_client()
    path = f"/api/v1/results/{uuid.uuid4()}"
    assert web.get(path, headers={"Authorization": "Bearer " + signed()}).status_code == 404
    assert web.get(path, headers={"Authorization": "Bearer " + signed(exp=NOW - 60)}).status_code == 401
    assert web.get(path, headers={"Authorization": "Bearer " + signed(share="x")}).status_code == 403


def test_problems_have_the_one_body(web):
    answer = web.get(f"/jobs/{uuid.uuid4()}/status")
    assert answer.content_type == "application/problem+json"
    assert problem is not None
    assert set(answer.json) == {
        "type", "title", "status", "detail", "message", "instance", "request_id", "code", "errors",
    }  # fmt: skip
