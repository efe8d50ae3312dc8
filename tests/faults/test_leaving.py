"""A process that is received to leave ends by itself, before whatever runs it would end it."""

from __future__ import annotations

import os
import signal
import socket
from contextlib import closing

import httpx
import pytest

from stack.servers import free_port
from tests.faults.actions import (
    answered,
    ask_later,
    child_ids,
    lingering,
    outcomes,
    processing,
    send,
    submit,
    waiting,
)
from tests.servers import ask
from tests.stacks import job, status_of, wait_for, wait_for_state

pytestmark = pytest.mark.slow("sends signals and waits for processes to drain")

KILLED_S = {"web": 15, "dashboard": 10, "clock": 30, "batch": 30, "realtime": 30}  # then SIGKILL would come


@pytest.fixture(scope="module")
def settings():
    return {"drain_s": 3}


def leave(process):
    """Tell a process to leave, and see it end by itself."""
    process.signal(signal.SIGTERM)
    assert process.popen.wait(KILLED_S[process.kind] - 0.5) == 0


def connect(port):
    """Return a connection to a process on this machine."""
    return closing(socket.create_connection(("127.0.0.1", port), timeout=30))


@pytest.fixture
def web(stack):
    """The (first) web process."""
    return stack.of("web")[0]


def test_web_with_an_idle_connection_leaves(stack, web):
    with connect(stack.ports[0]) as idle, connect(stack.ports[0]) as silent:
        send(idle, "/healthz")
        assert answered(idle).startswith(b"HTTP/1.1 200")
        leave(web)
        assert idle.recv(1) == silent.recv(1) == b""


def test_web_with_an_event_stream_leaves_and_ends_the_stream(stack, web, client):
    job_id = submit(client, steps=200, seconds=0.1)
    with connect(stack.ports[0]) as stream:
        send(stream, f"/api/v1/jobs/{job_id}/events")
        received = answered(stream)
        leave(web)
        while piece := stream.recv(4096):
            received += piece
    assert b"retry: " in received
    assert received.endswith(b"\r\n0\r\n\r\n")  # the end of a chunked answer, not of a connection
    stack.have("web")
    stack.ready_to_answer()
    client.post(f"/api/v1/jobs/{job_id}/cancel")


def test_web_answers_what_it_is_asked_while_it_leaves(stack, web, database):
    with connect(stack.ports[0]) as slow, connect(stack.ports[0]) as late:
        send(slow, "/trial/linger?seconds=3")
        wait_for(lambda: lingering(database), what="it to be answered")
        web.signal(signal.SIGTERM)
        send(late, "/healthz")
        assert answered(late).startswith(b"HTTP/1.1 200")
        assert answered(slow).startswith(b"HTTP/1.1 200")
    assert web.popen.wait(KILLED_S["web"]) == 0


def test_a_connection_ends_with_its_process_without_an_answer_to_nothing(stack, web):
    with connect(stack.ports[0]) as idle:
        send(idle, "/healthz")
        assert answered(idle).startswith(b"HTTP/1.1 200")
        for pid in child_ids(web):
            os.kill(pid, signal.SIGTERM)
        assert idle.recv(4096) == b""


def test_a_connection_that_is_cut_off_gets_no_answer_to_nothing():
    from gevent import GreenletExit

    from app.server.graceful_shutdown import GracefulWorker

    ours, theirs = socket.socketpair()
    with ours, theirs:
        GracefulWorker.handle_error(object.__new__(GracefulWorker), None, ours, ("", 0), GreenletExit())
        ours.close()
        assert theirs.recv(4096) == b""


def test_the_dashboard_with_an_idle_connection_leaves(stack):
    port = free_port()
    dashboard = stack.start("dashboard", dashboard_port=port)
    with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
        wait_for(lambda: status_of(client, "/rq/") == 200, what="the dashboard")
        with connect(port):
            leave(dashboard)


def test_the_clock_leaves(stack):
    leave(stack.of("clock")[0])


def test_a_batch_worker_with_a_long_job_leaves_and_hands_it_back(stack, client):
    job_id = submit(client, steps=100, seconds=0.3)
    wait_for_state(client, job_id, "running")
    leave(stack.of("batch")[0])
    shown = wait_for_state(client, job_id, "queued", "retrying")
    assert outcomes(shown) == ["deploy"]
    client.post(f"/api/v1/jobs/{job_id}/cancel")


def test_a_realtime_worker_with_a_long_prediction_leaves_and_hands_it_back(stack, client, database):
    job_id = ask_later(client, do="sleep", seconds=12)
    wait_for(lambda: processing(stack), what="the request to be taken")
    leave(stack.of("realtime")[0])
    assert job(client, job_id)["state"] != "succeeded"
    assert not processing(stack)
    assert waiting(stack)
    assert ask(database, "SELECT * FROM crash_counts WHERE crashes > 0") == []  # it has ended nobody
    stack.have("web realtime batch clock")
    wait_for_state(client, job_id, "succeeded")
