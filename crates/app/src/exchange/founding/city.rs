//! A whole city at once: fills an empty instance with a register and its past, thousands of rows at a time, in one transaction with one
//! line of the trail. The records are taken as they are handed over, since they tell of days before the program; what the program itself
//! works out (numbers, where units stand, the figures behind the targets) is worked out here. Nobody is asked for permission, so this is
//! open to a demo alone; a real city imports its tables.

mod asking;
mod evidence;

use std::collections::BTreeMap;

use anyhow::{Context, anyhow};
use jianjia_domain::{
    check::renewal::{self, Due, Renewal},
    core::{
        audit::{deed::Deed, object::Object},
        day,
        ids::{AccountId, HonourId, MessageId, PollId, UnitId},
        place::{UnitKind, UnitPlace},
    },
    exchange::import::divisions::DivisionRow,
    honour::honour::{self, Honour, HonourEvent},
    office::account::Account,
    rating::{count::Rating, improvement::Improvement},
    register::{
        election::Election,
        person::Person,
        unit::{Unit, UnitChange},
    },
    round::{
        application::{Application, ApplicationEvent},
        recommendation::Quota,
        review::Finding,
        round::Round,
        veto::Veto,
    },
    year::{activity::Activity, assessment::KeptJudgement, statement::Statement},
};
use jianjia_standard::kinds::HonourLevel;
use jianjia_store::{
    check::renewal::{self as renewals, DueFilter},
    core::{changed, counter::next_numbers, db::Tx, message},
    honour::honour as honours,
    office::account as accounts,
    rating::{count as ratings, improvement as improvements, poll as polls},
    register::{
        division::{self, Division},
        election as elections, person as people,
        unit::{
            self,
            version::{self, NewVersion},
        },
    },
    round::{
        application as applications, department as departments, finding as findings,
        property::{self as properties, Said},
        quota as quotas, round as rounds, veto as vetoes,
    },
    year::{activity as activities, judgement as judgements, statement as statements},
};
use jiff::{Timestamp, civil::Date};
use serde_json::json;
use uuid::Uuid;

pub use self::{
    asking::Asking,
    evidence::{Document, document},
};
use crate::{
    core::{
        app::App,
        error::{Error, Result},
        sort_key::sort_key,
    },
    exchange::import::apply,
    round::telling,
    year::standing as standings,
};

/// A city that is being founded. It is handed over part by part, in the order of the methods, so that it is never whole in memory.
/// What was handed over is kept by `keep_until_here` and by `finish`.
pub struct CityFounding {
    app: App,
    tx: Tx,
    units: Vec<UnitId>,
}

/// An application with all that happened to it so far.
#[derive(Clone, Debug)]
pub struct Way {
    /// The judgements that it was submitted or decided on.
    pub judgements: Vec<KeptJudgement>,
    pub application: Application,
    pub events: Vec<ApplicationEvent>,
    pub findings: Vec<Finding>,
    /// What was answered about the candidate: the property's key and the choice's.
    pub answers: Vec<(String, String)>,
    /// The title that it became, with the event that began it and those since. Its number is given here.
    pub title: Option<(Honour, Vec<HonourEvent>)>,
}

impl CityFounding {
    /// Begins, alone in the database.
    ///
    /// # Errors
    /// When the instance is no demo or has a register already.
    pub async fn begin(app: App) -> Result<CityFounding> {
        let mut tx = app.db.write_alone().await?;
        if !app.is_demo || unit::root(&mut tx).await?.is_some() {
            return Err(Error::Internal(anyhow!(
                "a whole city is founded in an empty demo only"
            )));
        }
        changed::everywhere(&mut tx);
        Ok(CityFounding {
            app,
            tx,
            units: Vec::new(),
        })
    }

    /// Goes on with a demo that is founded: for what is told of its past after the rest.
    ///
    /// # Errors
    /// When the instance is no demo.
    pub async fn go_on(app: App) -> Result<CityFounding> {
        if !app.is_demo {
            return Err(Error::Internal(anyhow!("only a demo's past is told")));
        }
        Ok(CityFounding {
            tx: app.db.write_alone().await?,
            app,
            units: Vec::new(),
        })
    }

    /// # Errors
    /// As of all parts: when they can't be written.
    pub async fn divisions(&mut self, rows: &[DivisionRow]) -> Result<()> {
        let divisions: Vec<Division> = rows.iter().map(apply::division).collect();
        Ok(division::set(&mut self.tx, &divisions).await?)
    }

