"""The moods of a practice portal: what real portals do to their clerks, switched on by name."""

from collections.abc import Iterable

SECONDS = {
    "slow_query": 20.0,
    "late_query": 5.0,
    "pushed_result": 3.0,
    "short_session": 5.0,
    "manual_underwriting": 5.0,
    "auto_paid": 5.0,
    "late_policy": 5.0,
    "large_file": 50.0,
}
"""Moods that take time, and how long unless told otherwise (`large_file`: how many megabytes)."""
LONGEST = 86_400.0
COMMON = frozenset(
    {
        "network_only",
        "page_only",
        "slow_query",
        "late_query",
        "logged_out",
        "save_refused",
        "maintenance",
        "busy_grid",
        "strict_csp",
    }
)
"""The moods of a portal that does not say otherwise; all but the small ones have them."""

WORDS = {
    "network_only": "保存成功后页面不显示任何提示和单号",
    "page_only": "保存改为表单提交到隐藏框架，单号只出现在页面上",
    "slow_query": "查询很慢",
    "late_query": "保存后要过一会儿才能查询到",
    "logged_out": "保存后立即退出登录",
    "save_refused": "保存一律被拒绝",
    "maintenance": "查询时显示系统维护页面",
    "busy_grid": "列表每秒重新生成数次",
    "strict_csp": "所有页面带严格的内容安全策略",
    "short_session": "登录很快超时",
    "one_line_refused": "商业险核保不通过，交强险通过",
    "manual_underwriting": "提交后转人工核保，过一会儿才有结果",
    "duplicate_answer": "每个提交都发送两次",
    "encrypted": "报文由页面脚本加密，列表只生成可见的行",
    "canvas_qr": "支付二维码画在画布上",
    "html_instead_of_json": "查询时返回登录页面",
    "session_expiry_mid_download": "下载文件到一半时登录超时",
    "large_file": "电子保单文件很大",
    "auto_paid": "客户自动付款",
    "late_policy": "付款后要过一会儿才生成保单",
    "brief_messages": "提示信息两秒后消失",
    "pushed_result": "核保结果过一会儿由服务器推送",
    "double_save": "一次点击保存两次，产生两个单号",
    "alerts": "保存、核保、删除的结果只用对话框提示",
    "written_windows": "新窗口的内容由打开它的页面写入",
    "changed_prefix": "所有网址的前缀改变",
}
"""What each mood of any portal does, for the page that switches them."""
UNITS = {"large_file": "MB"}
"""What the figure of a mood means, where it is not seconds."""

Moods = dict[str, float]
"""Moods in force, with their seconds (0 where they take none)."""


def parse(words: Iterable[str], known: frozenset[str]) -> Moods:
    """Read `NAME` or `NAME=SECONDS` words. Raises ValueError for what is none of the known moods."""
    moods: Moods = {}
    for word in words:
        name, _, seconds = word.partition("=")
        if name not in known:
            raise ValueError(f"no such mood: {name} (there are: {', '.join(sorted(known))})")
        if seconds and name not in SECONDS:
            raise ValueError(f"{name} takes no time")
        moods[name] = float(seconds) if seconds else SECONDS.get(name, 0.0)
        if not 0 <= moods[name] < LONGEST:
            raise ValueError(f"{name}: {seconds} is too much or too little")
    return moods
