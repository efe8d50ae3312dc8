"""The words that an accident's fields know: canonical Korean, and every other way to write each."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

# First the Korean canonical value, then every other way to write it. A separator, a space and
# the letters' case do not matter: `values.canonical` takes them out.
NAMES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "weather": {
        "맑음": ("clear", "sunny", "fine"),
        "흐림": ("cloudy", "overcast"),
        "비": ("rain", "rainy"),
        "눈": ("snow", "snowy"),
        "안개": ("fog", "foggy"),
        "기타": ("other", "기타/불명"),
    },
    "road_surface": {
        "건조": ("dry",),
        "젖음/습기": ("습기", "젖음", "wet", "damp"),
        "서리/결빙": ("결빙", "서리", "frost/ice", "frost", "ice", "icy"),
        "적설": ("snow-covered", "snow", "snowy"),
        "침수": ("flooded", "flood"),
        "기타": ("other", "해빙"),
    },
    "road_type": {
        "교차로 - 교차로안": ("교차로안", "inside intersection", "intersection - inside"),
        "교차로 - 교차로부근": ("교차로부근", "near intersection", "intersection - near"),
        "교차로 - 교차로횡단보도내": (
            "교차로횡단보도내",
            "intersection crosswalk",
            "intersection - crosswalk",
            "on intersection crosswalk",
        ),
        # The labels of 2007-2016 told crosswalks apart; those of 2017 on call them 기타.
        "단일로 - 기타": (
            "단일로 - 횡단보도상",
            "단일로 - 횡단보도부근",
            "횡단보도상",
            "횡단보도부근",
            "single road - other",
        ),
        "단일로 - 교량": ("교량", "교량위", "단일로 - 교량위", "bridge", "single road - bridge"),
        "단일로 - 터널": ("터널", "터널안", "단일로 - 터널안", "tunnel", "single road - tunnel"),
        "단일로 - 고가도로위": ("고가도로위", "고가도로", "overpass", "single road - overpass"),
        "단일로 - 지하차도(도로)내": (
            "지하차도(도로)내",
            "지하차도내",
            "지하차도",
            "underpass",
            "single road - underpass",
        ),
        "주차장 - 주차장": ("주차장", "car park", "parking lot"),
        "기타 - 기타": ("기타", "other"),
        "미분류 - 미분류": ("미분류", "unclassified"),
        "교차로": ("intersection", "junction", "crossroads"),
        "단일로": ("single road", "straight road", "road section"),
    },
    "accident_type": {
        "차대차": ("vehicle-vehicle", "vehicle to vehicle", "car to car"),
        "차대사람": ("vehicle-person", "vehicle to person", "pedestrian"),
        "차량단독": ("single vehicle", "vehicle alone"),
    },
    "time_period": {
        "심야": ("새벽", "late night", "midnight", "dawn", "early morning"),
        "출근시간대": ("출근시간", "morning rush", "morning rush hour"),
        "일반시간대": ("일반시간", "regular hours", "regular", "off-peak"),
        "퇴근시간대": ("퇴근시간", "evening rush", "evening rush hour"),
        "낮": ("주간", "day", "daytime", "daylight"),
        "밤": ("야간", "night", "nighttime"),
    },
    "day_of_week": {
        "월요일": ("월", "monday", "mon"),
        "화요일": ("화", "tuesday", "tue", "tues"),
        "수요일": ("수", "wednesday", "wed"),
        "목요일": ("목", "thursday", "thu", "thur", "thurs"),
        "금요일": ("금", "friday", "fri"),
        "토요일": ("토", "saturday", "sat"),
        "일요일": ("일", "sunday", "sun"),
    },
    "violation": {
        "안전운전불이행": ("안전운전의무불이행", "unsafe driving", "failure to drive safely"),
        "안전거리미확보": ("tailgating", "following too closely"),
        "신호위반": ("신호지시위반", "signal violation", "red light"),
        "교차로운행방법위반": ("교차로통행방법위반", "improper intersection driving"),
        "중앙선침범": ("centre line crossing", "center line crossing"),
        "보행자보호의무위반": ("failure to protect pedestrian",),
        "직진우회전진행방해": ("직진및우회전차의통행방해", "failure to yield"),
        "차로위반": ("차로위반(진로변경위반)", "진로변경위반", "lane violation"),
        "불법유턴": ("illegal u-turn",),
        "과속": ("speeding",),
        "기타": ("other", "기타(운전자법규위반)"),
    },
    "accident_subtype": {
        "차대차 - 측면충돌": ("측면충돌", "side collision"),
        "차대차 - 측면직각충돌": ("측면직각충돌", "right-angle collision"),
        "차대차 - 정면충돌": ("정면충돌", "head-on collision"),
        "차대차 - 추돌": ("추돌", "rear-end collision"),
        "차대차 - 추돌 - 주정차중": ("추돌 - 주정차중", "주정차중추돌", "rear-end stationary"),
        "차대차 - 추돌 - 진행중": ("추돌 - 진행중", "진행중추돌", "rear-end moving"),
        "차대차 - 후진중충돌": ("후진중충돌", "reversing collision"),
        "차대차 - 기타": ("vehicle-vehicle - other",),
        "차대사람 - 횡단중": ("횡단중", "crossing"),
        "차대사람 - 차도통행중": ("차도통행중", "walking on the road"),
        "차대사람 - 길가장자리구역통행중": ("길가장자리구역통행중", "walking on the shoulder"),
        "차대사람 - 보도통행중": ("보도통행중", "walking on the pavement", "walking on the sidewalk"),
        "차대사람 - 기타": ("vehicle-person - other",),
        "차량단독 - 공작물충돌": ("공작물충돌", "fixed object collision"),
        "차량단독 - 전도전복": ("전도전복", "overturned", "rollover"),
        "차량단독 - 전도전복 - 전도": ("전도", "tipped over"),
        "차량단독 - 전도전복 - 전복": ("전복", "rolled over"),
        "차량단독 - 도로외이탈 - 추락": ("도로외이탈 - 추락", "추락", "fall off the road"),
        "차량단독 - 도로외이탈 - 기타": ("도로외이탈 - 기타", "도로외이탈", "run off the road"),
        "차량단독 - 주/정차차량 충돌": (
            "차량단독 - 주차차량충돌",
            "주차차량충돌",
            "주/정차차량 충돌",
            "parked vehicle collision",
        ),
        "차량단독 - 기타": ("single vehicle - other",),
    },
}

VEHICLES: Mapping[str, tuple[str, ...]] = {
    "승용": ("승용차", "car", "passenger car"),
    "승합": ("승합차", "van", "bus"),
    "화물": ("화물차", "truck", "lorry"),
    "특수": ("특수차", "special vehicle"),
    "이륜": ("이륜차", "motorcycle"),
    "원동기": ("원동기장치자전거", "moped"),
    "자전거": ("bicycle", "bike"),
    "건설기계": ("construction machine", "construction machinery"),
    "농기계": ("farm machine", "farm machinery", "tractor"),
    "개인형이동수단(PM)": ("개인형이동수단", "pm", "personal mobility", "e-scooter"),
    "사륜오토바이(ATV)": ("사륜오토바이", "atv", "quad bike"),
    "기타불명": ("기타/불명", "기타", "불명", "unknown", "other"),
}
VICTIMS = {**VEHICLES, "보행자": ("pedestrian", "person"), "미분류": ("unclassified",)}