    /// Enters all units, those above first, each with the first line of its history: founded. `fresh` gives the ids of these lines.
    pub async fn units(&mut self, units: &[Unit], fresh: impl Fn() -> Uuid) -> Result<()> {
        let count = i64::try_from(units.len()).context("the number of units")?;
        self.units = units.iter().map(|unit| unit.id).collect();
        unit::change::insert(&mut self.tx, units).await?;
        next_numbers(&mut self.tx, "unit", count).await?;
        let versions = units
            .iter()
            .map(|unit| {
                Ok(NewVersion {
                    id: fresh().simple().to_string(),
                    unit,
                    valid_from: unit
                        .details
                        .founded_on
                        .context("a unit was founded on a day")?,
                    change: UnitChange::Founded,
                    note: "",
                    recorded_by: None,
                })
            })
            .collect::<anyhow::Result<Vec<NewVersion>>>()?;
        Ok(version::insert(&mut self.tx, &versions).await?)
    }

    pub async fn people(&mut self, people: &[Person], held: &[Election]) -> Result<()> {
        people::insert(&mut self.tx, people).await?;
        Ok(elections::insert_many(&mut self.tx, held).await?)
    }

    pub async fn statements(&mut self, said: &[Statement]) -> Result<()> {
        Ok(statements::insert(&mut self.tx, said).await?)
    }

    pub async fn activities(&mut self, held: &[Activity]) -> Result<()> {
        Ok(activities::insert_many(&mut self.tx, held).await?)
    }

    pub async fn ratings(&mut self, counted: &[Rating], promised: &[Improvement]) -> Result<()> {
        ratings::insert_many(&mut self.tx, counted).await?;
        for promise in promised {
            improvements::insert(&mut self.tx, promise).await?;
        }
        Ok(())
    }

    /// Enters titles held. Those that have a number came one after the other, so the next one's number follows.
    pub async fn honours(&mut self, held: &[Honour], events: &[HonourEvent]) -> Result<()> {
        honours::insert_many(&mut self.tx, held).await?;
        honours::add_events(&mut self.tx, events).await?;
        let mut numbered: BTreeMap<(&str, i16), i64> = BTreeMap::new();
        for honour in held.iter().filter(|honour| !honour.number.is_empty()) {
            *numbered.entry((&honour.title, honour.year)).or_default() += 1;
        }
        for ((title, year), count) in numbered {
            next_numbers(&mut self.tx, &honour::counter(title, year), count).await?;
        }
        Ok(())
    }

    pub async fn vetoes(&mut self, recorded: &[Veto]) -> Result<()> {
        vetoes::record_many(&mut self.tx, recorded).await?;
        for veto in recorded {
            if let Some(lifting) = &veto.lifted {
                vetoes::lift(&mut self.tx, &veto.id, lifting).await?;
            }
        }
        Ok(())
    }

    /// Renews the titles that are due in a year, but for those that `left` names: by the federations in `by`, the lower ones first, and what is not of a
    /// district by the city alone.
    pub async fn renewals(
        &mut self,
        year: i16,
        by: &[(UnitPlace, AccountId, String)],
        (at, note): (Timestamp, &str),
        left: impl Fn(&HonourId) -> bool,
    ) -> Result<()> {
        let standard = self.app.standards.of(year);
        let cycles = renewal::cycles(standard, year);
        let first = standard.programme.first_year;
        let mut renewed: BTreeMap<HonourId, Renewal> = BTreeMap::new();
        for (office, account, name) in by {
            let within = [office.path.clone()];
            let (due, _) = renewals::due(
                &mut self.tx,
                &within,
                (first, &cycles),
                &DueFilter::default(),
                (i64::MAX, 0),
            )
            .await?;
            let in_charge =
                |title: &Due| title.level == HonourLevel::County || office.kind == UnitKind::City;
            let renewable = |title: &Due| in_charge(title) && !left(&title.honour);
            for title in due.into_iter().filter(renewable) {
                renewed.entry(title.honour).or_insert_with(|| Renewal {
                    honour: title.honour,
                    year,
                    note: note.to_owned(),
                    account: *account,
                    account_name: name.clone(),
                    at,
                });
            }
        }
        let renewed: Vec<Renewal> = renewed.into_values().collect();
        Ok(renewals::insert_many(&mut self.tx, &renewed).await?)
    }

    pub async fn round(&mut self, round: &Round, places: &[Quota]) -> Result<()> {
        for quota in places {
            quotas::save(&mut self.tx, quota).await?;
        }
        rounds::save(&mut self.tx, round).await?;
        Ok(())
    }

    pub async fn account(&mut self, account: &Account, password_hash: &str) -> Result<()> {
        let key = sort_key(&account.name);
        Ok(accounts::insert(&mut self.tx, account, &key, password_hash).await?)
    }

    /// Binds an account to the department that it answers for.
    pub async fn answers_for(&mut self, account: &AccountId, department: &str) -> Result<()> {
        let now = self.app.now();
        Ok(departments::bind(&mut self.tx, account, department, now).await?)
    }

