"""The synthetic people of the brief, as facts."""

from datetime import date
from typing import Any

from casework.households.models import Household
from casework.households.operations import register_household
from casework.staff.models import User

STREET = "110101901"
ZHAO = {"name": "赵试一", "id_no": "110199197605129013", "relation_to_head": "02"}
QIAN = {"name": "钱试二", "id_no": "110199197811039027", "relation_to_head": "12"}
SMALL_ZHAO = {"name": "赵试小", "id_no": "110199200402189037", "relation_to_head": "20"}
SUN = {"name": "孙试兰", "id_no": "110199193809019045", "relation_to_head": "02"}
LI = {
    "name": "李试刚",
    "id_no": "110199196503309051",
    "relation_to_head": "20",
    "disability_types": ["5"],
    "disability_grade": "2",
}
FENG = {"name": "冯试松", "id_no": "11019919310404913X", "relation_to_head": "02"}
YAN = {"name": "严试芝", "id_no": "110199195006209442", "relation_to_head": "02"}
CAO = {"name": "曹试宇", "id_no": "110199200712259432", "relation_to_head": "40", "guardian": 0}


def household(*members: dict[str, Any], by: User | None = None, **facts: Any) -> Household:
    people = list(members) or [{**ZHAO, "phone": "12000000001"}, QIAN]
    facts.setdefault("on", date(2018, 3, 5))
    facts.setdefault("residence_division", STREET)
    return register_household(by=by, address="示例路1号", members=people, **facts)
