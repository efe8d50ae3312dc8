"""Seeding a Directus: all rows or none, whatever the line and the server do meanwhile."""

from __future__ import annotations

import pytest

from tests.documents.conftest import EMAIL, PASSWORD, faults_of, tree
from tests.documents.runs import Run, run  # noqa: F401 - a fixture
from workers.documents.directus import preflight
from workers.documents.directus.faults import AuthFault, DirectusFault, ItemTooLarge, SchemaFault
from workers.documents.directus.items import Items
from workers.documents.directus.journal import DONE, UNDONE
from workers.documents.directus.plan import SEEDED, make_plan
from workers.documents.directus.rows import rows_of
from workers.documents.directus.seeding import SeedingFailed, end_open_runs
from workers.documents.directus.tokens import Credentials

KINDS = ("segment", "benefit", "limit", "condition", "exclusion")


def test_pages_are_as_short_as_directus_allows(directus, run):
    directus.store.most_rows = 7  # QUERY_LIMIT_MAX: more is a 400 since 11
    run().seed(tree(limits=30))
    assert directus.counts()["limit"] == 30
    assert run().seed(tree(limits=30)).summary()["insert"]["limit"] == 0
    assert run().clean()["deleted"]["limit"] == 30


def test_a_tree_becomes_rows_that_hang_on_their_parents(directus, run):
    seeding = run()
    seeding.seed(tree(limits=3))
    assert directus.counts() == {"segment": 1, "benefit": 1, "limit": 3, "condition": 2, "exclusion": 1}
    (segment,), (benefit,) = directus.rows("segment"), directus.rows("benefit")
    assert benefit["insurance_dcm_segment"] == segment["id"]
    limit = next(row for row in directus.rows("limit") if row["limit_name"] == "Gerät 1")
    assert (limit["limit_value"], limit["limit_unit"], limit["per"]) == ("1001.00000", "CHF", ["event"])
    assert (limit["insurance_dcm_benefit"], limit["dcm_product"]) == (benefit["id"], directus.product_id)
    assert {row["run_id"] for kind in KINDS for row in directus.rows(kind)} == {str(seeding.journal.run_id)}
    assert seeding.journal.state() == DONE
    assert directus.rows("exclusion")[0]["is_included"] is False


def test_the_same_tree_again_makes_no_row_twice(directus, run):
    run().seed(tree())
    before = {kind: directus.rows(kind) for kind in KINDS}
    plan = run().seed(tree())
    assert plan.insert == ()
    assert {kind: directus.rows(kind) for kind in KINDS} == before


def test_a_later_run_replaces_what_it_does_not_say_any_more(directus, run):
    run().seed(tree(first_value=1000))
    later = run()
    later.seed(tree(first_value=1001))  # Gerät 0 is now 1001 CHF, and so on
    values = {row["limit_name"]: row["limit_value"] for row in directus.rows("limit")}
    assert values == {"Gerät 0": "1001.00000", "Gerät 1": "1002.00000", "Gerät 2": "1003.00000"}
    assert directus.counts()["benefit"] == 1


def test_reads_go_on_to_the_last_row_under_a_silent_cap(directus, run, proxy):
    with proxy(directus.url, faults_of("directus-silent-cap")) as capped:
        seeding = run(url=capped.url)
        seeding.seed(tree(limits=250))
        assert directus.counts()["limit"] == 250
        mine = {"run_id": {"_eq": str(seeding.journal.run_id)}}
        assert len(Items(seeding.client).read("insurance_dcm_limit", mine, [])) == 250
        assert seeding.clean()["deleted"]["limit"] == 250
    assert set(directus.counts().values()) == {0}
    assert directus.store.rows["dcm_product"]


def test_keys_that_are_numbers_are_read_by_key(directus, run):
    directus.store.collections["insurance_dcm_limit"]["id"] = "integer"
    directus.store.rows["insurance_dcm_limit"] = {
        str(n): {"id": n, "run_id": "x", "validated_by_human": None} for n in range(1200)
    }
    rows = run().seeder.items.read("insurance_dcm_limit", SEEDED, [])
    assert sorted(int(row["id"]) for row in rows) == list(range(1200))


