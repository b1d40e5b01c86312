//! The departments of each round: asked, mostly answered, one silent; one entry replied to and lifted, one upheld. In the running round that goes through the
//! acts, of past ones it is entered as it was.

use anyhow::Result;
use jianjia_app::{
    core::{app::App, error::Error},
    exchange::founding::city::Asking,
    round::{
        department::{self as departments, AskedFilter, DepartmentRefusal},
        entry as entries,
    },
};
use jianjia_domain::{
    core::{
        ids::{EntryId, UnitId},
        place::UnitKind,
        policy::Actor,
    },
    office::account::Account,
    round::{
        department::AnswerInput,
        entry::{Decider, Decision, Entry, Outcome, Reply},
    },
};
use jianjia_standard::programme::{Department, Standard};
use jiff::{
    ToSpan,
    civil::{Date, date},
};

use crate::{
    core::{
        city::{City, Ids},
        day::{morning, working},
    },
    office::{
        account::login_of,
        actor::{actor, chair_of, told},
    },
    round::{
        filing::{Fate, Filing},
        veto::Veto,
    },
};

/// It says nothing of its list.
const SILENT: &str = "petitions";

/// Whose entry is lifted, and whose is upheld.
const LIFTED: &str = "tax";
const UPHELD: &str = "labour-inspection";

const REPLY: &str = "三月已整改到位，完税证明和整改报告在税务、人社部门都有备案，请核实。";
const LIFTED_BECAUSE: &str = "经核实，欠缴已于四月补齐，不再认定。";
const UPHELD_BECAUSE: &str = "经与部门核对，处罚决定仍在执行，予以维持。";

/// Whether the departments of a year's round were asked and heard, and what they said was decided on: before the naming.
pub fn is_over(year: i16, today: Date) -> bool {
    today >= date(year, 12, 1)
}

