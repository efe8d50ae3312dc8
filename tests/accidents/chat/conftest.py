"""Tables that the chat's tests ask, written by hand: accidents, visits, orders."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from app.accidents.chat.answers.talk import Memory, answer
from app.accidents.chat.grammar.vocabulary import vocabulary
from app.accidents.datasets.evidence import ask
from workers.accidents.chat.command import predict_severity
from workers.accidents.datasets.table import opened

TABLES = {
    "accidents": """사고일시,요일,시군구,사망자수,중상자수,사고유형,기상상태,가해운전자 차종,피해운전자 차종,ECLO
2016년 1월 4일 08시,월요일,대구광역시 중구 동인동,0,1,차대차 - 추돌,맑음,승용,승용,5
2016년 1월 5일 18시,화요일,대구광역시 중구 남산동,1,0,차대사람 - 횡단중,비,화물,보행자,10
2016년 2월 6일 18시,토요일,대구광역시 달서구 상인동,0,3,차대차 - 추돌,비,승용,이륜,15
2017년 3월 5일 23시,일요일,대구광역시 달서구 본동,0,0,차대차 - 기타,눈,승용,승용,3
2017년 3월 6일 18시,월요일,대구광역시 달서구 상인동,0,0,차량단독 - 기타,맑음,승용,,3
2017년 7월 7일 09시,금요일,대구광역시 수성구 범어동,2,0,차대사람 - 기타,,승용,보행자,20
""",
    "rides": """대여번호,자전거종류,거리km
R1,일반,3
R2,전기,4.5
R3,전기,
""",
    "visits": """visit_id,visited_at,department,doctor,patient_age,gender,wait_min,fee,satisfaction,follow_up
V1,2023-01-02 09:10,내과,김민준,70,남,10,5000,5,Y
V2,2023-01-03 10:30,내과,이서연,15,여,40,8000,,N
V3,2023-03-04 14:00,정형외과,김민준,34,여,60,30000,3,Y
V4,2023-03-06 16:20,피부과,이서연,38,여,20,12000,4,N
V5,2023-06-05 10:00,내과,김민준,66,남,80,15000,2,N
""",
    "orders": """Order ID,Order Date,City,Category,Product,Quantity,Sales,Returned
A-1,2020-01-05,Boston,Furniture,Desk,2,400.5,No
A-2,2020-02-07,Chicago,Technology,Laptop,1,1200,Yes
A-3,2021-02-11,Boston,Technology,Phone,3,900,No
A-4,2021-03-30,Seattle,Office Supplies,Paper,8,40,No
A-5,2021-12-24,Boston,Office Supplies,Paper,5,25,Yes
""",
}


class Talker:
    """A talk about one table."""

    def __init__(self, table, name):
        self.table, self.words, self.memory = table, vocabulary(table.profile, name), Memory()

    def __call__(self, message):
        reply = answer(
            message,
            self.words,
            lambda query, tool: ask(self.table, query, tool=tool),
            self.memory,
            predict_severity,
        )
        self.memory = reply.memory(self.memory)
        return reply

    def anew(self):
        """Begin another talk about the same table."""
        self.memory = Memory()
        return self


@pytest.fixture(scope="session")
def talkers(tmp_path_factory):
    """A talker for each table, by its name."""
    folder = tmp_path_factory.mktemp("tables")
    with ExitStack() as stack:
        made = {}
        for name, content in TABLES.items():
            path = folder / f"{name}.csv"
            path.write_text(content, encoding="utf-8")
            made[name] = Talker(stack.enter_context(opened(path)), name)
        yield made


@pytest.fixture
def accidents(talkers):
    return talkers["accidents"].anew()


@pytest.fixture
def visits(talkers):
    return talkers["visits"].anew()


@pytest.fixture
def orders(talkers):
    return talkers["orders"].anew()