def test_one_refresh_serves_all_requests_that_met_an_expired_token(directus, run, proxy):
    faults = faults_of("directus-token-expires-midway")
    with proxy(directus.url, faults) as expiring:
        seeding = run(url=expiring.url, credentials=Credentials(email=EMAIL, password=PASSWORD))
        seeding.seed(tree(limits=450, conditions=20))
        calls = expiring.calls()
    assert (directus.counts()["limit"], directus.counts()["condition"]) == (450, 20)
    expired = {call["auth"] for call in calls if call["fault"] == "expired"}
    refreshes = [call for call in calls if call["path"] == "/auth/refresh"]
    assert len(refreshes) == len(expired) > 1
    assert {call["status"] for call in refreshes} == {200}


def test_credentials_that_are_refused_end_in_directus_auth(directus, run):
    with pytest.raises(AuthFault) as refused:
        run(credentials=Credentials(email=EMAIL, password="wrong")).seed(tree())
    assert refused.value.code == "directus_auth"
    asked = [path for _, path, _ in directus.store.calls if path.startswith("/auth/")]
    assert asked == ["/auth/login"]


def test_a_refused_refresh_leads_to_one_login(directus, run):
    seeding = run(credentials=Credentials(email=EMAIL, password=PASSWORD))
    seeding.client.get("/users/me")
    directus.store.refresh_tokens.clear()
    directus.store.secret = "another-" + "s" * 32  # the access token is worthless from now on
    seeding.seed(tree())
    asked = [path for _, path, _ in directus.store.calls if path.startswith("/auth/")]
    assert asked == ["/auth/login", "/auth/refresh", "/auth/login"]


def test_batches_are_halved_where_a_body_is_too_large(directus, run, proxy):
    with proxy(directus.url, faults_of("directus-413") | {"max_body": 20_000}) as narrow:
        run(url=narrow.url).seed(tree(limits=400))
        calls = narrow.calls()
    assert directus.counts()["limit"] == 400
    refused = [call["bytes"] for call in calls if call["status"] == 413]
    assert refused
    assert all(call["bytes"] <= 20_000 for call in calls if call["status"] == 200)


def test_an_item_that_is_too_large_alone_fails_its_run_by_name(directus, run, proxy):
    giant = "Nicht versichert sind " + ", ".join(f"Sache {n}" for n in range(10_000)) + "."
    with proxy(directus.url, faults_of("directus-413")) as narrow:
        seeding = run(url=narrow.url)
        with pytest.raises(ItemTooLarge) as refused:
            seeding.seed(tree(limits=400, quote=giant))
        calls = narrow.calls()
    assert (refused.value.code, "Gerät 0" in refused.value.detail) == ("item_too_large", True)
    assert set(directus.counts().values()) == {0}
    assert seeding.journal.state() == UNDONE
    large = [call["bytes"] for call in calls if call["bytes"] > 100_000]
    assert len(large) == len(set(large)) >= 1


def test_a_batch_whose_answer_is_lost_is_not_stored_twice(directus, run, proxy):
    faults = {"drop_answer_of": faults_of("directus-lost-answer")["drop_answer_of"]}
    with proxy(directus.url, faults) as lossy:
        run(url=lossy.url).seed(tree(limits=250))
    names = [row["limit_name"] for row in directus.rows("limit")]
    assert len(names) == len(set(names)) == 250


def test_a_refused_batch_takes_back_the_whole_run(directus, run, proxy):
    with proxy(directus.url, faults_of("directus-lost-answer")) as failing:
        seeding = run(url=failing.url)
        with pytest.raises(SeedingFailed) as failed:
            seeding.seed(tree(limits=250))
        statuses = [call["status"] for call in failing.calls() if call["method"] == "DELETE"]
    assert set(directus.counts().values()) == {0}
    assert "insurance_dcm_condition" in failed.value.detail
    assert "500" in failed.value.detail
    assert statuses[0] == 503
    assert seeding.journal.state() == UNDONE


def test_a_run_whose_process_died_is_undone_by_the_next_on_the_product(directus, run):
    died = run()
    died.seeder.report = stopping_after(1)
    with pytest.raises(KeyboardInterrupt):
        died.seed(tree(limits=300))
    assert directus.counts()["segment"] == 1
    nearest = run()
    assert end_open_runs(nearest.client, nearest.journal) == 1
    assert set(directus.counts().values()) == {0}
    assert end_open_runs(nearest.client, nearest.journal) == 0


def test_a_run_goes_on_where_an_earlier_attempt_died(directus, run):
    died = run()
    died.seeder.report = stopping_after(1)
    with pytest.raises(KeyboardInterrupt):
        died.seed(tree(limits=300))
    assert directus.counts()["segment"] == 1
    again = run(run_id=died.journal.run_id)
    plan = again.seed(tree(limits=300))
    assert directus.counts()["limit"] == 300
    assert not [row for row in plan.insert if row.kind == "segment"]
    assert again.journal.state() == DONE


