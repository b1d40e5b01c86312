//! Reminders by the calendar: so many working days before the end of a phase, those who have something to do are told what, all in one message. Once
//! a day is enough to call it; called twice, or ended midway and called again, nobody is told twice.

use std::{collections::BTreeMap, pin::Pin};

use jianjia_domain::{
    core::{
        audit::object::Object,
        day,
        ids::{AccountId, UnitId},
        message::{APPROVERS, About, Kind, Line, Message, OFFICE, To, UNION},
        place::UnitPlace,
    },
    office::risk::{self, Risk},
    round::round::Round,
};
use jianjia_standard::{
    Standard,
    programme::{Phase, Reminded, Reminder},
};
use jianjia_store::{
    core::{db::Tx, scope::Scope},
    office::risk::{self as risks, RiskFilter},
    register::unit,
    round::{department as departments, quota as quotas},
};
use jiff::{ToSpan, civil::Date};
use serde_json::json;

use crate::{
    core::{
        app::App,
        error::{Error, Result},
        job::running::{Outcome, Running},
        message::tell_all_but,
    },
    office::risk::missing,
    round::{
        department::{self as desk, SentList},
        entry as entries, round as rounds,
    },
    sharing::meeting as meetings,
};

/// For so many days a reminder is still sent whose day was missed, as when the program was not running.
const MISSED_DAYS: i64 = 3;

/// The most lines of a message; who has more to do finds it on the desk.
const MOST_LINES: usize = 20;

/// People told in one transaction.
const AT_ONCE: usize = 500;

/// Units looked at in one query.
const PORTION: i64 = 2_000;

/// The job of every morning. It keeps what it tells as it goes, and tells nobody twice when it is begun again.
pub fn work<'a>(
    app: &'a App,
    _running: &'a Running,
) -> Pin<Box<dyn Future<Output = Result<Outcome>> + Send + 'a>> {
    Box::pin(async {
        // Whom a department named and who did not reply in time hears today that it stands.
        let upheld = entries::uphold_overdue(app).await?;
        meetings::remind_due(app).await?;
        let told = send_due(app).await?;
        Ok(Outcome::Told(json!({ "people": told, "upheld": upheld })))
    })
}

/// Tells everybody who is to be reminded today, and who was not yet. Gives how many were to be told.
///
/// # Errors
/// When it can't be read or written; what was told before stays told.
pub async fn send_due(app: &App) -> Result<usize> {
    let today = app.clock.today();
    let mut tx = app.db.read().await?;
    // By the day for which it is: what is due on one day is one message.
    let mut due: BTreeMap<Date, Digest> = BTreeMap::new();
    for year in [today.year() - 1, today.year()] {
        let standard = app.standards.of(year).clone();
        if standard.programme.outside(year).is_some() {
            continue;
        }
        let round = rounds::of_year(&mut tx, app, year).await?;
        for reminder in &standard.reminders {
            let end = end_of(&round, reminder.phase);
            let days = &standard.working_days;
            let on = days.add_working_days(end, -reminder.before).value;
            let is_due =
                on <= today && today <= end && today <= on.saturating_add(MISSED_DAYS.days());
            if is_due {
                let digest = due.entry(on).or_default();
                digest.until = digest.until.into_iter().chain([end]).min();
                lines_of(&mut tx, app, &round, *reminder, digest).await?;
            }
        }
        silence(&mut tx, app, &standard, year, &mut due).await?;
    }
    tx.commit().await?;
    let mut told = 0;
    for (on, digest) in due {
        told += digest.lines.len();
        send(app, on, digest).await?;
    }
    Ok(told)
}

/// Departments that have not answered for all units of a list: they are reminded on the days that the standard says, and on the day after the last one
/// the city is told with them. An addition has its own last day, and puts off no list before it.
async fn silence(
    tx: &mut Tx,
    app: &App,
    standard: &Standard,
    year: i16,
    due: &mut BTreeMap<Date, Digest>,
) -> Result<()> {
    if standard.departments.is_empty() {
        return Ok(());
    }
    let today = app.clock.today();
    let lists = desk::sent(tx, year).await?;
    if lists.iter().all(|sent| sent.silent == 0) {
        return Ok(());
    }
    let accounts = departments::accounts(tx).await?;
    let city = unit::root(tx).await?.ok_or(Error::NotFound)?;
    for SentList { list, silent } in lists.into_iter().filter(|sent| sent.silent > 0) {
        // One that the year's standard has no more is reminded of nothing.
        let Some(department) = standard.department(&list.department) else {
            continue;
        };
        let days = &standard.working_days;
        let after = list.due_on.saturating_add(1.day());
        let before = department.remind.iter();
        let mut told_on: Vec<Date> = before
            .map(|before| days.add_working_days(list.due_on, -before).value)
            .collect();
        told_on.push(after);
        for on in told_on {
            if on > today || today > on.saturating_add(MISSED_DAYS.days()) {
                continue;
            }
            let digest = due.entry(on).or_default();
            digest.until = digest.until.into_iter().chain([list.due_on]).min();
            let line = Line {
                kind: Kind::DueToAnswer,
                says: vec![(&department.name).into(), silent.into(), year.into()],
                about: About::of(
                    &Object::Department {
                        year,
                        department: department.key.clone(),
                    },
                    None,
                    year,
                ),
            };
            for (_, account, _) in accounts.iter().filter(|(of, ..)| *of == department.key) {
                digest.lines.entry(*account).or_default().push(line.clone());
            }
            if on == after {
                let line = Line {
                    kind: Kind::DepartmentSilent,
                    ..line
                };
                let own = BTreeMap::from([(city.id, vec![line])]);
                add(tx, OFFICE, own, digest).await?;
            }
        }
    }
    Ok(())
}

