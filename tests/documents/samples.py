"""Plausible long content for every printed document, with invented people and bodies."""

from typing import Any

RARE = "喆堃燊镕旻翀珅㐂𠮷䶮"

NOTICE: dict[str, Any] = {
    "issuer": "示例市民政局",
    "addressee": "东城区民政局",
    "cc": ["示例社会工作服务中心", "示例一街道办事处", "示例评估咨询有限公司"],
    "basis": {
        "evaluation_notice": "《关于开展2018年8月精准救助个案帮扶第三方绩效评估的通知》（京民救评〔2018〕8号）",
        "evaluation_number": "PG-2018-110101-000012",
        "evaluated_on": "2018-08-01",
        "evaluator": "示例评估咨询有限公司",
    },
    "cases": [
        {"masked_name": "张*三", "case_no": "BF-2018-110101-000123-C"},
        {"masked_name": "欧阳**", "case_no": "BF-2018-110101-000124-A"},
        {"masked_name": "李*喆", "case_no": "BF-2018-110101-000131-7"},
    ],
    "items": [
        {
            "seq": 1,
            "code": "F04",
            "problem": "帮扶项目未足量提供",
            "facts": "帮扶计划约定每月上门助洁4次，2018年6月、7月服务记录各为2次，家属电话回访确认未曾补做。",
            "evidence": "证据1、证据3",
            "standard": "B2 服务足量",
            "severity": "黄",
            "requirement": "补足6月、7月所欠4次服务，并逐次上传服务记录与家属签字。",
            "due_count": "15个工作日",
            "due_on": "2018-08-27",
            "unit": "示例社会工作服务中心",
            "person": "王*明",
        },
        {
            "seq": 2,
            "code": "F05",
            "problem": "服务记录与实际不符",
            "facts": "7月12日记录上门服务60分钟，监护人称当日未见社工；门禁记录亦无相应出入信息。",
            "evidence": "证据2",
            "standard": "B4 记录真实",
            "severity": "红",
            "requirement": "核实经办人员当日行程，更正服务记录，并对经办人员进行约谈。",
            "due_count": "5个工作日",
            "due_on": "2018-08-13",
            "unit": "示例社会工作服务中心",
            "person": "王*明",
        },
        {
            "seq": 3,
            "code": "F07",
            "problem": "档案材料缺失",
            "facts": "个案档案中缺少需求评估表第二页及入户核查照片，信息共享同意书未载明告知书版本。",
            "evidence": "证据4、证据5、证据6",
            "standard": "A3 档案完整",
            "severity": "黄",
            "requirement": "补齐缺失材料，无法补齐的书面说明原因并由负责人签字。",
            "due_count": "15个工作日",
            "due_on": "2018-08-27",
            "unit": "示例一街道办事处",
            "person": "赵*",
        },
        {
            "seq": 4,
            "code": "F09",
            "problem": "帮扶目标未达成且未调整计划",
            "facts": "助学计划目标为期末到校率90%，实际为71%，社工未组织个案会议，亦未修订计划。",
            "evidence": "证据7",
            "standard": "C1 目标达成",
            "severity": "黄",
            "requirement": "会同学校、社区召开个案会议，重新评估需求并提交修订后的帮扶计划。",
            "due_count": "15个工作日",
            "due_on": "2018-08-27",
            "unit": "示例社会工作服务中心",
            "person": "陈*堃",
        },
    ],
    "deadline": "请于收到本通知之日起15个工作日内（即2018年8月27日前）完成整改，并报送书面整改报告。"
    "其中严重程度为红的事项，请于收到本通知之日起5个工作日内（即2018年8月13日前）完成。",
    "report_requirements": [
        "对照整改事项逐项说明整改措施、整改结果、问题成因和长效机制，不得合并答复。",
        "逐项附证明材料，材料编号与整改事项序号一致，服务记录须有服务对象或其监护人签字。",
        "整改报告由单位主要负责人签字并加盖公章，通过系统报送，同时送纸质件一式两份。",
    ],
    "consequence": "逾期未报送整改报告的，依次予以催办、督办、约谈，并在每周汇总和月度通报中列明；"
    "整改不到位的，发出第二次整改通知书，再次不通过的由区民政局接管个案，按协议更换服务机构或者扣减服务费用。",
    "explain": "对本通知认定的事实有异议的，可在收到本通知之日起3个工作日内向我局书面陈述申辩；"
    "陈述申辩期间不停止整改。",
    "contact": {"name": "社会救助处", "phone": "010-00000000"},
    "issued_on": "2018-08-06",
    "print_on": "2018-08-06",
    "round": 1,
}

