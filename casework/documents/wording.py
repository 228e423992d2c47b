"""The fixed turns of phrase of printed documents: dates, deadlines, 、-joined lists."""

from datetime import date


def chinese_date(day: date) -> str:
    """A date as official documents write it: Arabic figures, no leading zeros."""
    return f"{day.year}年{day.month}月{day.day}日"


def iso_to_chinese(text: str) -> str:
    """A frozen ISO date as it is printed; an empty date stays empty."""
    return chinese_date(date.fromisoformat(text)) if text else ""


def deadline_sentence(due_count: str, due_on: date | None) -> str:
    """The order to report, with both the count and, once known, the date."""
    by = f"（即{chinese_date(due_on)}前）" if due_on else ""
    return f"请于收到本通知之日起{due_count}内{by}完成整改，并报送书面整改报告。"


def running_list(parts: list[str]) -> str:
    """Names in one line, parted by the Chinese enumeration comma."""
    return "、".join(parts)
