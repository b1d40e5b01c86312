//! Who below a federation may miss the round, and one reminder to all of them or some: tried first, then sent, at most one a unit and working day.

use std::collections::BTreeSet;

use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        day,
        ids::{AccountId, UnitId},
        message::{About, Kind, Line, Message, OFFICE, To, UNION},
        place::UnitPlace,
        policy::{Actor, Permit, act},
    },
    office::risk::{self, AtRisk, Risk, RiskCounts, RiskRefusal},
    round::round::window,
};
use jianjia_standard::programme::RoundAct;
pub use jianjia_store::office::risk::RiskFilter;
use jianjia_store::{
    core::{db::Tx, scope::Scope},
    office::risk as risks,
};
use jiff::civil::Date;
use serde_json::json;

use crate::{
    core::{
        app::App,
        error::{Error, Result, refuses},
        message::tell,
    },
    round::round as rounds,
};

refuses!(RiskRefusal);

/// How many lines a page has.
pub const LINES: i64 = 50;

/// A file waits too long after so many working days, unless another number is asked for.
pub const USUAL_WAIT: i64 = 5;

/// A reminder to all of a list reaches so many units at most.
const MOST: i64 = 20_000;

/// What of the units below is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Question {
    pub risk: Risk,
    /// Files that wait so many working days and more.
    pub days: i64,
}

/// A federation's units at risk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RiskPage {
    pub federation: UnitPlace,
    pub year: i16,
    pub question: Question,
    pub lines: Vec<AtRisk>,
    /// How many are at each risk.
    pub counts: RiskCounts,
    pub page: i64,
    pub pages: i64,
    pub term: Term,
}

/// Until when what is missing can be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Term {
    /// The last day.
    pub until: Date,
    pub is_over: bool,
}

impl Term {
    /// Whether what is missing can still be done: files are reviewed after the last day as well, late as it is.
    pub fn allows(self, risk: Risk) -> bool {
        !self.is_over || risk == Risk::Waiting
    }
}

/// Whom a reminder goes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chosen {
    All,
    These(Vec<UnitId>),
}

/// A reminder as it would be sent, or was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    pub federation: UnitPlace,
    pub year: i16,
    pub question: Question,
    /// Those that are reminded.
    pub units: Vec<AtRisk>,
    pub people: usize,
    /// Those that nobody with an account answers for.
    pub without_account: Vec<String>,
    /// How many were reminded this working day already.
    pub reminded: usize,
    pub term: Term,
}

/// A page of a federation's units at a risk, with how many are at each.
///
/// # Errors
/// Not found for a unit that isn't a federation; as `App::permit`; `OutsideProgramme`.
pub async fn list(
    app: &App,
    actor: &Actor,
    id: &UnitId,
    question: Question,
    page: i64,
) -> Result<RiskPage> {
    let mut tx = app.db.read().await?;
    let permit = permitted(&mut tx, app, actor, id).await?;
    let year = app.year();
    let page = page.max(1);
    let asked = filter(app, &permit.unit, year, question, &[]);
    let counts = risks::counts(&mut tx, &asked).await?;
    let offset = (page - 1).saturating_mul(LINES);
    let lines = risks::list(&mut tx, &asked, LINES, offset).await?;
    Ok(RiskPage {
        term: term(&mut tx, app, year, question.risk).await?,
        federation: permit.unit,
        year,
        question,
        lines,
        counts,
        page,
        pages: (counts.of(question.risk) + LINES - 1) / LINES,
    })
}

/// A portion (limit, offset) of the same units, for a file, and their total number.
///
/// # Errors
/// As `list`.
pub async fn export(
    app: &App,
    actor: &Actor,
    id: &UnitId,
    question: Question,
    (limit, offset): (i64, i64),
) -> Result<(Vec<AtRisk>, i64)> {
    let mut tx = app.db.read().await?;
    let permit = permitted(&mut tx, app, actor, id).await?;
    let asked = filter(app, &permit.unit, app.year(), question, &[]);
    let counts = risks::counts(&mut tx, &asked).await?;
    let lines = risks::list(&mut tx, &asked, limit, offset).await?;
    Ok((lines, counts.of(question.risk)))
}

