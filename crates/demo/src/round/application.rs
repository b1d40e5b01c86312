//! The round's applications as they stand: each is taken through the same decisions of the domain that the acts take it through, and
//! entered with all that happened to it.

mod draft;
mod fate;
mod finding;
mod naming;
mod schedule;
mod story;
mod title;

pub use story::story;

use jianjia_domain::core::proof::Proof;
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

use anyhow::{Context, Result};
use jianjia_app::exchange::founding::city::Way;
use jianjia_domain::{
    core::{
        day,
        ids::{AccountId, ApplicationEventId, JudgementId, UnitId},
        place::{UnitKind, UnitPlace},
        policy::{self, Actor, POLICY, Permit, Permitted, RoleAt, act},
        refusal::Refuse,
    },
    round::{
        application::{
            self, Application, ApplicationEvent, ApplicationRefusal, CriterionReason, EventAct,
        },
        review::Outcome,
        route,
    },
    year::assessment::KeptJudgement,
};
use jianjia_standard::{judge::judge, judgement::Judgement, kinds::Post, programme::Standard};
use jiff::{
    Timestamp, ToSpan,
    civil::{Date, date},
};
use rayon::iter::{IntoParallelIterator, ParallelIterator};

use crate::{
    core::{
        city::{City, Ids},
        day::{morning, office_hour, working},
        draw::Draw,
    },
    honour::title::Honour,
    round::{
        application::naming::Naming,
        filing::{Fate, Filing},
    },
    writing::{Part, Writing},
};

/// What the federations say for the record.
pub const ENDORSED: &str = "材料齐全，情况属实，同意上报。";
pub const RECOMMENDED: &str = "经比选，同意推荐。";
pub const NAMED: &str = "经审核符合条件，予以命名。";
pub const REJECTED: &str = "实地查看与申报不符，本年度不予通过，欢迎明年再报。";
pub const LEFT_OUT: &str = "名额已经用完，经比选本年度未能推荐，欢迎明年再报。";
pub const RETURNED: &str = "请按所列条目补充说明后再报。";

/// So many applications are entered at a time.
const PORTION: usize = 400;

pub struct Desk<'a> {
    city: &'a City,
    standard: &'a Standard,
    ids: &'a Ids<'a>,
    year: i16,
    /// Nothing happens on this day or later.
    today: Date,
    /// Who signs for a unit: somebody of it who is not its chair, or the chair.
    signers: HashMap<UnitId, (AccountId, String)>,
    chairs: Vec<String>,
    /// The city's acts of naming, by title.
    namings: HashMap<String, Naming>,
}

/// The places of each federation and title that are used by now.
type Recommended<'f> = HashMap<(UnitId, &'f str), i64>;

/// One filing on its way.
struct Walk<'a, 'f> {
    desk: &'a Desk<'a>,
    filing: &'a Filing<'f>,
    draw: Draw,
    way: Way,
    at: Timestamp,
    /// The judgement that it was submitted on.
    judgement: Option<Judgement>,
    /// What it came to, as the years after know it.
    given: Option<Honour>,
}

