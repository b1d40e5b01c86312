//! Writes the plan of a workbook's rows, in the transaction of the act.

use std::collections::{BTreeSet, HashMap};

use jianjia_domain::{
    core::{
        ids::{PersonId, StatementId, UnitId},
        policy::Actor,
        refusal::General,
    },
    exchange::import::{
        divisions::DivisionRow,
        sheets::NewAnswers,
        unions::{ChangedUnit, NewUnit, Upper},
    },
    register::{
        person::{Person, PersonDetails, Post},
        unit::{Unit, UnitChange, UnitState},
    },
    year::statement::{Source, Statement},
};
use jianjia_store::{
    core::{counter::next_numbers, db::Tx},
    office::account::seat,
    register::{
        division::{self, Division},
        person,
        unit::{
            self,
            version::{self, NewVersion},
        },
    },
    year::statement,
};
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use crate::{
    core::{
        app::App,
        error::{Error, Result},
        sort_key::sort_key,
    },
    exchange::import::plan::Planned,
    honour::honour as honours,
    money::subsidy::base as bases,
    office::invitation::making::{self, NewAccount},
    round::{department as departments, veto as vetoes},
    year::standing as standings,
};

pub(crate) async fn apply(app: &App, tx: &mut Tx, actor: &Actor, planned: &Planned) -> Result<()> {
    match planned {
        Planned::Divisions(plan) => {
            let divisions: Vec<Division> = plan.set.iter().map(division).collect();
            Ok(division::set(tx, &divisions).await?)
        }
        Planned::Unions { plan, units } => {
            let mut people = Vec::new();
            let changed = changed(app, tx, units, &plan.changed, &mut people).await?;
            let founded = found(app, tx, units, &plan.new, &mut people).await?;
            person::insert(tx, &people).await?;
            keep_versions(app, tx, actor, &changed, UnitChange::Corrected).await?;
            keep_versions(app, tx, actor, &founded, UnitChange::Founded).await?;
            let touched: Vec<(UnitId, &str)> = changed
                .iter()
                .map(|unit| (unit.id, unit.path.as_str()))
                .collect();
            let year = app.clock.today().year();
            standings::refresh_upwards(tx, app, &touched, year).await?;
            standings::begin(tx, app, &founded, year).await
        }
        Planned::People {
            plan,
            units,
            people,
        } => {
            for (place, details) in &plan.changed {
                let mut changed = people[*place].clone();
                changed.details = details.clone();
                changed.sort_key = sort_key(&details.name);
                changed.changed_at = app.now();
                if !person::update(tx, &changed).await? {
                    return Err(General::Stale.into());
                }
            }
            let new: Vec<Person> = plan
                .new
                .iter()
                .map(|(place, details)| of_details(app, &units[*place], details.clone()))
                .collect();
            person::insert(tx, &new).await?;
            let changed = plan.changed.iter().map(|(place, _)| people[*place].unit_id);
            let touched = changed.chain(new.iter().map(|person| person.unit_id));
            standings::refresh_many(tx, app, touched, app.clock.today().year()).await
        }
        Planned::Sheets { plan, units } => say(app, tx, actor, &plan.new, units).await,
        Planned::Titles {
            plan,
            units,
            people,
        } => honours::begin_imported(app, tx, actor, &plan.new, units, people).await,
        Planned::Vetoes { plan, units } => {
            vetoes::record_imported(app, tx, actor, &plan.new, units).await
        }
        Planned::Answers(plan) => departments::keep_imported(app, tx, actor, &plan.new).await,
        Planned::SubsidyBases { plan, units } => {
            bases::record_imported(app, tx, actor, &plan.new, units).await
        }
        Planned::Accounts {
            plan,
            units,
            people,
        } => {
            for (account, telephone, mail) in &plan.changed {
                seat::set_reach(tx, account, (telephone, mail), app.now()).await?;
            }
            let new = plan.new.iter().map(|new| NewAccount {
                name: Some(new.name.clone()),
                person: new.person.map(|place| people[place].id),
                telephone: new.telephone.clone(),
                mail: new.mail.clone(),
                login: new.login.clone(),
                role: new.role,
                unit: units[new.unit].place(),
            });
            making::keep_all(app, tx, actor, new.collect()).await
        }
    }
}

pub(crate) fn division(row: &DivisionRow) -> Division {
    Division {
        code: row.code.clone(),
        parent_code: row.parent_code.clone(),
        level: row.level.key().to_owned(),
        name: row.name.clone(),
        sort_key: sort_key(&row.name),
    }
}