DISTRICTS = (
    "东城区 西城区 朝阳区 丰台区 石景山区 海淀区 门头沟区 房山区 通州区 顺义区 昌平区 大兴区 "
    "怀柔区 平谷区 密云区 延庆区"
).split()
HEADINGS = [
    ("seq", "序号", ""),
    ("district", "区", ""),
    ("target", "年度任务(户)", ""),
    ("referred_week", "本周", "转介"),
    ("referred", "累计", "转介"),
    ("verified", "累计入户核查", ""),
    ("rejected", "核查未通过", ""),
    ("disabled", "助残", "在帮扶"),
    ("elderly", "助老", "在帮扶"),
    ("student", "助学", "在帮扶"),
    ("combined", "综合", "在帮扶"),
    ("done_week", "本周", "完成"),
    ("done", "累计", "完成"),
    ("rate", "完成率(%)", ""),
    ("rank", "排名", ""),
    ("evaluated", "已评估", ""),
    ("mean", "平均分", ""),
    ("issued", "发出", "整改"),
    ("closed", "销号", "整改"),
    ("overdue", "逾期", "整改"),
    ("change", "较上周(名次)", ""),
]


def _align(key: str) -> str:
    return {"district": "left", "seq": "center", "rank": "center", "change": "center"}.get(
        key, "right"
    )


def weekly(districts: list[str] = DISTRICTS) -> dict[str, Any]:
    """One week's table for as many reporting units as asked."""
    rows = [
        [str(place), name, "140", "12", "301", "288", "9", "36", "41", "22", "17", "6", "175"]
        + ["125.0", "4", "35", "88.4", "11", "9", "1", "↑2"]
        for place, name in enumerate(districts, 1)
    ]
    total = ["", "合计", "2200", "188", "4816", "4608", "144", "576", "656", "352", "272", "96"]
    total += ["2700", "122.7", "—", "560", "88.4", "176", "144", "16", "—"]
    return {
        "issuer": "示例市民政局",
        "week": "2018-W35",
        "period_from": "2018-08-27",
        "period_to": "2018-09-02",
        "as_of": "2018年9月3日8时",
        "columns": [
            {"key": key, "heading": heading, "group": group, "align": _align(key)}
            for key, heading, group in HEADINGS
        ],
        "rows": rows,
        "total": total,
        "prose": [
            "截至9月2日24时，全市累计完成个案帮扶2700户，完成年度任务2200户的122%；"
            "本周新增完成96户。延庆区、房山区、朝阳区完成率居前三位，昌平区、门头沟区、通州区居后三位。",
            "全市在帮扶1856户；累计发出整改通知176份，销号144份，逾期16份，请有关区抓紧督办。",
        ],
        "notes": [
            "完成率=累计完成÷年度任务，保留一位小数；名次按未取整的完成率排列，相同者并列。",
            "同时接受两类以上帮扶的家庭只计入“综合”。",
            "本周更正：朝阳区上周漏报完成2户，计入本周。",
        ],
        "issued_on": "2018-09-03",
    }


REFUSAL: dict[str, Any] = {
    "issuer": "示例一街道办事处",
    "addressee": "张小三",
    "case_no": "BF-2018-110101-000125-5",
    "applied_on": "2018-08-01",
    "decision": "你家庭不符合精准救助个案帮扶条件，现决定不予纳入。",
    "reasons": ["你家庭人均月收入为2350.00元，高于低收入家庭认定标准2000元。"],
    "basis": ["《社会救助暂行办法》第十一条。"],
    "remedies": [
        "自收到本决定书之日起10个工作日内，可向示例一街道办事处书面提出复核申请。",
        "自收到本决定书之日起60日内，可向东城区人民政府申请行政复议。",
        "自收到本决定书之日起6个月内，可依法向人民法院提起行政诉讼。",
    ],
    "contact": {"name": "社会救助科", "phone": "010-00000001"},
    "issued_on": "2018-08-20",
    "cc": [],
    "print_on": "2018-08-20",
}
