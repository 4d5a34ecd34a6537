"""The state of one practice portal, and what its pages do to it."""

import itertools

from companion.clock import Clock
from companion.practice.ledger import Ledger
from companion.practice.moods import Moods
from companion.practice.picc.book import Book, Proposal
from companion.practice.picc.forms import Form
from companion.practice.picc.logins import Clerk, Logins
from companion.practice.portal import Complaint, Practice


class Portal(Practice):
    """The state of one portal."""

    def __init__(self, ledger: Ledger, clock: Clock, moods: Moods) -> None:
        super().__init__(ledger, clock, moods)
        self.logins = Logins()
        # Numbers must not come again after a restart: seconds grow faster than anybody saves.
        first = int(clock.now().timestamp())
        self.book = Book(first)
        self._tokens = itertools.count(first)

    def token(self) -> str:
        """The mark of one page view, by which a form posted twice is known."""
        return f"{next(self._tokens):x}"

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
        self._note_save(proposal, clerk)
        return proposal

    def delete(self, numbers: list[str], clerk: Clerk) -> list[str]:
        """Delete the lines with these numbers; returns those that exist."""
        found = self.book.rows(self.clock.now(), numbers, "", "") if numbers else []
        for _, line in found:
            line.deleted = True
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

    def _note_save(self, proposal: Proposal, clerk: Clerk) -> None:
        lines = [
            {"number": line.number, "kind": line.kind, "premium": line.premium} for line in proposal.lines
        ]
        self.ledger.write(
            "save",
            clerk.code,
            proposal.numbers,
            revision=proposal.revision,
            plate=proposal.form["prpCitemCar.licenseNo"],
            insured=proposal.form["prpCinsureds[0].insuredName"],
            lines=lines,
        )