    /// Enters applications with all that happened to them, a portion at a time. Offices that somebody signs in for are told what waits for them, as the
    /// acts would have told them.
    pub async fn applications(&mut self, ways: Vec<Way>) -> Result<()> {
        let tx = &mut self.tx;
        let (mut judgements, mut filed) = (Vec::new(), Vec::with_capacity(ways.len()));
        let (mut events, mut findings) = (Vec::new(), Vec::new());
        let mut answers = Vec::new();
        let (mut named, mut since) = (BTreeMap::<(String, i16), Vec<Honour>>::new(), Vec::new());
        for way in ways {
            let since_at = way.application.since_at;
            if let Some(told) = telling::arrival_on(&way.application, day::day_of(since_at)) {
                let id = MessageId(self.app.entropy.id(since_at));
                message::tell(tx, id, since_at, told, &[]);
            }
            judgements.extend(way.judgements);
            let said = way.answers.into_iter().map(|(property, choice)| Said {
                application: way.application.id,
                property,
                choice,
                account: way.application.created_by.to_string(),
                name: String::new(),
                at: way.application.created_at,
            });
            answers.extend(said);
            filed.push(way.application);
            events.extend(way.events);
            findings.extend(way.findings);
            if let Some((honour, of_honour)) = way.title {
                let of_year = named.entry((honour.title.clone(), honour.year));
                of_year.or_default().push(honour);
                since.extend(of_honour);
            }
        }
        judgements::keep_many(tx, &judgements).await?;
        applications::insert_many(tx, &filed).await?;
        applications::add_events(tx, &events).await?;
        findings::insert_many(tx, &findings).await?;
        properties::insert_many(tx, &answers).await?;
        let mut begun = Vec::new();
        for ((title, year), mut honours) in named {
            let title = self.app.standards.of(year).title(&title);
            let title = title.context("a title of the standard")?;
            let count = i64::try_from(honours.len()).context("the number of titles")?;
            let first = next_numbers(tx, &honour::counter(&title.key, year), count).await?;
            for (number, honour) in (first..).zip(&mut honours) {
                honour.number = honour::number(title, year, number);
            }
            begun.extend(honours);
        }
        honours::insert_many(tx, &begun).await?;
        Ok(honours::add_events(tx, &since).await?)
    }

    /// Keeps what was handed over last, with a line of the trail that says so.
    pub async fn keep(mut self, year: i16) -> Result<()> {
        self.say(json!({ "year": year })).await?;
        Ok(self.tx.commit().await?)
    }

    /// Keeps what was handed over so far, with a line of the trail that says so, and goes on: a long past is not held in one transaction.
    pub async fn keep_until_here(mut self, year: i16) -> Result<CityFounding> {
        self.say(json!({ "units": self.units.len(), "year": year }))
            .await?;
        changed::counted_later(&mut self.tx);
        self.tx.commit().await?;
        self.tx = self.app.db.write_alone().await?;
        changed::everywhere(&mut self.tx);
        Ok(self)
    }

    /// The day that it is for the lines of the trail from now on.
    pub fn set_day(&self, day: Date) {
        self.app.clock.set(day);
    }

    async fn say(&mut self, detail: serde_json::Value) -> Result<()> {
        let (tx, made) = (&mut self.tx, Deed::MakeDemo);
        self.app
            .trail_by(tx, ("", ""), made, Object::City, None, detail)
            .await
    }

    /// Keeps what was handed over, judges every unit on what is known of it in the year, and these on what is known of the year before, and says all of it
    /// in the trail.
    pub async fn finish(mut self, year: i16, of_year_before: &[UnitId]) -> Result<()> {
        self.say(json!({ "units": self.units.len(), "year": year }))
            .await?;
        self.tx.commit().await?;
        // Without counts the planner doesn't look for a unit's titles by the unit.
        self.app.db.analyze().await?;
        let mut found = standings::of_city(&self.app, &self.units, year).await?;
        found.extend(standings::of_city(&self.app, of_year_before, year - 1).await?);
        self.tx = self.app.db.write_alone().await?;
        standings::add(&mut self.tx, found).await?;
        self.say(json!({ "units": self.units.len(), "year": year }))
            .await?;
        Ok(self.tx.commit().await?)
    }
}

/// The first of these polls that the instance has: in a demo the polls' ids follow from the day as of which it was made.
///
/// # Errors
/// When the database fails.
pub async fn first_poll_of(app: &App, candidates: &[PollId]) -> Result<Option<PollId>> {
    let mut tx = app.db.read().await?;
    for id in candidates {
        if polls::find(&mut tx, id).await?.is_some() {
            return Ok(Some(*id));
        }
    }
    Ok(None)
}
