//! How an application ends: it is endorsed, returned, rejected, named, or recommended and named.

use anyhow::Result;
use jianjia_domain::{
    core::{
        place::UnitPlace,
        policy::{Permit, act},
    },
    round::{
        application::{self, EventAct, ReturnTo},
        route,
    },
};
use jianjia_standard::programme::RouteAct;

use crate::round::{
    application::{ENDORSED, LEFT_OUT, NAMED, RECOMMENDED, REJECTED, RETURNED, Recommended, Walk},
    calendar,
    filing::Fate,
};

impl<'f> Walk<'_, 'f> {
    /// Every unit on the way gives its opinion; false while one hasn't.
    pub(super) fn be_endorsed(&mut self) -> Result<bool> {
        while let Some(turn) = self.turn().filter(|turn| turn.act == RouteAct::Endorse) {
            self.confirm(&turn.unit);
            let permit = self.permit(act::EndorseApplication, Some(&turn.unit))?;
            let by = Some(&turn.unit);
            let is_done = self.step(EventAct::Endorsed, by, ENDORSED, |application, at| {
                application::endorse(application, &permit, at)
            })?;
            if !is_done {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// What the one does who decides or recommends.
    pub(super) fn end(&mut self, recommended: &mut Recommended<'f>) -> Result<()> {
        let Some(turn) = self.turn() else {
            return Ok(());
        };
        match self.filing.fate {
            Fate::Returned => self.be_returned(&turn.unit).map(drop),
            Fate::Resubmitted => {
                if !self.be_returned(&turn.unit)? || !self.be_handed_in_again()? {
                    return Ok(());
                }
                self.be_decided(&turn, recommended)
            }
            Fate::Rejected => {
                self.doubt(&turn.unit);
                let permit = self.permit(act::RejectApplication, Some(&turn.unit))?;
                let by = Some(&turn.unit);
                self.step(EventAct::Rejected, by, REJECTED, |application, at| {
                    application::reject(application, &permit, None, at)
                })
                .map(drop)
            }
            _ => self.be_decided(&turn, recommended),
        }
    }

    /// Named, or recommended to the city and named by it.
    fn be_decided(&mut self, turn: &route::Step, recommended: &mut Recommended<'f>) -> Result<()> {
        if turn.act == RouteAct::Decide {
            let permit = self.permit(act::DecideApplication, Some(&turn.unit))?;
            return self.be_named(&turn.unit, &permit);
        }
        let used = recommended.entry((turn.unit.id, &self.filing.title.key));
        let used = used.or_default();
        if *used >= calendar::places(turn.unit.kind) {
            return self.be_left_out(&turn.unit);
        }
        if !self.be_recommended(&turn.unit, used)? {
            return Ok(());
        }
        let Some(turn) = self.turn() else {
            return Ok(());
        };
        let permit = self.permit(act::NameApplications, Some(&turn.unit))?;
        self.be_named(&turn.unit, &permit)
    }

    fn be_handed_in_again(&mut self) -> Result<bool> {
        let kept = self.keep();
        let permit = self.permit(act::SubmitApplication, None)?;
        let is_done = self.step(EventAct::Resubmitted, None, "", |application, at| {
            application::submit(application, &permit, Vec::new(), kept, at)
        })?;
        if !is_done {
            self.way.judgements.pop();
        }
        Ok(is_done)
    }

    fn be_returned(&mut self, by: &UnitPlace) -> Result<bool> {
        self.doubt(by);
        let permit = self.permit(act::ReturnApplication, Some(by))?;
        self.step(EventAct::Returned, Some(by), RETURNED, |application, at| {
            application::send_back(application, &permit, ReturnTo::Applicant, at)
        })
    }

    /// There is no place left for it.
    fn be_left_out(&mut self, by: &UnitPlace) -> Result<()> {
        let permit = self.permit(act::RejectApplication, Some(by))?;
        self.step(EventAct::Rejected, Some(by), LEFT_OUT, |application, at| {
            application::reject(application, &permit, None, at)
        })
        .map(drop)
    }

    /// Recommended to the city.
    fn be_recommended(&mut self, by: &UnitPlace, used: &mut i64) -> Result<bool> {
        self.confirm(by);
        let came_at = self.at;
        let permit = self.permit(act::RecommendApplication, Some(by))?;
        let is_done = self.step(
            EventAct::Recommended,
            Some(by),
            RECOMMENDED,
            |application, at| application::recommend(application, &permit, at),
        )?;
        // The place is taken in the plan of the year, whether the day has come or not: every day of the past is the same whatever day it is today.
        *used += 1;
        if is_done {
            self.way.application.rank = Some(*used);
            self.confirm_rest(by, came_at);
        }
        Ok(is_done)
    }

    fn be_named<A: application::Naming>(
        &mut self,
        by: &UnitPlace,
        permit: &Permit<A>,
    ) -> Result<()> {
        self.confirm(by);
        let (kept, came_at) = (self.keep(), self.at);
        // The city's document stands for an opinion, as in the act of naming.
        let document = self.naming().map(|naming| naming.document_number.clone());
        let opinion = document.as_deref().unwrap_or(NAMED);
        let is_done = self.step(EventAct::Named, Some(by), opinion, |application, at| {
            application::name(application, permit, Some(kept), at)
        })?;
        if !is_done {
            self.way.judgements.pop();
            return Ok(());
        }
        self.confirm_rest(by, came_at);
        self.begin_title()
    }
}
