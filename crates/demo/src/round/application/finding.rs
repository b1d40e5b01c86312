//! What the reviewers find on an application's criteria.

use jianjia_domain::{
    core::{ids::FindingId, place::UnitPlace},
    round::review::{self, Finding, Outcome},
};
use jianjia_standard::judgement::Status;
use jiff::{Timestamp, ToSpan};

use crate::round::application::Walk;

/// The reason that stands with each criterion that was confirmed together with others.
const LOOKED_THROUGH: &str = "台账、材料齐全，已逐条核对";

impl Walk<'_, '_> {
    /// A few criteria looked at and confirmed.
    pub(super) fn confirm(&mut self, by: &UnitPlace) {
        let criteria = &self.filing.title.criteria;
        for turn in 0..self.draw.below(3) {
            if let Some(criterion) = criteria.get(turn * 2 % criteria.len().max(1)) {
                self.find(&criterion.clause, Outcome::Confirmed, "已看台账", by);
            }
        }
    }

    /// Every criterion that counts confirmed: nothing is decided or recommended on what the applicant alone says. It was looked through in the
    /// quarter of an hour before the act, but not before the file came.
    pub(super) fn confirm_rest(&mut self, by: &UnitPlace, came_at: Timestamp) {
        let Some(judgement) = &self.judgement else {
            return;
        };
        let standing = review::standing(&self.way.findings);
        let is_open = |clause: &str| {
            let found = standing.get(clause);
            found.is_none_or(|finding| finding.outcome != Outcome::Confirmed)
        };
        let rest: Vec<String> =
            review::asked(self.desk.standard, judgement, &self.filing.title.key)
                .into_iter()
                .filter(|criterion| criterion.status == Status::Met && is_open(&criterion.clause))
                .map(|criterion| criterion.clause.clone())
                .collect();
        let at = self.at.saturating_sub(15.minutes()).unwrap_or(self.at);
        for clause in rest {
            self.find_at(
                &clause,
                Outcome::Confirmed,
                LOOKED_THROUGH,
                by,
                at.max(came_at),
            );
        }
    }

    /// One criterion found not to hold.
    pub(super) fn doubt(&mut self, by: &UnitPlace) {
        let criteria = &self.filing.title.criteria;
        if let Some(criterion) = criteria.get(self.draw.below(criteria.len())) {
            let note = "台账与申报的数不一致，请核对后补材料。";
            self.find(&criterion.clause, Outcome::Rejected, note, by);
        }
    }

    fn find(&mut self, clause: &str, outcome: Outcome, note: &str, by: &UnitPlace) {
        self.find_at(clause, outcome, note, by, self.at);
    }

    fn find_at(
        &mut self,
        clause: &str,
        outcome: Outcome,
        note: &str,
        by: &UnitPlace,
        at: Timestamp,
    ) {
        let (account, account_name) = self.desk.signer(by.id);
        self.way.findings.push(Finding {
            id: FindingId(self.desk.ids.next()),
            application: self.way.application.id,
            clause: clause.to_owned(),
            outcome,
            note: note.to_owned(),
            unit: by.id,
            unit_name: by.name.clone(),
            account,
            account_name,
            at,
        });
    }
}
