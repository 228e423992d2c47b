"""Breaking a title over lines as official documents do: by sense, in a trapezium or a diamond."""

import re
from itertools import combinations

# 156 mm of 22-point characters.
LINE_EMS = 20
MOST_LINES = 4
MOST_BREAKS = 40

# Words of the office that a line end never cuts. Longer ones first.
_WORDS = tuple(
    """
    办事处 通知书 决定书 意见书 社会救助 精准救助 个案帮扶 第三方 老年人 残疾人 未成年人 管理办法
    民政局 人民政府 委员会 服务中心 居民 家庭 独居 困难 全市 全区 各区 市级 区级 街道 社区 关于
    绩效 评估 整改 核查 帮扶 救助 转介 服务 项目 问题 情况 工作 汇总 通知 通报 公告 报告
    限期 不予 印发 开展 进一步 做好 加强 落实 存在 期间 每周 月度 季度 年度 示例 示例市 示例区
    """.split()
)
_UNITS = re.compile(
    "|".join(
        (
            "《[^》]*》",
            "〔[^〕]*〕[0-9]*号?",
            "（[^）]*）",
            "“[^”]*”",
            r"第?[0-9A-Za-z.%]+(?:个工作日|[年月日号周户个次期批季])*",
            "第[一二三四五六七八九十百]+[次期批周季]",
            *sorted(_WORDS, key=len, reverse=True),
            ".",
        )
    )
)
_NOT_AT_START = "的、，。：；）》”〕和与及"
_NOT_AT_END = "（《“〔"


def break_title(title: str) -> list[str]:
    """The lines of a title: as few as fit, broken by sense, never in equal or waisted shape."""
    units = _joined(_units(" ".join(title.split())))
    least = max(1, -(-int(sum(map(ems, units))) // LINE_EMS))
    choices = [
        lines
        for count in range(least, min(least + 2, MOST_LINES + 1))
        for lines in _ways(units, count)
        if all(ems(line) <= LINE_EMS for line in lines)
    ]
    return min(choices, key=_ugliness) if choices else _by_force(units)


def ems(text: str) -> float:
    """The width of a text in full characters: Latin letters and digits take half of one."""
    return sum(0.5 if char.isascii() else 1.0 for char in text)


def _units(text: str) -> list[str]:
    """What a line end does not cut; a name in 《》 too long for one line is cut inside."""
    units: list[str] = []
    for unit in _UNITS.findall(text):
        if unit[0] == "《" and ems(unit) > LINE_EMS - 6:
            units += ["《", *_UNITS.findall(unit[1:-1]), "》"]
        else:
            units.append(unit)
    return units


def _joined(units: list[str]) -> list[str]:
    """Units with closing marks and particles drawn to what they follow."""
    kept: list[str] = []
    for unit in units:
        if kept and (unit[0] in _NOT_AT_START or kept[-1][-1] in _NOT_AT_END):
            kept[-1] += unit
        elif kept and kept[-1] == "关于":
            # 关于 belongs to what it is about.
            kept[-1] += unit
        else:
            kept.append(unit)
    return kept


def _ways(units: list[str], count: int) -> list[list[str]]:
    places = range(1, min(len(units), MOST_BREAKS))
    ways = []
    for cut in combinations(places, count - 1):
        edges = [0, *cut, len(units)]
        ways.append(["".join(units[a:b]) for a, b in zip(edges, edges[1:], strict=False)])
    return ways


def _ugliness(lines: list[str]) -> float:
    widths = [ems(line) for line in lines]
    spread = max(widths) - min(widths)
    breaks = sum(map(_break_fault, lines, lines[1:]))
    return 6.0 * len(lines) + spread + _shape_fault(widths) + breaks


def _shape_fault(widths: list[float]) -> float:
    """A trapezium or a diamond costs nothing; equal lines, a waist or a lone word do."""
    fault = 0.0
    if len(widths) > 1:
        fault += 6.0 * (len(set(widths)) == 1)
        fault += 8.0 * (min(widths) < 4)
    for above, line, below in zip(widths, widths[1:], widths[2:], strict=False):
        fault += 8.0 * (line < above and line < below)
    return fault


def _break_fault(line: str, following: str) -> float:
    """How badly a break reads: best before 关于 and after 的, worst between single characters."""
    if following.startswith("关于"):
        return 0.0
    if line.endswith(("的", "、", "，", "》")):
        return 1.0
    return 7.0 - 2.5 * line.endswith(_WORDS) - 2.5 * following.startswith(_WORDS)


def _by_force(units: list[str]) -> list[str]:
    """A title too long or too unbroken for any shape is filled line by line."""
    lines = [""]
    for char in "".join(units):
        if ems(lines[-1] + char) > LINE_EMS:
            lines.append("")
        lines[-1] += char
    return lines