/// Adds the statements of the year sheets in a workbook.
async fn say(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    new: &[NewAnswers],
    units: &[Unit],
) -> Result<()> {
    app.follow(tx, "statement").await?;
    let now = app.now();
    let statements: Vec<Statement> = new
        .iter()
        .map(|answers| {
            let unit = &units[answers.unit];
            Statement {
                id: StatementId(app.entropy.id(now)),
                unit: unit.id,
                unit_path: unit.path.clone(),
                person: None,
                year: answers.year,
                source: Source::Import,
                facts: answers.facts.clone(),
                // The operator at the command line has no account.
                said_by: Some(actor.account).filter(|id| !id.0.is_nil()),
                said_by_name: actor.name.clone(),
                said_at: now,
                request_key: None,
            }
        })
        .collect();
    statement::insert(tx, &statements).await?;
    let years: BTreeSet<i16> = new.iter().map(|answers| answers.year).collect();
    for year in years {
        let said = statements.iter().filter(|said| said.year == year);
        standings::refresh_many(tx, app, said.map(|said| said.unit), year).await?;
    }
    Ok(())
}

async fn found(
    app: &App,
    tx: &mut Tx,
    units: &[Unit],
    new: &[NewUnit],
    people: &mut Vec<Person>,
) -> Result<Vec<Unit>> {
    if new.is_empty() {
        return Ok(Vec::new());
    }
    let count = i64::try_from(new.len()).map_err(anyhow::Error::from)?;
    let first = next_numbers(tx, "unit", count).await?;
    let paths: HashMap<UnitId, &str> = units
        .iter()
        .map(|unit| (unit.id, unit.path.as_str()))
        .collect();
    let now = app.now();
    let sort_keys: Vec<String> = new
        .par_iter()
        .map(|planned| sort_key(&planned.details.name))
        .collect();
    let mut made: Vec<Unit> = Vec::with_capacity(new.len());
    for ((number, planned), sort_key) in (first..).zip(new).zip(sort_keys) {
        let (parent_id, above) = match planned.upper {
            Upper::Nobody => (None, "/"),
            Upper::Registered(id) => (Some(id), *paths.get(&id).ok_or(Error::NotFound)?),
            Upper::New(place) => (Some(made[place].id), made[place].path.as_str()),
        };
        let unit = Unit {
            id: UnitId(app.entropy.id(now)),
            number,
            parent_id,
            path: format!("{above}{number}/"),
            kind: planned.kind,
            sort_key,
            details: planned.details.clone(),
            state: UnitState::Active,
            ended_on: None,
            successor_id: None,
            revision: 1,
            created_at: now,
            changed_at: now,
        };
        if !planned.chair.is_empty() {
            people.push(chair(app, &unit, &planned.chair));
        }
        made.push(unit);
    }
    unit::change::insert(tx, &made).await?;
    Ok(made)
}

async fn changed(
    app: &App,
    tx: &mut Tx,
    units: &[Unit],
    changed: &[ChangedUnit],
    people: &mut Vec<Person>,
) -> Result<Vec<Unit>> {
    let mut written = Vec::with_capacity(changed.len());
    for planned in changed {
        let before = &units[planned.unit];
        let mut unit = before.clone();
        unit.kind = planned.kind;
        unit.details = planned.details.clone();
        if !planned.chair.is_empty() {
            people.push(chair(app, &unit, &planned.chair));
        }
        if unit == *before {
            continue;
        }
        unit.sort_key = sort_key(&unit.details.name);
        unit.changed_at = app.now();
        if !unit::change::update(tx, &unit).await? {
            return Err(General::Stale.into());
        }
        unit.revision += 1;
        written.push(unit);
    }
    Ok(written)
}

async fn keep_versions(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    written: &[Unit],
    change: UnitChange,
) -> Result<()> {
    let today = app.clock.today();
    let versions: Vec<NewVersion<'_>> = written
        .iter()
        .map(|unit| NewVersion {
            id: app.entropy.id(app.now()).simple().to_string(),
            unit,
            valid_from: today,
            change,
            note: "",
            recorded_by: Some(actor.account.to_string()),
        })
        .collect();
    Ok(version::insert(tx, &versions).await?)
}

fn chair(app: &App, unit: &Unit, name: &str) -> Person {
    let details = PersonDetails {
        name: name.to_owned(),
        post: Post::Chair,
        duty: String::new(),
        phone: None,
        since_on: None,
    };
    of_details(app, unit, details)
}

fn of_details(app: &App, unit: &Unit, details: PersonDetails) -> Person {
    let now = app.now();
    Person {
        id: PersonId(app.entropy.id(now)),
        unit_id: unit.id,
        unit_path: unit.path.clone(),
        sort_key: sort_key(&details.name),
        details,
        left_on: None,
        revision: 1,
        created_at: now,
        changed_at: now,
    }
}