impl<'a> Desk<'a> {
    pub fn new(
        city: &'a City,
        standard: &'a Standard,
        ids: &'a Ids<'a>,
        year: i16,
        today: Date,
    ) -> Desk<'a> {
        let mut signers = HashMap::new();
        let mut chairs = vec![String::new(); city.units.len()];
        for person in city.people.iter().rev() {
            let unit = &city.units[person.unit];
            if person.post == Post::Chair {
                chairs[person.unit].clone_from(&person.name);
            }
            if unit.kind.is_federation()
                && (person.post != Post::Chair || !signers.contains_key(&unit.id))
            {
                signers.insert(unit.id, (AccountId(ids.next()), person.name.clone()));
            }
        }
        Desk {
            city,
            standard,
            ids,
            year,
            today,
            signers,
            chairs,
            namings: naming::of_year(standard, ids, year),
        }
    }

    /// Files all of them, as far as they have come by today, and gives the titles that they came to.
    ///
    /// # Errors
    /// When the domain refuses a step, or they can't be written.
    pub async fn file(&self, writing: &mut Writing, filings: &[Filing<'_>]) -> Result<Vec<Honour>> {
        let mut recommended = Recommended::new();
        let mut given = Vec::new();
        for (portion, filings) in (0..).zip(filings.chunks(PORTION)) {
            let mut walked = Vec::with_capacity(filings.len());
            for (number, filing) in (portion * PORTION..).zip(filings) {
                let number = (number as i64) << 12 | i64::from(self.year);
                let mut walk = Walk::begin(self, filing, Draw::of("way", number));
                if walk.at >= morning(self.today) {
                    continue;
                }
                walk.go(&mut recommended)?;
                given.extend(walk.given);
                walked.push((filing, walk.way));
            }
            let judged = walked
                .into_par_iter()
                .map(|(filing, way)| self.judged(filing, way));
            let ways = judged.collect::<Result<Vec<Way>>>()?;
            writing.hand(Part::Applications(ways)).await?;
        }
        Ok(given)
    }

    /// Fills in the judgements that steps rest on.
    fn judged(&self, filing: &Filing<'_>, mut way: Way) -> Result<Way> {
        for kept in &mut way.judgements {
            let judgement = judge(self.standard, &filing.subject, kept.as_of);
            kept.subject = serde_json::to_string(&filing.subject)?;
            kept.judgement = serde_json::to_string(&judgement)?;
        }
        Ok(way)
    }

    fn signer(&self, unit: UnitId) -> (AccountId, String) {
        self.signers
            .get(&unit)
            .cloned()
            .unwrap_or_else(|| (AccountId(self.ids.next()), String::new()))
    }

    /// The steps above the union that files; a branch is filed for by its union.
    fn route(&self, filing: &Filing) -> Result<Vec<route::Step>> {
        let unit = &self.city.units[filing.unit];
        let files = if unit.kind == UnitKind::Branch {
            unit.above
        } else {
            Some(filing.unit)
        };
        let mut above = files.and_then(|index| self.city.units[index].above);
        let mut places = Vec::new();
        while let Some(index) = above {
            places.push(self.city.units[index].place());
            above = self.city.units[index].above;
        }
        let way = self
            .standard
            .route(&filing.title.key)
            .context("every title has a route")?;
        route::resolve(way, &places).map_err(|refusal| anyhow::anyhow!("{}", refusal.key()))
    }
}

impl<'a, 'f> Walk<'a, 'f> {
    /// Begins with the draft.
    fn begin(desk: &'a Desk<'a>, filing: &'a Filing<'f>, mut draw: Draw) -> Walk<'a, 'f> {
        let begun = date(desk.year, 10, 8).saturating_add(draw.between(0, 9).days());
        let at = office_hour(working(begun), &mut draw);
        let mut walk = Walk {
            desk,
            filing,
            draw,
            way: Way {
                judgements: Vec::new(),
                application: draft::drafted(desk, filing, at),
                events: Vec::new(),
                findings: Vec::new(),
                answers: draft::answers(desk, filing),
                title: None,
            },
            at,
            judgement: None,
            given: None,
        };
        walk.tell(EventAct::Drafted, None, "", None, Vec::new());
        walk
    }

    /// Goes as far as its fate is.
    fn go(&mut self, recommended: &mut Recommended<'f>) -> Result<()> {
        if self.filing.fate == Fate::Draft {
            return Ok(());
        }
        let kept = self.keep();
        let steps = self.desk.route(self.filing)?;
        let permit = self.permit(act::SubmitApplication, None)?;
        let is_handed_in = self.step(EventAct::Submitted, None, "", |application, at| {
            application::submit(application, &permit, steps, kept, at)
        })?;
        if !is_handed_in {
            self.way.judgements.clear();
            return Ok(());
        }
        match self.filing.fate {
            Fate::Withdrawn => {
                let reason = "材料还没备齐，先撤回。";
                let permit = self.permit(act::WithdrawApplication, None)?;
                self.step(EventAct::Withdrawn, None, reason, |application, at| {
                    application::withdraw(application, &permit, at)
                })?;
                Ok(())
            }
            Fate::Draft => Ok(()),
            _ => {
                if self.be_endorsed()? {
                    self.end(recommended)?;
                }
                Ok(())
            }
        }
    }