/// Whom a reminder would reach; nothing is sent.
///
/// # Errors
/// As `list`; `NobodyChosen`; `Over`.
pub async fn preview(
    app: &App,
    actor: &Actor,
    id: &UnitId,
    question: Question,
    chosen: &Chosen,
) -> Result<Preview> {
    let mut tx = app.db.read().await?;
    let permit = permitted(&mut tx, app, actor, id).await?;
    let (preview, _) = prepared(&mut tx, app, &permit, question, chosen).await?;
    Ok(preview)
}

/// Reminds those who answer for the units chosen: one message a person and unit, with what is missing there. Who was reminded this working day, and
/// what is done meanwhile, is left out. Sent twice, it reminds once.
///
/// # Errors
/// As `preview`; `NobodyToRemind`.
pub async fn remind(
    app: &App,
    actor: &Actor,
    id: &UnitId,
    question: Question,
    chosen: &Chosen,
) -> Result<Preview> {
    let mut tx = app
        .db
        .write([Scope::Messages, Scope::UnitAsItIs(*id)])
        .await?;
    let permit = permitted(&mut tx, app, actor, id).await?;
    let (preview, people) = prepared(&mut tx, app, &permit, question, chosen).await?;
    if preview.units.is_empty() {
        return Err(RiskRefusal::NobodyToRemind.into());
    }
    let once = working_day(app);
    for at_risk in &preview.units {
        let unit = &at_risk.unit;
        let to = people.iter().filter(|(of, _)| *of == unit.id);
        let to = to.map(|(_, account)| To::Account(*account)).collect();
        let about = About::of(&Object::Unit(unit.id), Some(unit.id), preview.year);
        let mut told = Message::of(Kind::RemindedFromAbove, about, once, to)
            .says([permit.unit.name.as_str().into(), preview.year.into()])
            .due((!preview.term.is_over).then_some(preview.term.until));
        told.detail.lines = missing(at_risk, preview.year);
        tell(app, &mut tx, actor, told);
    }
    app.trail(
        &mut tx,
        actor,
        Deed::RemindBelow,
        Object::Unit(*id),
        Some(&permit.unit),
        json!({ "year": preview.year, "units": preview.units.len(), "people": preview.people }),
    )
    .await?;
    tx.commit().await?;
    Ok(preview)
}

/// What is missing, each a line of a reminder.
pub(crate) fn missing(at_risk: &AtRisk, year: i16) -> Vec<Line> {
    let unit = &at_risk.unit;
    let about = || About::of(&Object::Unit(unit.id), Some(unit.id), year);
    let name = || unit.name.as_str().into();
    let mut lines = Vec::new();
    if at_risk.files > 0 {
        lines.push(Line {
            kind: Kind::DueToReview,
            says: vec![name(), at_risk.files.into()],
            about: about(),
        });
        return lines;
    }
    if !at_risk.has_applied && at_risk.has_begun {
        lines.push(Line {
            kind: Kind::DueToSubmit,
            says: vec![
                name(),
                year.into(),
                at_risk.answered.into(),
                at_risk.asked.into(),
            ],
            about: about(),
        });
    } else if !at_risk.has_applied {
        lines.push(Line {
            kind: Kind::DueToBegin,
            says: vec![name(), year.into()],
            about: about(),
        });
    }
    if !at_risk.is_rated {
        lines.push(Line {
            kind: Kind::DueToRate,
            says: vec![name(), year.into()],
            about: about(),
        });
    }
    lines
}

