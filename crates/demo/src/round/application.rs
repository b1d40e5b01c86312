//! Writes the round's applications down, each taken through the same decisions of the domain that the acts take it through.

use std::collections::{BTreeSet, HashMap};

use anyhow::{Context, Result};
use jianjia_app::core::sort_key::sort_key;
use jianjia_domain::{
    core::ids::{
        AccountId, ApplicationEventId, ApplicationId, FindingId, HonourId, JudgementId, UnitId,
    },
    honour::honour::{self, Honour, HonourAct, HonourEvent, HonourSource, HonourState},
    register::unit::{UnitKind, UnitPlace},
    round::{
        application::{
            self, ApplicantPerson, ApplicantUnit, Application, ApplicationEvent, CriterionReason,
            EventAct, ReturnTo, State,
        },
        review::{Finding, Outcome},
        route,
    },
    year::assessment::KeptJudgement,
};
use jianjia_standard::{
    judge::judge,
    kinds::{HonourLevel, Post},
    programme::{RouteAct, Standard},
};
use jianjia_store::{
    core::{counter::next_numbers, db::Tx},
    honour::honour as honours,
    round::{application as applications, finding},
    year::judgement,
};
use jiff::{Timestamp, ToSpan, civil::date};

use crate::{
    core::{
        city::{City, Ids, Unit},
        draw::Draw,
    },
    making::YEAR,
    round::filing::{Fate, Filing},
};

/// What the federations say for the record.
pub const ENDORSED: &str = "材料齐全，情况属实，同意上报。";
pub const RECOMMENDED: &str = "经比选，同意推荐。";
pub const NAMED: &str = "经审核符合条件，予以命名。";
pub const REJECTED: &str = "实地查看与申报不符，本年度不予通过，欢迎明年再报。";
pub const RETURNED: &str = "请按所列条目补充说明后再报。";
pub const STORY: &str =
    "演示数据：一年来围着职工转，建会、维权、服务都有台账，会员评家结果已公开。";

/// The places of a quota that are used by now: about two in three.
const PLACES_USED: i64 = 4;

pub struct Desk<'a> {
    pub city: &'a City,
    pub standard: &'a Standard,
    pub ids: &'a Ids<'a>,
    /// Who signs for a unit: somebody of it who is not its chair, or the chair.
    signers: HashMap<UnitId, (AccountId, String)>,
    chairs: Vec<String>,
}

struct Way {
    application: Application,
    events: Vec<ApplicationEvent>,
    findings: Vec<Finding>,
    at: Timestamp,
}