def stopping_after(rows):
    """Return a report that ends the process, as far as it is one, when some rows are there."""

    def report(done, _total):
        if done >= rows:
            raise KeyboardInterrupt

    return report


def test_what_people_did_outlives_cleanup_and_later_runs(directus, run):
    run().seed(tree())
    limits = directus.rows("limit")
    validated = next(row for row in limits if row["limit_name"] == "Gerät 1")
    validated.update(validated_by_human=True, limit_value="7777.00000")
    other = tree()["items"][0]
    (segment,) = directus.rows("segment")
    (own,) = directus.store.create(
        "insurance_dcm_benefit", [{"benefit_name": "Von Hand", "insurance_dcm_segment": segment["id"]}]
    )

    run().seed({"items": [other]})
    assert validated["limit_value"] == "7777.00000"
    assert validated["proposed_value"] == "1001"
    assert directus.counts()["limit"] == 3

    done = run().clean()
    assert done["deleted"] == {"segment": 0, "benefit": 0, "limit": 2, "condition": 2, "exclusion": 1}
    assert done["kept"] == {"segment": 1, "benefit": 1, "limit": 1, "condition": 0, "exclusion": 0}
    assert done["reasons"] == {"validated_by_human": 1, "has_foreign_children": 2}
    assert {row["id"] for row in directus.rows("benefit")} == {validated["insurance_dcm_benefit"], own["id"]}
    assert directus.store.rows["dcm_product"]


def test_a_validated_row_takes_the_place_of_one_with_another_value(directus, run):
    run().seed(tree())
    validated = next(row for row in directus.rows("limit") if row["limit_name"] == "Gerät 1")
    validated.update(validated_by_human=True)
    run().seed(tree(first_value=2000))  # another wording: each limit has another id
    names = sorted(row["limit_name"] for row in directus.rows("limit"))
    assert names == ["Gerät 0", "Gerät 1", "Gerät 2"]
    assert (validated["limit_value"], validated["proposed_value"]) == ("1001.00000", "2001")


def test_an_undone_run_takes_its_proposals_back(directus, run, proxy):
    run().seed(tree())
    validated = next(row for row in directus.rows("limit") if row["limit_name"] == "Gerät 1")
    validated.update(validated_by_human=True, proposed_value="999")
    later = run()
    plan = make_plan(
        later.seeder.items, rows_of([tree(first_value=2000)], directus.product_id), directus.product_id
    )
    later.journal.begin(plan.keys)
    later.seeder._propose(plan.proposals)
    assert validated["proposed_value"] == "2001"
    later.seeder.undo("a test")
    assert validated["proposed_value"] == "999"


@pytest.mark.parametrize(
    ("faults", "code"),
    [
        (
            {"deny": [{"path": "^/items/insurance_dcm_exclusion", "status": 403, "code": "FORBIDDEN"}]},
            "directus_schema",
        ),
        (
            {"deny": [{"path": "^/items/dcm_product/", "status": 403, "code": "FORBIDDEN"}]},
            "product_not_found",
        ),
    ],
)
def test_preflight_refuses_before_the_first_write(directus, run, proxy, faults, code):
    with proxy(directus.url, faults) as denying:
        seeding = run(url=denying.url)
        with pytest.raises(SchemaFault) as refused:
            preflight.check(seeding.client, directus.product_id)
        assert refused.value.code == code
        assert {call["method"] for call in denying.calls()} == {"GET"}


def test_preflight_names_missing_fields_and_rights(directus, run):
    seeding = run()
    preflight.check(seeding.client, directus.product_id)
    user = directus.store.users[directus.service_id]
    everything = dict.fromkeys(directus.store.rows, ("read", "create", "update", "delete"))
    user.update(admin=False, rights=everything | {"insurance_dcm_limit": ("read", "create")})
    with pytest.raises(SchemaFault, match="may not update, delete rows of insurance_dcm_limit"):
        preflight.check(seeding.client, directus.product_id)
    user.update(admin=True)
    del directus.store.collections["insurance_dcm_limit"]["slot"]
    with pytest.raises(SchemaFault, match=r"insurance_dcm_limit: these fields .*: slot"):
        preflight.check(seeding.client, directus.product_id)


def test_an_answer_that_is_no_json_is_told_as_what_it_is(directus, run):
    seeding = run()
    with pytest.raises(DirectusFault, match="404"):
        seeding.client.get("/nothing")
