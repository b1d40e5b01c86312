//! What the reviewers find on an application's criteria.

use jianjia_domain::{
    core::{ids::FindingId, place::UnitPlace},
    round::review::{Finding, Outcome},
};

use crate::round::application::Walk;

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

    /// One criterion found not to hold.
    pub(super) fn doubt(&mut self, by: &UnitPlace) {
        let criteria = &self.filing.title.criteria;
        if let Some(criterion) = criteria.get(self.draw.below(criteria.len())) {
            let note = "台账与申报的数不一致，请核对后补材料。";
            self.find(&criterion.clause, Outcome::Rejected, note, by);
        }
    }

    fn find(&mut self, clause: &str, outcome: Outcome, note: &str, by: &UnitPlace) {
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
            at: self.at,
        });
    }
}