impl<'a> Desk<'a> {
    pub fn new(city: &'a City, standard: &'a Standard, ids: &'a Ids<'a>) -> Desk<'a> {
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
            signers,
            chairs,
        }
    }

    /// Files all of them and gives the titles that were named on the way, for the standings.
    pub async fn file(
        &self,
        tx: &mut Tx,
        filings: &[Filing<'_>],
    ) -> Result<Vec<crate::honour::title::Honour>> {
        let mut recommended: HashMap<(UnitId, &str), i64> = HashMap::new();
        let mut named = Vec::new();
        for (number, filing) in filings.iter().enumerate() {
            let mut draw = Draw::of("way", number as i64);
            let way = self.way(tx, filing, &mut draw, &mut recommended).await?;
            applications::insert(tx, &way.application).await?;
            for event in &way.events {
                applications::add_event(tx, event).await?;
            }
            for found in &way.findings {
                finding::insert(tx, found).await?;
            }
            if matches!(way.application.state, State::Named { .. }) {
                named.push(self.begin_title(tx, filing, &way).await?);
            }
        }
        Ok(named)
    }

    async fn way<'t>(
        &self,
        tx: &mut Tx,
        filing: &Filing<'t>,
        draw: &mut Draw,
        recommended: &mut HashMap<(UnitId, &'t str), i64>,
    ) -> Result<Way> {
        let mut way = self.drafted(filing, draw);
        if filing.fate == Fate::Draft {
            return Ok(way);
        }
        let kept = self.keep(tx, filing, &way).await?;
        let steps = self.route(filing)?;
        self.step(
            &mut way,
            filing,
            draw,
            EventAct::Submitted,
            None,
            "",
            |application, at| application::submit(application, steps, kept, at),
        )?;
        match filing.fate {
            Fate::Withdrawn => {
                self.step(
                    &mut way,
                    filing,
                    draw,
                    EventAct::Withdrawn,
                    None,
                    "材料还没备齐，先撤回。",
                    application::withdraw,
                )?;
                return Ok(way);
            }
            Fate::Waiting | Fate::Draft => return Ok(way),
            _ => {}
        }
        while let Some(turn) = way
            .application
            .turn()
            .cloned()
            .filter(|turn| turn.act == RouteAct::Endorse)
        {
            self.confirm(&mut way, filing, &turn.unit, draw);
            self.step(
                &mut way,
                filing,
                draw,
                EventAct::Endorsed,
                Some(&turn.unit),
                ENDORSED,
                application::endorse,
            )?;
        }
        let Some(turn) = way.application.turn().cloned() else {
            return Ok(way);
        };
        match filing.fate {
            Fate::Returned | Fate::Resubmitted => {
                self.doubt(&mut way, filing, &turn.unit, draw);
                self.step(
                    &mut way,
                    filing,
                    draw,
                    EventAct::Returned,
                    Some(&turn.unit),
                    RETURNED,
                    |application, at| application::send_back(application, ReturnTo::Applicant, at),
                )?;
                if filing.fate == Fate::Resubmitted {
                    let kept = self.keep(tx, filing, &way).await?;
                    self.step(
                        &mut way,
                        filing,
                        draw,
                        EventAct::Resubmitted,
                        None,
                        "",
                        |application, at| application::submit(application, Vec::new(), kept, at),
                    )?;
                }
            }
            Fate::Rejected => {
                self.doubt(&mut way, filing, &turn.unit, draw);
                self.step(
                    &mut way,
                    filing,
                    draw,
                    EventAct::Rejected,
                    Some(&turn.unit),
                    REJECTED,
                    |application, at| application::reject(application, None, at),
                )?;
            }
            Fate::Through if turn.act == RouteAct::Recommend => {
                let used = recommended
                    .entry((turn.unit.id, &filing.title.key))
                    .or_default();
                if *used < PLACES_USED {
                    *used += 1;
                    way.application.rank = Some(*used);
                    self.confirm(&mut way, filing, &turn.unit, draw);
                    self.step(
                        &mut way,
                        filing,
                        draw,
                        EventAct::Recommended,
                        Some(&turn.unit),
                        RECOMMENDED,
                        application::recommend,
                    )?;
                }
            }
            // The city names the trusted titles itself, in November.
            Fate::Through if turn.act == RouteAct::Decide => {
                self.confirm(&mut way, filing, &turn.unit, draw);
                let kept = self.keep(tx, filing, &way).await?;
                self.step(
                    &mut way,
                    filing,
                    draw,
                    EventAct::Named,
                    Some(&turn.unit),
                    NAMED,
                    |application, at| application::name(application, Some(kept), at),
                )?;
            }
            _ => {}
        }
        Ok(way)
    }

    fn drafted(&self, filing: &Filing, draw: &mut Draw) -> Way {
        let unit = &self.city.units[filing.unit];
        let start = jianjia_domain::core::day::start_of(date(2016, 10, 3));
        let at = later(start, draw.between(9 * 60, 9 * 60 + 5 * 24 * 60));
        let application = Application {
            id: ApplicationId(self.ids.next()),
            year: YEAR,
            title: filing.title.key.clone(),
            unit: ApplicantUnit {
                id: unit.id,
                path: unit.path.clone(),
                name: unit.name.clone(),
                sort_key: sort_key(&unit.name),
            },
            person: filing.person.map(|index| {
                let person = &self.city.people[index];
                ApplicantPerson {
                    id: person.id,
                    name: person.name.clone(),
                }
            }),
            story: STORY.to_owned(),
            state: State::Draft,
            route: Vec::new(),
            rank: None,
            recommended_by: None,
            judgement: None,
            since_at: at,
            submitted_at: None,
            created_by: AccountId(self.ids.next()),
            created_at: at,
            revision: 1,
        };
        let mut way = Way {
            application,
            events: Vec::new(),
            findings: Vec::new(),
            at,
        };
        let event = self.event(&way, filing, EventAct::Drafted, None, "", None, Vec::new());
        way.events.push(event);
        way
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
            places.push(place(&self.city.units[index]));
            above = self.city.units[index].above;
        }
        let way = self
            .standard
            .route(&filing.title.key)
            .context("every title has a route")?;
        route::resolve(way, &places).map_err(|refusal| anyhow::anyhow!("{}", refusal.key()))
    }

    /// Keeps the judgement that a step rests on, as of the day of the first submission.
    async fn keep(&self, tx: &mut Tx, filing: &Filing<'_>, way: &Way) -> Result<JudgementId> {
        let first = way.application.submitted_at.unwrap_or(way.at);
        let as_of = jianjia_domain::core::day::day_of(first);
        let id = JudgementId(self.ids.next());
        let kept = KeptJudgement {
            id,
            unit: self.city.units[filing.unit].id,
            person: filing.person.map(|index| self.city.people[index].id),
            year: YEAR,
            as_of,
            standard_key: self.standard.key.clone(),
            standard_hash: self.standard.version.clone(),
            basis: "claims".to_owned(),
            rejected: BTreeSet::new(),
            subject: serde_json::to_value(&filing.subject)?,
            judgement: serde_json::to_value(judge(self.standard, &filing.subject, as_of))?,
            made_at: way.at,
        };
        judgement::keep(tx, &kept).await?;
        Ok(id)
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "one step of a way is told by all of these"
    )]
    fn step(
        &self,
        way: &mut Way,
        filing: &Filing,
        draw: &mut Draw,
        act: EventAct,
        by: Option<&UnitPlace>,
        opinion: &str,
        decide: impl FnOnce(
            Application,
            Timestamp,
        ) -> Result<Application, application::ApplicationRefusal>,
    ) -> Result<()> {
        let step = way.application.state.step();
        way.at = later(way.at, draw.between(60, 2 * 24 * 60));
        way.application = decide(way.application.clone(), way.at)
            .map_err(|refusal| anyhow::anyhow!("{}", refusal.key()))?;
        let doubts: Vec<CriterionReason> = match act {
            EventAct::Returned | EventAct::Rejected => way
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
        let event = self.event(
            way,
            filing,
            act,
            by,
            opinion,
            step.or_else(|| way.application.state.step()),
            doubts,
        );
        way.events.push(event);
        Ok(())
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "an event is told by all of these"
    )]
    fn event(
        &self,
        way: &Way,
        filing: &Filing,
        act: EventAct,
        by: Option<&UnitPlace>,
        opinion: &str,
        step: Option<usize>,
        reasons: Vec<CriterionReason>,
    ) -> ApplicationEvent {
        let unit = &self.city.units[filing.unit];
        let (unit_id, unit_name, account_name) = match by {
            Some(place) => (place.id, place.name.clone(), self.signer(place.id).1),
            None => (unit.id, unit.name.clone(), self.chairs[filing.unit].clone()),
        };
        ApplicationEvent {
            id: ApplicationEventId(self.ids.next()),
            application: way.application.id,
            act,
            step,
            unit: unit_id,
            unit_name,
            account: None,
            account_name,
            opinion: opinion.to_owned(),
            reasons,
            judgement: way.application.judgement.filter(|_| {
                matches!(
                    act,
                    EventAct::Submitted | EventAct::Resubmitted | EventAct::Named
                )
            }),
            at: way.at,
            request_key: None,
        }
    }

    fn signer(&self, unit: UnitId) -> (AccountId, String) {
        self.signers
            .get(&unit)
            .cloned()
            .unwrap_or_else(|| (AccountId(self.ids.next()), String::new()))
    }

    /// A few criteria looked at and confirmed.
    fn confirm(&self, way: &mut Way, filing: &Filing, by: &UnitPlace, draw: &mut Draw) {
        let count = filing.title.criteria.len();
        for turn in 0..draw.below(3) {
            if let Some(criterion) = filing.title.criteria.get(turn * 2 % count.max(1)) {
                let finding =
                    self.finding(way, &criterion.clause, Outcome::Confirmed, "已看台账", by);
                way.findings.push(finding);
            }
        }
    }

    /// One criterion found not to hold.
    fn doubt(&self, way: &mut Way, filing: &Filing, by: &UnitPlace, draw: &mut Draw) {
        if let Some(criterion) = filing
            .title
            .criteria
            .get(draw.below(filing.title.criteria.len()))
        {
            let finding = self.finding(
                way,
                &criterion.clause,
                Outcome::Rejected,
                "台账与申报的数不一致，请核对后补材料。",
                by,
            );
            way.findings.push(finding);
        }
    }

    fn finding(
        &self,
        way: &Way,
        clause: &str,
        outcome: Outcome,
        note: &str,
        by: &UnitPlace,
    ) -> Finding {
        let (account, account_name) = self.signer(by.id);
        Finding {
            id: FindingId(self.ids.next()),
            application: way.application.id,
            clause: clause.to_owned(),
            outcome,
            note: note.to_owned(),
            unit: by.id,
            unit_name: by.name.clone(),
            account,
            account_name,
            at: way.at,
        }
    }

    async fn begin_title(
        &self,
        tx: &mut Tx,
        filing: &Filing<'_>,
        way: &Way,
    ) -> Result<crate::honour::title::Honour> {
        let unit = &self.city.units[filing.unit];
        let title = filing.title;
        let number = next_numbers(tx, &honour::counter(&title.key, YEAR), 1).await?;
        let step = way
            .application
            .state
            .step()
            .and_then(|step| way.application.route.get(step));
        let by = step.context("a named application has its step")?;
        let level = if by.unit.kind == UnitKind::City {
            HonourLevel::City
        } else {
            HonourLevel::County
        };
        let (_, account_name) = self.signer(by.unit.id);
        let given = Honour {
            id: HonourId(self.ids.next()),
            title: title.key.clone(),
            level,
            year: YEAR,
            unit: unit.id,
            unit_path: unit.path.clone(),
            unit_kind: unit.kind,
            division: unit.division.clone(),
            holder_name: unit.name.clone(),
            holder_sort_key: sort_key(&unit.name),
            person: filing.person.map(|index| self.city.people[index].id),
            person_name: filing
                .person
                .map_or_else(String::new, |index| self.city.people[index].name.clone()),
            number: honour::number(title, YEAR, number),
            begun_on: jianjia_domain::core::day::day_of(way.at),
            state: HonourState::InForce,
            reconfirmed: false,
            reconfirmed_by: None,
            source: HonourSource::Named,
            named_by: Some(by.unit.id),
            application: Some(way.application.id),
            batch: self.ids.next().simple().to_string(),
            revision: 1,
            recorded_at: way.at,
        };
        honours::insert(tx, &given).await?;
        let event = HonourEvent {
            id: self.ids.next().simple().to_string(),
            honour: given.id,
            act: HonourAct::Named,
            reason: String::new(),
            document_number: String::new(),
            account: None,
            account_name,
            at: way.at,
        };
        honours::add_event(tx, &event).await?;
        Ok(crate::honour::title::Honour {
            title: title.key.clone(),
            level,
            year: YEAR,
            unit: filing.unit,
            person: filing.person,
            number: given.number,
            begun_on: given.begun_on,
            state: HonourState::InForce,
            reconfirmed: false,
            batch: "",
        })
    }
}

pub fn place(unit: &Unit) -> UnitPlace {
    UnitPlace {
        id: unit.id,
        kind: unit.kind,
        name: unit.name.clone(),
        path: unit.path.clone(),
    }
}

fn later(at: Timestamp, minutes: i64) -> Timestamp {
    at.checked_add(minutes.minutes()).unwrap_or(at)
}
