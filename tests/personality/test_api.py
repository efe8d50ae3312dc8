"""Pictures and clips of faces through the real API."""

from __future__ import annotations

import pytest
from PIL import Image

from app.personality.wording import NOTICE, TRAITS
from tests.contract.problems import problem
from tests.personality.asking import PERSONALITY, ended, predict, predict_batch
from tests.personality.faces import CASES, FACE, needs_faces
from tests.personality.pictures import clip, encoded, quarters
from tests.servers import ask as ask_database
from tests.stacks import wait_for_state

NEVER = ("race", "gender", "age", "orientation", "politic", "attractive", "identity", "embedding", "landmark")


def picture(seed: int = 0) -> bytes:
    """Return a picture without a face; each seed is another file."""
    image = quarters(320, 240)
    image.putpixel((0, 0), (seed % 256, seed // 256 % 256, 7))
    return encoded(image, "PNG")


def test_a_picture_is_answered_in_one_round_trip(client):
    answer = predict(client, picture(1), "a.png", method="middle")
    assert answer.status_code == 200, answer.text
    body = answer.json()
    (only,) = body["files"]
    (face,) = only["faces"]
    assert (body["status"], body["cached"], only["kind"], face["face"]) == ("completed", False, "image", None)
    assert set(face["traits"]) == set(TRAITS)
    for trait in face["traits"].values():
        assert 0 <= trait["low"] <= trait["value"] <= trait["high"] <= 1
    assert body["notice"] == NOTICE
    assert only["coverage"] == {"asked": 1, "decoded": 1, "with_face": 1}


@needs_faces
def test_a_face_is_found_and_nothing_is_said_of_who_it_is(client):
    answer = predict(client, FACE.read_bytes())
    assert answer.status_code == 200, answer.text
    (face,) = answer.json()["files"][0]["faces"]
    assert face["face"] == 1
    assert face["box"] == pytest.approx([172, 123, 136, 154], abs=30)
    assert not [word for word in NEVER if word in str(face["traits"]).lower() + str(list(face)).lower()]


@pytest.mark.parametrize("consent", [None, "false", "", "yes", "1"])
def test_without_consent_nothing_is_judged(client, consent):
    refused = problem(predict(client, picture(2), "a.png", consent=consent), 422, "consent_required")
    assert refused["errors"][0]["field"] == "consent"


@pytest.mark.parametrize(
    "purpose",
    ["hiring", "Dating", "credit scoring", "police work", "visa decisions", "insurance", "education"],
)
def test_a_purpose_that_decides_over_people_is_refused(client, purpose):
    problem(predict(client, picture(3), "a.png", purpose=purpose), 422, "purpose_refused")


def test_another_purpose_is_no_obstacle(client):
    assert predict(client, picture(4), "a.png", purpose="art project", method="middle").status_code == 200


def test_options_that_cannot_be_are_named(client):
    refused = problem(
        predict(client, picture(5), "a.png", frames="first", tta="perhaps"), 422, "invalid_fields"
    )
    assert {row["field"] for row in refused["errors"]} == {"frames", "tta"}


def test_a_picture_without_a_face_says_what_would_help(client):
    refused = problem(predict(client, picture(6), "a.png"), 422, "no_face")
    assert "method=middle" in refused["detail"]


@pytest.mark.parametrize(
    ("name", "content", "status", "code"),
    [
        ("a.mp4", encoded(Image.new("RGB", (40, 30)), "JPEG"), 415, "type_mismatch"),
        ("a.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>", 415, "unsupported_media_type"),
        ("a.mp4", b"#EXTM3U\nfile:///etc/passwd\n", 415, "unsupported_media_type"),
        ("a.png", b"", 422, "empty_file"),
        ("a.jpg", encoded(Image.effect_noise((90, 90), 90), "JPEG")[:2000], 422, "truncated"),
    ],
    ids=["family", "svg", "playlist", "empty", "cut"],
)
def test_what_cannot_be_read_is_refused_with_its_code(client, name, content, status, code):
    problem(predict(client, content, name), status, code)


def test_a_bomb_is_refused_and_the_worker_lives(client):
    from tests.personality.test_images import large_webp, png

    for content in (png(30000, 30000, 8, 2, b"\0"), large_webp()):
        problem(predict(client, content, "a.png"), 422, "too_many_pixels")
    assert predict(client, picture(7), "a.png", method="middle").status_code == 200


def test_a_clip_is_accepted_and_answered_later(client, tmp_path):
    path = clip(tmp_path / "a.mp4", [quarters(320, 240)] * 30)
    accepted = predict(client, path.read_bytes(), "a.mp4", method="middle", frames="3")
    assert accepted.status_code == 202
    assert accepted.headers["Location"] == accepted.json()["links"]["self"]
    (only,) = ended(client, accepted).json()["files"]
    assert (only["kind"], len(only["frames"])) == ("video", 3)
    assert only["coverage"] == {"asked": 3, "decoded": 3, "with_face": 3}
    assert [frame["t"] for frame in only["frames"]] == sorted(frame["t"] for frame in only["frames"])
    assert only["faces"][0]["t"] is None


def test_a_clip_may_be_waited_for(client, tmp_path):
    path = clip(tmp_path / "a.mp4", [quarters(320, 240)] * 5)
    answer = predict(client, path.read_bytes(), "a.mp4", method="middle", headers={"Prefer": "wait=10"})
    assert answer.status_code == 200
    assert answer.headers["Preference-Applied"] == "wait=10"


def test_each_picture_of_a_batch_has_its_own_outcome(client, tmp_path):
    movie = clip(tmp_path / "a.mp4", [quarters(64, 48)] * 3).read_bytes()
    files = [
        ("a.png", picture(8)),
        ("b.txt", b"words"),
        ("c.mp4", movie),
        ("d.png", picture(9)),
        ("e.png", b""),
    ]
    answer = predict_batch(client, files, method="middle")
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert [(each["file"], (each["error"] or {}).get("code")) for each in body["files"]] == [
        ("a.png", None),
        ("b.txt", "unsupported_media_type"),
        ("c.mp4", "unsupported"),
        ("d.png", None),
        ("e.png", "empty_file"),
    ]
    assert body["coverage"] == {"total": 5, "done": 2, "failed": 3, "skipped": 0}


def test_a_batch_takes_fifty_pictures_and_no_more(client):
    files = [(f"{n}.png", picture(100 + n)) for n in range(51)]
    problem(predict_batch(client, files, method="middle"), 422, "invalid_fields")
    assert len(ended(client, predict_batch(client, files[:50], method="middle")).json()["files"]) == 50


def test_uploads_are_judged_through_the_file_routes(client):
    upload = client.post(
        "/api/v1/upload/file", files={"file": ("a.png", picture(10))}, data={"system": "personality"}
    )
    assert upload.status_code == 201, upload.text
    wish = {"upload_id": upload.json()["upload_id"]}
    refused = client.post("/api/v1/process/start", json={**wish, "options": {}})
    problem(refused, 422, "consent_required")
    options = {"consent": True, "method": "face+middle"}
    started = client.post("/api/v1/process/start", json={**wish, "options": options})
    assert started.status_code == 202, started.text
    job_id = started.json()["job_id"]
    wait_for_state(client, job_id, "succeeded")
    shown = client.get(f"/api/v1/results/{job_id}").json()
    assert shown["coverage"] == {"total": 1, "done": 1, "failed": 0, "skipped": 0}
    assert [row["face"] for row in shown["rows"]] == ["none"]
    table = client.get(f"/api/v1/results/{job_id}", params={"format": "csv"}).text.splitlines()
    assert table[0].startswith("file,kind,face,t,openness,")
    assert len(table) == 2


def test_predictions_are_listed_newest_first(client):
    made = [
        predict(client, picture(20 + n), "a.png", method="middle").json()["prediction_id"] for n in range(3)
    ]
    page = client.get(f"{PERSONALITY}/predictions", params={"limit": 2}).json()
    assert [each["prediction_id"] for each in page["predictions"]] == [made[2], made[1]]
    more = client.get(f"{PERSONALITY}/predictions", params={"limit": 1, "cursor": page["next_cursor"]}).json()
    assert more["predictions"][0]["prediction_id"] == made[0]


def test_a_request_sent_again_with_its_key_makes_one_prediction(client):
    headers = {"Idempotency-Key": "face-1", "Cache-Control": "no-store"}
    first = predict(client, picture(30), "a.png", method="middle", headers=headers).json()
    again = predict(client, picture(30), "a.png", method="middle", headers=headers).json()
    assert first["prediction_id"] == again["prediction_id"]
    problem(
        predict(client, picture(31), "a.png", method="middle", headers=headers), 422, "idempotency_key_reused"
    )


@needs_faces
def test_private_metadata_stays_behind(client, running_stack, postgres_server):
    answer = predict(client, (CASES / "14-metadata" / "gps.jpg").read_bytes(), "gps.jpg")
    assert answer.status_code == 200
    job_id = answer.json()["prediction_id"]
    rows = ask_database(
        postgres_server, f"SELECT answer::text FROM personality_impressions WHERE job_id = '{job_id}'"
    )
    assert "ASSAYCANARY" not in answer.text + str(rows)
    for log in running_stack.folder.glob("*.log"):
        assert "ASSAYCANARY" not in log.read_text(errors="replace")


@needs_faces
def test_what_moved_each_trait_is_drawn_and_goes_with_the_prediction(client):
    answer = predict(client, FACE.read_bytes(), "other.jpg", explain="true")
    assert answer.status_code == 200, answer.text
    overlays = answer.json()["overlays"]
    assert len(overlays) == len(TRAITS)
    drawn = [client.get(path) for path in overlays]
    assert {each.headers["Content-Type"] for each in drawn} == {"image/png"}
    assert len({each.content for each in drawn}) == len(TRAITS), "each trait has a picture of its own"
    assert all(each.content.startswith(b"\x89PNG") for each in drawn)
    problem(client.get(overlays[0].rpartition("/")[0] + "/race"), 404, "not_found")
    assert client.delete(answer.json()["links"]["self"]).json()["left"]["overlays"] == 0
    problem(client.get(overlays[0]), 404, "not_found")