/// What was asked and said in a round that is over. The entry of a file that went through was lifted, that of one that never came back was upheld.
///
/// # Errors
/// When an account of the demo is missing.
pub fn of_past(
    city: &City,
    (standard, accounts, ids): (&Standard, &[Account], &Ids<'_>),
    (year, filed): (i16, &[Filing<'_>]),
    vetoes: &[Veto],
) -> Result<Asking> {
    let leader = actor(accounts, "demo.city")?;
    let sent_on = working(date(year, 10, 24));
    let replied_on = working(sent_on.saturating_add(9.days()));
    let mut answered_by = Vec::new();
    for department in &standard.departments {
        if department.key != SILENT {
            let answerer = actor(accounts, &login_of(&department.key))?;
            answered_by.push((department.key.clone(), answerer.account, answerer.name));
        }
    }
    let answered_at = morning(working(sent_on.saturating_add(3.days())));
    let decided_at = morning(working(replied_on.saturating_add(5.days())));
    let has_veto = |unit: usize| {
        vetoes
            .iter()
            .any(|veto| (veto.unit, veto.year) == (unit, year))
    };
    let concerns = |filing: &&Filing<'_>, fate: Fate| {
        let unit = &city.units[filing.unit];
        let is_of_story = filing.unit == city.cast.union || filing.unit == city.cast.vetoed;
        filing.fate == fate
            && filing.title.barred_by_vetoes
            && matches!(unit.kind, UnitKind::Grassroots | UnitKind::Direct)
            && !is_of_story
            && !has_veto(filing.unit)
    };
    let mut entries = Vec::new();
    for (key, fate) in [(LIFTED, Fate::Through), (UPHELD, Fate::Returned)] {
        let filing = filed.iter().find(|filing| concerns(filing, fate));
        let answerer = answered_by.iter().find(|(of, ..)| of == key);
        let department = standard.department(key);
        let (Some(filing), Some((_, by, by_name)), Some(department)) =
            (filing, answerer, department)
        else {
            continue;
        };
        let (unit, chair) = (&city.units[filing.unit], chair_of(city, filing.unit));
        let (outcome, reason) = match key {
            LIFTED => (Outcome::Lifted, LIFTED_BECAUSE),
            _ => (Outcome::Upheld, UPHELD_BECAUSE),
        };
        let (decider, decided_by, decided_by_name) = match outcome {
            Outcome::Lifted => (Decider::Department, *by, by_name.clone()),
            Outcome::Upheld => (Decider::City, leader.account, leader.name.clone()),
        };
        entries.push(Entry {
            id: EntryId(ids.next()),
            year,
            department: key.to_owned(),
            unit: unit.id,
            unit_path: unit.path.clone(),
            unit_name: unit.name.clone(),
            clause: department.clauses.first().cloned().unwrap_or_default(),
            on: date(year, 3, 18),
            document: format!("〔{year}〕27号"),
            note: String::new(),
            made_by_name: by_name.clone(),
            made_at: answered_at,
            reply_by: working(replied_on.saturating_add(2.days())),
            reply: Some(Reply {
                text: REPLY.to_owned(),
                by_name: chair.name,
                at: morning(replied_on),
            }),
            decision: Some(Decision {
                outcome,
                decider,
                reason: reason.to_owned(),
                by: Some(decided_by),
                by_name: decided_by_name,
                at: decided_at,
                veto: None,
            }),
            lifting: None,
        });
    }
    Ok(Asking {
        year,
        sent_at: morning(sent_on),
        sent_by: (leader.account, leader.name),
        due_on: working(sent_on.saturating_add(14.days())),
        answered_at,
        answered_by,
        entries,
    })
}

/// The city asks every department, and all but one answer.
///
/// # Errors
/// When an act is refused that should not be.
pub async fn desk(app: &App, city: &City, accounts: &[Account], today: Date) -> Result<()> {
    let leader = actor(accounts, "demo.city")?;
    let year = app.year();
    let standard = app.standards.of(year).clone();
    for department in &standard.departments {
        match departments::send(app, &leader, year, &department.key).await {
            Ok(_) => {}
            // Nobody has applied yet: early in the year.
            Err(Error::Refused(refusal)) if refusal.of::<DepartmentRefusal>().is_some() => {
                return Ok(());
            }
            other => {
                told(other)?;
            }
        }
        if department.key != SILENT {
            answer(app, city, (accounts, &leader), department, today).await?;
        }
    }
    Ok(())
}

async fn answer(
    app: &App,
    city: &City,
    (accounts, leader): (&[Account], &Actor),
    department: &Department,
    today: Date,
) -> Result<()> {
    let year = app.year();
    let answerer = actor(accounts, &login_of(&department.key))?;
    let mut units = asked(app, &answerer, year).await?;
    let known = |unit: &UnitId| city.units.iter().position(|known| known.id == *unit);
    let is_of_story = |unit: &UnitId| {
        known(unit).is_none_or(|unit| unit == city.cast.union || unit == city.cast.vetoed)
    };
    let place = match department.key.as_str() {
        LIFTED => units.iter().position(|unit| !is_of_story(unit)),
        UPHELD => units.iter().rposition(|unit| !is_of_story(unit)),
        _ => None,
    };
    if let Some(unit) = place
        .filter(|_| units.len() > 1)
        .map(|place| units.remove(place))
    {
        let clause = department.clauses.first().cloned().unwrap_or_default();
        let state = AnswerInput {
            answer: "in-state".to_owned(),
            clause,
            on: date(year, 3, 18).min(today).to_string(),
            document: format!("〔{year}〕27号"),
            note: String::new(),
        };
        told(departments::answer(app, &answerer, year, &unit, &state).await)?;
        decide(app, city, (&answerer, leader), &unit, &department.key).await?;
    }
    told(departments::answer_alike(app, &answerer, year, &units, "clear").await)?;
    Ok(())
}

/// The unit replies; the tax office finds that it was mended, the city that it was not.
async fn decide(
    app: &App,
    city: &City,
    (answerer, leader): (&Actor, &Actor),
    unit: &UnitId,
    key: &str,
) -> Result<()> {
    let (_, _, said) = told(departments::asked(app, answerer, app.year(), unit).await)?;
    let place = city.units.iter().position(|known| known.id == *unit);
    let (Some(entry), Some(place)) = (said.first(), place) else {
        return Ok(());
    };
    let chair = chair_of(city, place);
    told(entries::reply(app, &chair, &entry.id, REPLY, Vec::new()).await)?;
    let (who, outcome, reason) = match key {
        LIFTED => (answerer, "lifted", LIFTED_BECAUSE),
        _ => (leader, "upheld", UPHELD_BECAUSE),
    };
    told(entries::decide(app, who, &entry.id, outcome, reason).await)?;
    Ok(())
}

/// All units on a department's list.
async fn asked(app: &App, answerer: &Actor, year: i16) -> Result<Vec<UnitId>> {
    let mut units = Vec::new();
    for page in 1.. {
        let filter = AskedFilter::default();
        let list = told(departments::list(app, answerer, (Some(year), ""), &filter, page).await)?;
        units.extend(list.units.into_iter().map(|asked| asked.unit));
        if page >= list.pages {
            break;
        }
    }
    Ok(units)
}
