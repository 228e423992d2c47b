"""The 2018 scheme of the city: indicators, grades, vetoes and finding codes."""

from datetime import date, datetime, timedelta, timezone

from django.db import migrations

START = date(2018, 1, 1)
SCHEME = "PG2018"

LEVEL1 = {
    "A": "对象精准",
    "B": "需求与方案",
    "C": "服务实施",
    "D": "档案",
    "E": "成效",
    "F": "资金与管理",
}

# code, title, points, rule
INDICATORS = (
    ("A1", "对象符合条件、类别准确", 5, {"kind": "binary"}),
    ("A2", "入户核查完整（两名核查人、签字、照片）", 6,
     {"kind": "deduct", "per": 2, "measure": "verification"}),
    ("A3", "知情同意与授权存档", 4, {"kind": "binary", "measure": "consent"}),
    ("B1", "需求评估完整具体", 5, {"kind": "range"}),
    (
        "B2",
        "方案可衡量、与需求匹配、非模板",
        6,
        {"kind": "range", "cap_when_similarity_from": 0.9, "cap": 2},
    ),
    ("B3", "按时签订方案", 4, {"kind": "band", "marks": [4, 2, 0], "measure": "plan_time"}),
    (
        "C1",
        "服务完成量（完成/计划）",
        12,
        {"kind": "steps", "steps": [[1, 12], [0.8, 8], [0.6, 4], [0, 0]], "measure": "volume"},
    ),
    ("C2", "服务及时率", 6, {"kind": "share", "measure": "timeliness"}),
    ("C3", "服务人员资质", 4, {"kind": "band", "marks": [4, 2, 0]}),
    ("C4", "服务证据真实充分", 8, {"kind": "share", "measure": "evidence"}),
    ("D1", "一户一档完整", 6, {"kind": "deduct", "per": 1}),
    ("D2", "系统数据与纸质一致", 4, {"kind": "share"}),
    ("E1", "目标达成", 10, {"kind": "share", "measure": "goals"}),
    ("E2", "服务对象满意度", 6, {"kind": "share", "measure": "satisfaction"}),
    ("E3", "持续链接与转介", 4, {"kind": "range"}),
    ("F1", "支出合规、票据相符", 6, {"kind": "band", "marks": [6, 3, 0]}),
    ("F2", "隐私与安全", 4, {"kind": "binary"}),
)

BANDS = (
    ("EXCELLENT", "优", "90.0"),
    ("GOOD", "良", "80.0"),
    ("FAIR", "中", "60.0"),
    ("POOR", "差", "0.0"),
)

VETOES = (
    ("FORGERY", "伪造服务或签字"),
    ("MISUSE", "挪用、套取资金"),
    ("NO_SUCH_PERSON", "服务对象不存在或已死亡"),
    ("LEAK", "泄露个人信息"),
    ("SAFETY", "发生重大安全事故"),
    ("ABUSE", "虐待服务对象"),
)

