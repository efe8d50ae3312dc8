"""Tables of accidents that tests write, and what the command makes of them."""

from __future__ import annotations

import csv
import gzip

from workers.accidents.process import process

API = {
    "weather": "clear",
    "road_surface": "건조",
    "road_type": "교차로",
    "accident_type": "차대차",
    "time_period": "낮",
    "district": "중구",
    "day_of_week": "화요일",
    "accident_hour": "14",
    "accident_year": "2024",
    "accident_month": "12",
    "accident_day": "10",
}
RAW = {
    "사고번호": "2018010100100001",
    "사고일시": "2018년 3월 4일 07시",
    "요일": "일요일",
    "시군구": "대구광역시 북구 침산동",
    "사고내용": "경상사고",
    "사고유형": "차대사람 - 횡단중",
    "법규위반": "보행자보호의무위반",
    "노면상태": "젖음/습기",
    "기상상태": "비",
    "도로형태": "단일로 - 기타",
    "가해운전자 차종": "승용",
    "피해운전자 차종": "보행자",
}


def written(path, rows, *, encoding="utf-8", opened=open):
    """Write rows as a CSV and return its path."""
    with opened(path, "wt", encoding=encoding, newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def read(path):
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def processed(tmp_path, rows, **how):
    """Return the rows that come out for the rows that go in."""
    name = "in.csv.gz" if how.get("opened") is gzip.open else "in.csv"
    process([written(tmp_path / name, rows, **how)], tmp_path / "out.csv")
    return read(tmp_path / "out.csv")
