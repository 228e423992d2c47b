"""What nobody should type, and somebody will."""

# Each stands for a class of fault; a new class is added here and every field meets it.
TEXTS = {
    "nul": "陈\x00试",
    "controls": "\x01\x02\x07\x0b\x1b[31m\x7f",
    "bidi": "\u202e\u2066txt.exe\u2069",
    "zero width": "\u200b\u200d\ufeff",
    "rare han": "𠮷𩸽\U000e0100",
    "emoji": "👩‍👩‍👧‍👦🏳️‍🌈",
    "combining": "Z" + "\u0301" * 500,
    "long": "长" * 100_000,
    "lines": "\r\n" * 200,
    "sql": "'; DROP TABLE cases_helpcase; --",
    "like": "%_\\%",
    "html": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "template": "{{ request.user.password }}{% load x %}{0.__class__}%(x)s",
    "formula": '=HYPERLINK("http://example.invalid","x")',
    "json": '{"a": [1, {"$ne": null}]}',
    "path": "../../../../etc/passwd",
    "full width": "１２３４５６７８９０",
    "spaces": "\u3000\u00a0 \t",
}
NUMBERS = {
    "zero": "0",
    "minus": "-1",
    "huge": "9" * 40,
    "past integers": "9223372036854775808",
    "small integer": "2147483648",
    "not a number": "NaN",
    "infinite": "Infinity",
    "exponent": "1e400",
    "tiny": "1e-400",
    "places": "0." + "3" * 60,
    "hexadecimal": "0x10",
    "other digits": "٣",
}
DATES = {
    "impossible": "2018-02-30",
    "year one": "0001-01-01",
    "year 9999": "9999-12-31",
    "past years": "10000-01-01",
    "no date": "yesterday",
    "moment": "2018-05-03T25:61",
    "first moment": "0001-01-01T00:00",
    "last moment": "9999-12-31T23:59",
}
ALL = TEXTS | NUMBERS | DATES
