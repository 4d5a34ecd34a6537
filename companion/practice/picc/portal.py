"""The state of one practice portal, and what its pages do to it."""

import hashlib
import itertools
from typing import Any

from companion.clock import Clock
from companion.practice.ledger import Ledger
from companion.practice.moods import COMMON, Moods
from companion.practice.picc import payments, underwriting
from companion.practice.picc import portfolio as past
from companion.practice.picc.book import DRAFT, REFUSED, TO_PAY, WAITING, Book, Entry, Line, Proposal
from companion.practice.picc.forms import Form
from companion.practice.picc.logins import Clerk, Logins
from companion.practice.portal import Complaint, Practice


class Portal(Practice):
    """The state of one portal."""

    MOODS = COMMON | {
        "alerts",
        "written_windows",
        "brief_messages",
        "duplicate_answer",
        "html_instead_of_json",
        "short_session",
        "one_line_refused",
        "manual_underwriting",
        "auto_paid",
        "late_policy",
        "session_expiry_mid_download",
        "large_file",
    }

    def __init__(self, ledger: Ledger, clock: Clock, moods: Moods, rows: int = 0) -> None:
        super().__init__(ledger, clock, moods)
        self.logins = Logins()
        # Numbers must not come again after a restart: seconds grow faster than anybody saves.
        first = int(clock.now().timestamp())
        self.book = Book(first)
        self.notices = payments.Notices(first)
        self._tokens = itertools.count(first)
        past.fill(self.book, rows)
        if rows:
            ledger.write("portfolio", None, rows=rows)

    def token(self) -> str:
        """The mark of one page view, by which a form posted twice is known."""
        return f"{next(self._tokens):x}"

    def captcha(self, browser: str) -> bytes:
        """A new captcha for a browser; only the ledger tells what is on it."""
        text, image = self.logins.captchas.show(browser, self.clock.now())
        self.ledger.write("captcha", None, answer=text, image=hashlib.sha256(image).hexdigest())
        return image

    def save(self, form: Form, clerk: Clerk) -> Proposal:
        """Save a form. Raises Complaint with the portal's own words."""
        try:
            if "save_refused" in self.moods:
                raise Complaint("核心业务系统繁忙，请稍后再试")
            now = self.clock.now()
            proposal = self.book.save(form, clerk.code, now, self.visible_from(now))
        except Complaint as complaint:
            self.ledger.write("save_refused", clerk.code, reason=str(complaint))
            raise
        self.notices.void(proposal)
        self._note_save(proposal, clerk)
        return proposal

    def submit(self, numbers: list[str], opinion: str, clerk: Clerk) -> list[Entry]:
        """Hand lines in for underwriting, which may take its time. Raises Complaint."""
        entries = self._alive(numbers, clerk, "submit_refused")
        if any(line.flag not in (DRAFT, REFUSED) for _, line in entries):
            self.ledger.write("submit_refused", clerk.code, numbers, reason="重复提交核保")
            raise Complaint("重复提交核保")
        for _, line in entries:
            line.flag, line.opinion = WAITING, ""
        self._note_lines("submit", clerk.code, entries, opinion=len(opinion))
        self.later(self.moods.get("manual_underwriting"), lambda: self._decide(entries))
        return entries

    def withdraw(self, numbers: list[str], clerk: Clerk) -> list[Entry]:
        """Take lines back from underwriting, to change them. Raises Complaint."""
        entries = self._alive(numbers, clerk, "withdraw_refused")
        if any(line.issued or line.flag == DRAFT for _, line in entries):
            raise Complaint("当前状态不能撤回")
        for proposal, line in entries:
            line.flag, line.opinion = DRAFT, ""
            self.notices.void(proposal)
        self._note_lines("withdraw", clerk.code, entries)
        return entries

    def delete(self, numbers: list[str], clerk: Clerk) -> list[str]:
        """Delete the lines with these numbers; returns those that exist. Raises Complaint for policies."""
        found = self.book.rows(self.clock.now(), numbers, "", "") if numbers else []
        if any(line.issued for _, line in found):
            raise Complaint("投保单已生成保单，不能删除")
        for proposal, line in found:
            line.deleted = True
            self.notices.void(proposal)
        deleted = [line.number for _, line in found]
        self.ledger.write("delete", clerk.code, deleted)
        return deleted

    def open(self, numbers: list[str], clerk: Clerk) -> list[Proposal]:
        """The proposals that a detail page shows, each once."""
        now = self.clock.now()
        found: list[Proposal] = []
        for number in numbers:
            proposal = self.book.find(number, now)
            if proposal and proposal not in found:
                found.append(proposal)
        shown = [number for proposal in found for number in proposal.numbers]
        self.ledger.write("detail", clerk.code, numbers, found=shown)
        return found

    def pay(self, numbers: list[str], how: payments.How, clerk: Clerk, origin: str) -> payments.Notice:
        """Make what the customer pays by. Raises Complaint."""
        entries = self._alive(numbers, clerk, "pay_refused")
        if any(not line.passed for _, line in entries):
            raise Complaint("只有核保通过的投保单可以缴费")
        notice = self.notices.make(how, entries, clerk.code, self.clock.now())
        for line in notice.lines:
            line.flag = TO_PAY
        code = self.address(notice, origin) if how == "qr" else notice.number
        self._note_notice("pay_code", clerk.code, notice, how=how, code=code)
        if "auto_paid" in self.moods:
            self.later(self.moods["auto_paid"], lambda: self.settle(notice))
        return notice

    def address(self, notice: payments.Notice, origin: str) -> str:
        """What the QR code of a notice says."""
        return f"{origin}/pay/{notice.token}"

    def settle(self, notice: payments.Notice) -> bool:
        """The customer pays. False when there is nothing to pay any more."""
        if notice.state != payments.WAITING:
            self._note_notice("pay_declined", None, notice, state=notice.state)
            return False
        notice.state, notice.paid_at = payments.PAID, self.clock.now()
        self._note_notice("paid", None, notice)
        self.later(self.moods.get("late_policy"), lambda: self._issue(notice))
        return True

    def policy(self, number: str) -> Entry | None:
        """The issued line with this policy number."""
        return next((entry for entry in self.book.lines([number]) if entry[1].policy_number == number), None)

    def _alive(self, numbers: list[str], clerk: Clerk, refused: str) -> list[Entry]:
        entries = self.book.lines(numbers)
        if entries and not any(line.deleted for _, line in entries):
            return entries
        reason = "投保单已删除" if entries else "未查询到投保单"
        self.ledger.write(refused, clerk.code, numbers, reason=reason)
        raise Complaint(reason)

    def _decide(self, entries: list[Entry]) -> None:
        waiting = [
            (proposal, line) for proposal, line in entries if line.flag == WAITING and not line.deleted
        ]
        strict, by_hand = "one_line_refused" in self.moods, "manual_underwriting" in self.moods
        for proposal, line in waiting:
            now = self.clock.now()
            line.flag, line.opinion = underwriting.decide(proposal.form, line.kind, now, strict, by_hand)
            line.by_hand = by_hand
        self._note_lines("underwritten", None, waiting)

    def _issue(self, notice: payments.Notice) -> None:
        for line in notice.lines:
            line.issue()
        self._note_notice("issued", None, notice, policies=[line.policy_number for line in notice.lines])

    def _note_save(self, proposal: Proposal, clerk: Clerk) -> None:
        self.ledger.write(
            "save",
            clerk.code,
            proposal.numbers,
            revision=proposal.revision,
            plate=proposal.form["prpCitemCar.licenseNo"],
            insured=proposal.form["prpCinsureds[0].insuredName"],
            lines=[_told(line, premium=line.premium) for line in proposal.lines],
        )

    def _note_lines(self, what: str, user: str | None, entries: list[Entry], **more: Any) -> None:
        lines = [_told(line, flag=line.flag, reason=line.opinion) for _, line in entries]
        self.ledger.write(what, user, [line.number for _, line in entries], lines=lines, **more)

    def _note_notice(self, what: str, user: str | None, notice: payments.Notice, **more: Any) -> None:
        self.ledger.write(what, user, notice.numbers, notice=notice.number, amount=notice.amount, **more)


def _told(line: Line, **more: Any) -> dict[str, Any]:
    return {"number": line.number, "kind": line.kind, **more}