/// What is told on a day: to each person what they have to do.
#[derive(Debug, Default)]
struct Digest {
    until: Option<Date>,
    lines: BTreeMap<AccountId, Vec<Line>>,
}

async fn send(app: &App, on: Date, digest: Digest) -> Result<()> {
    let people: Vec<(AccountId, Vec<Line>)> = digest.lines.into_iter().collect();
    for some in people.chunks(AT_ONCE) {
        let mut tx = app.db.write(Scope::Messages).await?;
        for (account, lines) in some {
            let count = i64::try_from(lines.len()).unwrap_or(i64::MAX);
            let about = About::of(&Object::Round(on.year()), None, on.year());
            let to = vec![To::Account(*account)];
            let mut told = Message::of(Kind::Reminder, about, on, to)
                .says([count.into()])
                .due(digest.until);
            told.detail.lines = lines.iter().take(MOST_LINES).cloned().collect();
            tell_all_but(app, &mut tx, None, told);
        }
        tx.commit().await?;
    }
    Ok(())
}

async fn lines_of(
    tx: &mut Tx,
    app: &App,
    round: &Round,
    reminder: Reminder,
    digest: &mut Digest,
) -> Result<()> {
    let city = unit::root(tx).await?.ok_or(Error::NotFound)?;
    match reminder.to {
        Reminded::Unions => {
            for risk in [Risk::NotBegun, Risk::NotApplied] {
                at_risk(tx, app, &city, (round.year, risk), digest).await?;
            }
            Ok(())
        }
        Reminded::Offices => at_risk(tx, app, &city, (round.year, Risk::Waiting), digest).await,
        Reminded::Polls => polls(tx, round.year, digest).await,
        Reminded::Federations => federations(tx, app, round.year, digest).await,
    }
}

/// Unions that have not applied, or offices where files wait.
async fn at_risk(
    tx: &mut Tx,
    app: &App,
    city: &UnitPlace,
    (year, risk): (i16, Risk),
    digest: &mut Digest,
) -> Result<()> {
    let tomorrow = app.clock.today().saturating_add(1.day());
    let filter = RiskFilter {
        risk,
        year,
        within: city.path.clone(),
        but: None,
        kinds: risk::applying(app.standards.of(year)),
        // Whatever waits, however short.
        since: day::start_of(tomorrow),
        among: Vec::new(),
    };
    let roles = match risk {
        Risk::Waiting => OFFICE,
        _ => UNION,
    };
    let mut offset = 0;
    loop {
        let units = risks::list(tx, &filter, PORTION, offset).await?;
        let is_last = i64::try_from(units.len()).unwrap_or(PORTION) < PORTION;
        let of_unit: BTreeMap<UnitId, Vec<Line>> = units
            .iter()
            .map(|at_risk| (at_risk.unit.id, missing(at_risk, year)))
            .collect();
        add(tx, roles, of_unit, digest).await?;
        if is_last {
            return Ok(());
        }
        offset += PORTION;
    }
}

async fn polls(tx: &mut Tx, year: i16, digest: &mut Digest) -> Result<()> {
    let mut of_unit: BTreeMap<UnitId, Vec<Line>> = BTreeMap::new();
    for (poll, unit, name) in risks::polls_under_way(tx, year).await? {
        of_unit.entry(unit).or_default().push(Line {
            kind: Kind::DueToEndPoll,
            says: vec![name.into(), year.into()],
            about: About::of(&Object::Poll(poll), Some(unit), year),
        });
    }
    add(tx, UNION, of_unit, digest).await
}

async fn federations(tx: &mut Tx, app: &App, year: i16, digest: &mut Digest) -> Result<()> {
    let used = quotas::used_of_year(tx, year).await?;
    let open = quotas::of_year(tx, year).await?.into_iter();
    let open: Vec<_> = open.filter(|quota| quota.closed_at.is_none()).collect();
    let ids: Vec<UnitId> = open.iter().map(|quota| quota.unit).collect();
    let places = unit::places(tx, &ids).await?;
    let mut of_unit: BTreeMap<UnitId, Vec<Line>> = BTreeMap::new();
    for quota in open {
        let used = used
            .iter()
            .find(|(title, unit, _)| *title == quota.title && *unit == quota.unit);
        let left = quota.places - used.map_or(0, |(_, _, used)| *used);
        let place = places.iter().find(|place| place.id == quota.unit);
        let title = app.standards.title(year, &quota.title);
        let (Some(place), Some(title), 1..) = (place, title, left) else {
            continue;
        };
        let object = Object::Recommendation {
            year,
            title: quota.title.clone(),
        };
        of_unit.entry(quota.unit).or_default().push(Line {
            kind: Kind::DueToRecommend,
            says: vec![
                place.name.as_str().into(),
                (&title.name).into(),
                left.into(),
            ],
            about: About::of(&object, Some(quota.unit), year),
        });
    }
    add(tx, APPROVERS, of_unit, digest).await
}

/// Adds the lines of units to what those are told who answer for them.
async fn add(
    tx: &mut Tx,
    roles: &[jianjia_domain::core::policy::Role],
    of_unit: BTreeMap<UnitId, Vec<Line>>,
    digest: &mut Digest,
) -> Result<()> {
    let units: Vec<UnitId> = of_unit.keys().copied().collect();
    for (unit, account) in risks::answering(tx, &units, roles).await? {
        let lines = of_unit.get(&unit).into_iter().flatten().cloned();
        digest.lines.entry(account).or_default().extend(lines);
    }
    Ok(())
}

fn end_of(round: &Round, phase: Phase) -> Date {
    match phase {
        Phase::Declaration => round.declaration.to,
        Phase::Examination => round.examination.to,
        Phase::Commendation => round.commendation.to,
    }
}