# code, title, category, severity, limit, unit, indicators touched, veto, usual requirement
FINDING_CODES = (
    (
        "F01",
        "对象不符合条件或类别错误",
        "TARGETING",
        "RED",
        5,
        "WD",
        ["A1"],
        "",
        "复核对象资格，更正类别或终止帮扶",
    ),
    (
        "F02",
        "单人核查或核查表未签字",
        "PROCEDURE",
        "AMBER",
        15,
        "WD",
        ["A2"],
        "",
        "由两名核查人重新入户核查并补齐签字",
    ),
    (
        "F03",
        "方案模板化，与需求不匹配",
        "PLAN",
        "AMBER",
        15,
        "WD",
        ["B2"],
        "",
        "重新评估需求，逐户修订方案并签字",
    ),
    (
        "F04",
        "服务未提供或数量不足",
        "DELIVERY",
        "AMBER",
        15,
        "WD",
        ["C1", "C2"],
        "",
        "按方案补足服务并提交服务记录",
    ),
    (
        "F05",
        "服务记录与实际不符",
        "DELIVERY",
        "RED",
        5,
        "WD",
        ["C4", "D2"],
        "",
        "核实实际服务情况，更正记录并说明原因",
    ),
    (
        "F06",
        "照片或记录重复使用、伪造签字",
        "INTEGRITY",
        "VETO",
        5,
        "WD",
        ["C4"],
        "FORGERY",
        "立即暂停相关服务，查清事实并追责",
    ),
    ("F07", "服务证据缺失", "FILE", "AMBER", 15, "WD", ["C4", "D1"], "", "补齐证据材料并归档"),
    ("F08", "系统数据未录入或有误", "DATA", "GREEN", 10, "WD", ["D2"], "", "补录、更正系统数据"),
    (
        "F09",
        "目标未达成且未调整方案",
        "OUTCOME",
        "AMBER",
        15,
        "WD",
        ["E1"],
        "",
        "分析原因，调整方案并继续帮扶",
    ),
    (
        "F10",
        "满意度低或有投诉",
        "OUTCOME",
        "AMBER",
        15,
        "WD",
        ["E2"],
        "",
        "回访服务对象，改进服务并反馈结果",
    ),
    (
        "F11",
        "票据与支出不符",
        "FUND",
        "RED",
        5,
        "WD",
        ["F1"],
        "",
        "核对账目，退回不符款项并补正票据",
    ),
    (
        "F12",
        "个人信息处理不当",
        "PRIVACY",
        "VETO",
        5,
        "WD",
        ["F2"],
        "LEAK",
        "24小时内报告，停止不当处理并消除影响",
    ),
    ("F13", "服务人员不具备资质", "STAFF", "AMBER", 15, "WD", ["C3"], "", "更换具备资质的服务人员"),
    (
        "F14",
        "进度落后于任务目标",
        "PROGRESS",
        "AMBER",
        1,
        "NW",
        ["C2"],
        "",
        "制定赶进度计划，下周汇总前赶上",
    ),
    (
        "F15",
        "发现居家安全隐患未处理",
        "SAFETY",
        "RED",
        1,
        "CD",
        ["F2"],
        "",
        "24小时内消除隐患并报告",
    ),
)


def write_scheme(apps, schema_editor):
    scheme = apps.get_model("evaluation", "IndicatorScheme").objects.create(
        code=SCHEME,
        title="个案帮扶绩效评估指标体系（2018年）",
        effective_from=START,
        published_at=datetime(2018, 1, 1, tzinfo=timezone(timedelta(hours=8))),
        source="《精准救助工作综合绩效评估的通知》（示例）",
    )
    apps.get_model("evaluation", "Indicator").objects.bulk_create(
        apps.get_model("evaluation", "Indicator")(
            scheme=scheme,
            code=code,
            level1=code[0],
            level1_title=LEVEL1[code[0]],
            title=title,
            points=points,
            rule=rule,
            order=order,
        )
        for order, (code, title, points, rule) in enumerate(INDICATORS, start=1)
    )
    band = apps.get_model("evaluation", "GradeBand")
    band.objects.bulk_create(
        band(scheme=scheme, grade=grade, title=title, minimum=minimum)
        for grade, title, minimum in BANDS
    )
    veto = apps.get_model("evaluation", "VetoItem")
    veto.objects.bulk_create(veto(scheme=scheme, code=code, title=title) for code, title in VETOES)


def write_finding_codes(apps, schema_editor):
    finding_code = apps.get_model("evaluation", "FindingCode")
    finding_code.objects.bulk_create(
        finding_code(
            code=code,
            title=title,
            category=category,
            severity=severity,
            limit_amount=amount,
            limit_unit=unit,
            indicators=indicators,
            veto=veto,
            requirement=requirement,
            effective_from=START,
        )
        for code, title, category, severity, amount, unit, indicators, veto, requirement in FINDING_CODES
    )


def write_contact(apps, schema_editor):
    apps.get_model("directory", "Parameter").objects.create(
        code="evaluation_contact",
        value={"name": "绩效评估科", "phone": "12000000000"},
        effective_from=date(2004, 1, 1),
        source="产品默认[D]:评估整改文书联系人",
    )


class Migration(migrations.Migration):
    dependencies = [("evaluation", "0001_initial"), ("directory", "0001_initial")]

    operations = [
        migrations.RunPython(write_scheme, migrations.RunPython.noop),
        migrations.RunPython(write_finding_codes, migrations.RunPython.noop),
        migrations.RunPython(write_contact, migrations.RunPython.noop),
    ]