async fn permitted(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    id: &UnitId,
) -> Result<Permit<act::RemindBelow>> {
    let permit = app.permit(tx, actor, act::RemindBelow, id).await?;
    if permit.unit.kind.is_federation() {
        Ok(permit)
    } else {
        Err(Error::NotFound)
    }
}

async fn prepared(
    tx: &mut Tx,
    app: &App,
    permit: &Permit<act::RemindBelow>,
    question: Question,
    chosen: &Chosen,
) -> Result<(Preview, Vec<(UnitId, AccountId)>)> {
    let year = app.year();
    let among = match chosen {
        Chosen::All => &[][..],
        Chosen::These(units) if units.is_empty() => return Err(RiskRefusal::NobodyChosen.into()),
        Chosen::These(units) => units,
    };
    let term = term(tx, app, year, question.risk).await?;
    if !term.allows(question.risk) {
        return Err(RiskRefusal::Over.into());
    }
    let asked = filter(app, &permit.unit, year, question, among);
    let mut units = risks::list(tx, &asked, MOST, 0).await?;
    let ids: Vec<UnitId> = units.iter().map(|at_risk| at_risk.unit.id).collect();
    let roles = match question.risk {
        Risk::Waiting => OFFICE,
        _ => UNION,
    };
    let mut people = risks::answering(tx, &ids, roles).await?;
    let answered_for: BTreeSet<UnitId> = people.iter().map(|(unit, _)| *unit).collect();
    let without_account = units
        .iter()
        .filter(|at_risk| !answered_for.contains(&at_risk.unit.id))
        .map(|at_risk| at_risk.unit.name.clone())
        .collect();
    let accounts: BTreeSet<AccountId> = people.iter().map(|(_, account)| *account).collect();
    let accounts: Vec<AccountId> = accounts.into_iter().collect();
    let kind = Kind::RemindedFromAbove.key();
    let told = risks::told(tx, &accounts, kind, &working_day(app).to_string()).await?;
    let told: BTreeSet<String> = told.into_iter().map(|(_, key)| key).collect();
    let is_reminded = |unit: &UnitId| told.iter().any(|key| key.contains(&unit.to_string()));
    let reminded: BTreeSet<UnitId> = answered_for.iter().copied().filter(is_reminded).collect();
    units.retain(|at_risk| {
        let id = &at_risk.unit.id;
        answered_for.contains(id) && !reminded.contains(id)
    });
    people.retain(|(unit, _)| !reminded.contains(unit));
    let different: BTreeSet<AccountId> = people.iter().map(|(_, account)| *account).collect();
    let preview = Preview {
        federation: permit.unit.clone(),
        year,
        question,
        units,
        people: different.len(),
        without_account,
        reminded: reminded.len(),
        term,
    };
    Ok((preview, people))
}

fn filter(
    app: &App,
    federation: &UnitPlace,
    year: i16,
    question: Question,
    among: &[UnitId],
) -> RiskFilter {
    let days = &app.in_force().working_days;
    let today = app.clock.today();
    let last = days
        .add_working_days(today, -question.days.clamp(0, 250))
        .value;
    RiskFilter {
        risk: question.risk,
        year,
        within: federation.path.clone(),
        but: Some(federation.id),
        kinds: risk::applying(app.standards.of(year)),
        since: day::start_of(last),
        among: among.to_vec(),
    }
}

/// Until when what is missing can be done.
async fn term(tx: &mut Tx, app: &App, year: i16, risk: Risk) -> Result<Term> {
    let round = rounds::of_year(tx, app, year).await?;
    let act = match risk {
        Risk::Waiting => RoundAct::Review,
        _ => RoundAct::Submit,
    };
    let until = window(&round, act).to;
    Ok(Term {
        until,
        is_over: until < app.clock.today(),
    })
}

/// The working day that today belongs to: what is sent on a Sunday counts for the Friday before.
fn working_day(app: &App) -> Date {
    let days = &app.in_force().working_days;
    days.on_or_before(app.clock.today())
}