    /// The permit of somebody who may do it by the policy: at the unit whose step it is, or at the one that files.
    fn permit<A: Permitted>(&self, act: A, by: Option<&UnitPlace>) -> Result<Permit<A>> {
        let own = self.desk.city.units[self.filing.unit].place();
        let roles = POLICY.iter().find(|(named, _)| *named == act.act());
        let at = by.unwrap_or(&own);
        let actor = Actor {
            account: AccountId(Uuid::nil()),
            person: None,
            name: String::new(),
            roles: roles
                .into_iter()
                .flat_map(|(_, roles)| roles.iter())
                .map(|(role, _)| RoleAt {
                    role: *role,
                    unit: at.clone(),
                })
                .collect(),
            proof: Proof::Password,
        };
        policy::permit(&actor, act, &own).map_err(|denial| anyhow::anyhow!("{denial:?}"))
    }

    fn turn(&self) -> Option<route::Step> {
        self.way.application.turn().cloned()
    }

    /// Keeps the judgement that a step rests on, as of the day of the first submission.
    fn keep(&mut self) -> JudgementId {
        let (desk, filing) = (self.desk, self.filing);
        let first = self.way.application.submitted_at.unwrap_or(self.at);
        let as_of = day::day_of(first);
        let id = JudgementId(desk.ids.next());
        self.way.judgements.push(KeptJudgement {
            id,
            unit: desk.city.units[filing.unit].id,
            person: filing.person.map(|index| desk.city.people[index].id),
            year: desk.year,
            as_of,
            standard_key: desk.standard.key.clone(),
            standard_hash: desk.standard.version.clone(),
            basis: "claims".to_owned(),
            rejected: BTreeSet::new(),
            // By `Desk::judged`.
            subject: String::new(),
            judgement: String::new(),
            made_at: self.at,
        });
        if self.judgement.is_none() {
            self.judgement = Some(judge(desk.standard, &filing.subject, as_of));
        }
        id
    }

    /// Takes the application a step on, some time after the one before; false while that has not come.
    fn step(
        &mut self,
        act: EventAct,
        by: Option<&UnitPlace>,
        opinion: &str,
        decide: impl FnOnce(Application, Timestamp) -> Result<Application, ApplicationRefusal>,
    ) -> Result<bool> {
        let step = self.way.application.state.step();
        let at = self.next(act);
        if at >= morning(self.desk.today) {
            return Ok(false);
        }
        self.at = at;
        self.way.application = decide(self.way.application.clone(), self.at)
            .map_err(|refusal| anyhow::anyhow!("{}", refusal.key()))?;
        let doubts: Vec<CriterionReason> = match act {
            EventAct::Returned | EventAct::Rejected => self
                .way
                .findings
                .iter()
                .filter(|finding| finding.outcome == Outcome::Rejected)
                .map(|finding| CriterionReason {
                    clause: finding.clause.clone(),
                    note: finding.note.clone(),
                })
                .collect(),
            _ => Vec::new(),
        };
        let step = step.or_else(|| self.way.application.state.step());
        self.tell(act, by, opinion, step, doubts);
        Ok(true)
    }

    /// Writes down what happened: by the applicant's chair, or for the unit that did it.
    fn tell(
        &mut self,
        act: EventAct,
        by: Option<&UnitPlace>,
        opinion: &str,
        step: Option<usize>,
        reasons: Vec<CriterionReason>,
    ) {
        let desk = self.desk;
        let unit = &desk.city.units[self.filing.unit];
        let (unit_id, unit_name, account_name) = match by {
            Some(place) => (place.id, place.name.clone(), desk.signer(place.id).1),
            None => (
                unit.id,
                unit.name.clone(),
                desk.chairs[self.filing.unit].clone(),
            ),
        };
        let application = &self.way.application;
        self.way.events.push(ApplicationEvent {
            id: ApplicationEventId(desk.ids.next()),
            application: application.id,
            act,
            step,
            unit: unit_id,
            unit_name,
            account: None,
            account_name,
            opinion: opinion.to_owned(),
            reasons,
            judgement: application.judgement.filter(|_| {
                matches!(
                    act,
                    EventAct::Submitted | EventAct::Resubmitted | EventAct::Named
                )
            }),
            at: self.at,
            request_key: None,
        });
    }
}
