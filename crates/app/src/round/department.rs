//! The departments' desk (clauses V1-V11): the city sends each department one list a round, with later additions; the department answers unit by unit,
//! on its page or in the sheet that was sent to it. What it says of a unit is an entry (`entry`).

use std::collections::{BTreeMap, HashMap, HashSet};

pub use jianjia_domain::round::department::DepartmentRefusal;
use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        ids::{AccountId, AnswerId, DepartmentListId, UnitId},
        message::{About, Kind, Message, To},
        place::UnitPlace,
        policy::{self, Act, Actor, Permit, act},
        refusal::Refusal,
    },
    register::unit::Unit,
    round::{
        department::{
            self, AnswerInput, AnswerKind, Asked, Beside, DepartmentList, Said, SheetAnswer,
        },
        entry::Entry,
    },
};
use jianjia_standard::{Standard, programme::Department};
pub use jianjia_store::round::department::{AnswerCounts, AskedFilter, AskedState};
use jianjia_store::{
    core::{db::Tx, scope::Scope},
    register::unit,
    round::{
        department as departments,
        entry::{self as entries, EntryFilter},
    },
};
use serde_json::json;

use crate::{
    core::{
        app::App,
        error::{Error, Result, refuses},
        message::tell,
    },
    round::entry as made,
};

refuses!(DepartmentRefusal);

/// How many units a page of a list has.
pub const LINES: i64 = 50;

/// The departments of a round, for those who ask them.
#[derive(Clone, Debug)]
pub struct Overview {
    pub year: i16,
    pub lines: Vec<DepartmentLine>,
    pub entries: Vec<Entry>,
    /// Whether the actor may make accounts for departments.
    pub may_send: bool,
    pub may_open_accounts: bool,
}

/// A department and how far it is.
#[derive(Clone, Debug)]
pub struct DepartmentLine {
    pub department: Department,
    pub lists: Vec<DepartmentList>,
    pub counts: AnswerCounts,
    /// So many units apply and are not on the list yet.
    pub fresh: i64,
    /// Who answers for it on the web.
    pub people: Vec<String>,
}

/// How far the departments of a round are.
///
/// # Errors
/// As `App::permit` at the city, for looking over lists.
pub async fn overview(app: &App, actor: &Actor, year: i16) -> Result<Overview> {
    let mut tx = app.db.read().await?;
    let city = unit::root(&mut tx).await?.ok_or(Error::NotFound)?;
    app.permit(&mut tx, actor, Act::SeeLists, &city.id).await?;
    let standard = standard_of(app, year)?;
    let lists = departments::lists(&mut tx, year).await?;
    let counts: HashMap<String, AnswerCounts> = departments::counts(&mut tx, year)
        .await?
        .into_iter()
        .collect();
    let asked: HashSet<(String, UnitId)> = departments::units(&mut tx, year)
        .await?
        .into_iter()
        .collect();
    let concerned = departments::concerned(&mut tx, year, &barred(standard)).await?;
    let accounts = departments::accounts(&mut tx).await?;
    let entries = entries::list(
        &mut tx,
        &EntryFilter {
            years: vec![year],
            ..EntryFilter::default()
        },
    )
    .await?;
    let lines = standard.departments.iter().map(|department| {
        let key = &department.key;
        let fresh = concerned
            .iter()
            .filter(|unit| !asked.contains(&(key.clone(), unit.id)));
        DepartmentLine {
            lists: lists
                .iter()
                .filter(|list| list.department == *key)
                .cloned()
                .collect(),
            counts: counts.get(key).copied().unwrap_or_default(),
            fresh: i64::try_from(fresh.count()).unwrap_or(i64::MAX),
            people: accounts
                .iter()
                .filter(|(of, ..)| of == key)
                .map(|(.., name)| name.clone())
                .collect(),
            department: department.clone(),
        }
    });
    Ok(Overview {
        year,
        lines: lines.collect(),
        entries,
        may_send: policy::may(actor, Act::SendLists, &city),
        may_open_accounts: policy::may(actor, Act::ManageAccounts, &city),
    })
}

/// Sends a department its list, or what is to be added to it: the units that apply now and are not on it yet. They are frozen with this act.
///
/// # Errors
/// As `App::permit` at the city; not found when the year's standard has no such department; `NothingToAsk`.
pub async fn send(app: &App, actor: &Actor, year: i16, key: &str) -> Result<DepartmentList> {
    let mut tx = app.db.write(Scope::Departments).await?;
    let city = unit::root(&mut tx).await?.ok_or(Error::NotFound)?;
    let permit = app.permit(&mut tx, actor, act::SendLists, &city.id).await?;
    let standard = standard_of(app, year)?;
    let department = standard.department(key).ok_or(Error::NotFound)?;
    let sent = departments::lists(&mut tx, year).await?;
    let sent = sent.iter().filter(|list| list.department == key).count();
    let asked: HashSet<UnitId> = departments::units(&mut tx, year)
        .await?
        .into_iter()
        .filter(|(of, _)| of == key)
        .map(|(_, unit)| unit)
        .collect();
    let mut concerned = departments::concerned(&mut tx, year, &barred(standard)).await?;
    concerned.retain(|unit| !asked.contains(&unit.id));
    let sent = i64::try_from(sent).unwrap_or(i64::MAX);
    let today = app.clock.today();
    let (number, due_on) = department::send(
        standard,
        department,
        &permit,
        (sent, concerned.len()),
        today,
    )?;
    let now = app.now();
    let list = DepartmentList {
        id: DepartmentListId(app.entropy.id(now)),
        year,
        department: key.to_owned(),
        number,
        due_on,
        sent_at: now,
        sent_by_name: actor.name.clone(),
    };
    departments::insert_list(&mut tx, &list, &actor.account).await?;
    let units: Vec<Asked> = concerned.iter().map(|unit| asked_of(&list, unit)).collect();
    departments::ask(&mut tx, &units).await?;
    app.trail(
        &mut tx,
        actor,
        Deed::SendLists,
        object(year, key),
        Some(&permit.unit),
        json!({ "number": number, "units": units.len(), "due_on": due_on }),
    )
    .await?;
    let count = i64::try_from(units.len()).unwrap_or(i64::MAX);
    let told = Message::of(
        Kind::ListSent,
        About::of(&object(year, key), None, year),
        list.id,
        people_of(&mut tx, key).await?,
    )
    .says([year.into(), (&department.name).into(), count.into()])
    .due(Some(due_on));
    tell(app, &mut tx, actor, told);
    tx.commit().await?;
    Ok(list)
}

pub(crate) fn asked_of(list: &DepartmentList, unit: &Unit) -> Asked {
    let details = &unit.details;
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    Asked {
        list: list.id,
        year: list.year,
        department: list.department.clone(),
        unit: unit.id,
        unit_path: unit.path.clone(),
        name: details.name.clone(),
        sort_key: unit.sort_key.clone(),
        credit_code: text(&details.credit_code),
        employer_name: text(&details.employer_name),
        employer_code: text(&details.employer_credit_code),
        answer: None,
    }
}

/// A page of a department's list.
#[derive(Clone, Debug)]
pub struct DepartmentPage {
    pub year: i16,
    pub department: Department,
    /// The rounds in which it was asked, the newest first.
    pub years: Vec<i16>,
    pub lists: Vec<DepartmentList>,
    pub counts: AnswerCounts,
    pub units: Vec<Asked>,
    /// What it said of units in the round, by unit.
    pub entries: BTreeMap<UnitId, Vec<Entry>>,
    pub total: i64,
    pub page: i64,
    pub pages: i64,
    /// Whether the actor answers for it.
    pub may_answer: bool,
}

/// A department's list, for the city and for the department itself; `key` is empty for the actor's own department, `year` for its newest round.
///
/// # Errors
/// Not found to others, and when there is no such department.
pub async fn list(
    app: &App,
    actor: &Actor,
    (year, key): (Option<i16>, &str),
    filter: &AskedFilter,
    page: i64,
) -> Result<DepartmentPage> {
    let mut tx = app.db.read().await?;
    let (key, may_answer) = whose(app, &mut tx, actor, key).await?;
    let years = departments::years(&mut tx, &key).await?;
    let newest = years.first().copied();
    let year = year.or(newest).unwrap_or_else(|| app.year());
    let standard = standard_of(app, year)?;
    let department = standard.department(&key).ok_or(Error::NotFound)?.clone();
    let filter = AskedFilter {
        year,
        department: key.clone(),
        ..filter.clone()
    };
    let page = page.max(1);
    let offset = (page - 1).saturating_mul(LINES);
    let (units, total) = departments::page(&mut tx, &filter, LINES, offset).await?;
    let mut lists = departments::lists(&mut tx, year).await?;
    lists.retain(|list| list.department == key);
    let counts = departments::counts(&mut tx, year).await?;
    let counts = counts.into_iter().find(|(of, _)| *of == key);
    let mut by_unit: BTreeMap<UnitId, Vec<Entry>> = BTreeMap::new();
    for entry in said(&mut tx, year, &key).await? {
        by_unit.entry(entry.unit).or_default().push(entry);
    }
    Ok(DepartmentPage {
        year,
        department,
        years,
        lists,
        counts: counts.map(|(_, counts)| counts).unwrap_or_default(),
        units,
        entries: by_unit,
        total,
        page,
        pages: (total + LINES - 1) / LINES,
        may_answer,
    })
}

/// One unit on the actor's own list, with what was said of it, for answering.
///
/// # Errors
/// Not found to those who answer for no department, and when the unit is not on its list.
pub async fn asked(
    app: &App,
    actor: &Actor,
    year: i16,
    unit: &UnitId,
) -> Result<(Department, Asked, Vec<Entry>)> {
    let mut tx = app.db.read().await?;
    let key = own(&mut tx, actor).await?;
    let department = standard_of(app, year)?.department(&key);
    let department = department.ok_or(Error::NotFound)?.clone();
    let asked = departments::find(&mut tx, year, &key, unit).await?;
    let asked = asked.ok_or(Error::NotFound)?;
    let mut said = said(&mut tx, year, &key).await?;
    said.retain(|entry| entry.unit == *unit);
    Ok((department, asked, said))
}

/// The department answers for some of its units alike: nothing, or not known. Signed by whose account it is.
///
/// # Errors
/// Not found when the actor answers for no department or a unit is not on its list; `NothingChosen`; `chosen`: `StandsInState`; as
/// `department::read`.
pub async fn answer_alike(
    app: &App,
    actor: &Actor,
    year: i16,
    units: &[UnitId],
    answer: &str,
) -> Result<usize> {
    let mut tx = app.db.write(Scope::Departments).await?;
    let (permit, key) = permitted(app, &mut tx, actor).await?;
    let standard = standard_of(app, year)?;
    let department = standard.department(&key).ok_or(Error::NotFound)?;
    if units.is_empty() {
        return Err(Refusal::at("chosen", DepartmentRefusal::NothingChosen).into());
    }
    let kind = AnswerKind::from_key(answer).filter(|kind| *kind != AnswerKind::InState);
    let said = match kind {
        Some(AnswerKind::Clear) => Said::Clear,
        Some(AnswerKind::Unknown) => Said::Unknown,
        _ => return Err(Refusal::at("answer", DepartmentRefusal::NoAnswer).into()),
    };
    let entries = self::said(&mut tx, year, &key).await?;
    let mut given = Vec::new();
    for unit in units {
        let asked = departments::find(&mut tx, year, &key, unit).await?;
        let asked = asked.ok_or(Error::NotFound)?;
        let of_unit: Vec<Entry> = entries
            .iter()
            .filter(|entry| entry.unit == *unit)
            .cloned()
            .collect();
        match department::beside(&asked, &said, &of_unit) {
            Ok(Beside::Same) => {}
            Ok(Beside::New) => given.push((asked, said.clone())),
            Err(refusal) => return Err(Refusal::at("chosen", refusal).into()),
        }
    }
    let signed = Signed::of(actor);
    let count = given.len();
    keep(
        &mut tx,
        app,
        actor,
        &permit,
        (standard, department),
        given,
        &signed,
    )
    .await?;
    tx.commit().await?;
    Ok(count)
}

/// The department answers for one unit. Sent twice, it is answered once.
///
/// # Errors
/// Not found when the actor answers for no department or the unit is not on its list; as `department::read` and `department::beside`.
pub async fn answer(
    app: &App,
    actor: &Actor,
    year: i16,
    unit: &UnitId,
    input: &AnswerInput,
) -> Result<()> {
    let mut tx = app.db.write(Scope::Departments).await?;
    let (permit, key) = permitted(app, &mut tx, actor).await?;
    let standard = standard_of(app, year)?;
    let department = standard.department(&key).ok_or(Error::NotFound)?;
    let asked = departments::find(&mut tx, year, &key, unit).await?;
    let asked = asked.ok_or(Error::NotFound)?;
    let said = department::read(standard, department, year, input, app.clock.today())?;
    let mut entries = self::said(&mut tx, year, &key).await?;
    entries.retain(|entry| entry.unit == *unit);
    let beside = department::beside(&asked, &said, &entries)
        .map_err(|refusal| Refusal::at("answer", refusal))?;
    if beside == Beside::New {
        let signed = Signed::of(actor);
        let given = vec![(asked, said)];
        keep(
            &mut tx,
            app,
            actor,
            &permit,
            (standard, department),
            given,
            &signed,
        )
        .await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Keeps the answers of a sheet, in the import's transaction: each signed by the person whom its row names.
pub(crate) async fn keep_imported(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    new: &[SheetAnswer],
) -> Result<()> {
    let city = unit::root(tx).await?.ok_or(Error::NotFound)?;
    let mut of_signer: BTreeMap<(i16, &str, &str), Vec<(Asked, Said)>> = BTreeMap::new();
    for answer in new {
        let key = answer.department.as_str();
        let asked = departments::find(tx, answer.year, key, &answer.unit).await?;
        let asked = asked.ok_or(Error::NotFound)?;
        of_signer
            .entry((answer.year, key, answer.by_name.as_str()))
            .or_default()
            .push((asked, answer.said.clone()));
    }
    for ((year, key, by_name), given) in of_signer {
        let standard = standard_of(app, year)?;
        let department = standard.department(key).ok_or(Error::NotFound)?;
        let signed = Signed {
            by: Some(actor.account).filter(|id| !id.0.is_nil()),
            by_name: by_name.to_owned(),
            entered_by_name: actor.name.clone(),
        };
        keep_by(
            tx,
            app,
            actor,
            &city,
            (standard, department),
            given,
            &signed,
        )
        .await?;
    }
    Ok(())
}

/// Who stands for an answer.
struct Signed {
    by: Option<AccountId>,
    by_name: String,
    entered_by_name: String,
}

impl Signed {
    fn of(actor: &Actor) -> Signed {
        Signed {
            by: Some(actor.account),
            by_name: actor.name.clone(),
            entered_by_name: String::new(),
        }
    }
}

async fn keep(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    permit: &Permit<act::AnswerList>,
    of: (&Standard, &Department),
    given: Vec<(Asked, Said)>,
    signed: &Signed,
) -> Result<()> {
    keep_by(tx, app, actor, &permit.unit, of, given, signed).await
}

/// Keeps answers that can stand: the answers, the entries that some of them make, the trail's line.
async fn keep_by(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    city: &UnitPlace,
    (standard, department): (&Standard, &Department),
    given: Vec<(Asked, Said)>,
    signed: &Signed,
) -> Result<()> {
    let Some(year) = given.first().map(|(asked, _)| asked.year) else {
        return Ok(());
    };
    let mut detail = serde_json::Map::from_iter([
        ("by_name".to_owned(), signed.by_name.clone().into()),
        (
            "entered_by_name".to_owned(),
            signed.entered_by_name.clone().into(),
        ),
    ]);
    for kind in AnswerKind::ALL {
        let of_kind = given.iter().filter(|(_, said)| said.kind() == kind);
        detail.insert(kind.key().to_owned(), of_kind.count().into());
    }
    for (asked, said) in &given {
        let now = app.now();
        let answer = department::Answer {
            kind: said.kind(),
            by: signed.by,
            by_name: signed.by_name.clone(),
            entered_by_name: signed.entered_by_name.clone(),
            at: now,
        };
        let id = AnswerId(app.entropy.id(now));
        let place = (year, department.key.as_str(), &asked.unit);
        if !departments::answer(tx, &id, place, &answer).await? {
            return Err(Error::NotFound);
        }
        if let Said::InState(state) = said {
            let by_name = &signed.by_name;
            made::make(
                tx,
                app,
                actor,
                (standard, department),
                asked,
                state,
                by_name,
            )
            .await?;
        }
    }
    app.trail(
        tx,
        actor,
        Deed::AnswerList,
        object(year, &department.key),
        Some(city),
        detail,
    )
    .await
}

/// Everything that a department was asked in a round: for the sheet that is sent to it.
///
/// # Errors
/// As `App::permit` at the city; not found when there is no such department.
pub async fn sheet(
    app: &App,
    actor: &Actor,
    year: i16,
    key: &str,
) -> Result<(Department, Vec<Asked>, Vec<Entry>)> {
    let mut tx = app.db.read().await?;
    let city = unit::root(&mut tx).await?.ok_or(Error::NotFound)?;
    app.permit(&mut tx, actor, Act::SeeLists, &city.id).await?;
    let department = standard_of(app, year)?.department(key);
    let department = department.ok_or(Error::NotFound)?.clone();
    let mut asked = departments::of_years(&mut tx, &[year]).await?;
    asked.retain(|asked| asked.department == key);
    let said = said(&mut tx, year, key).await?;
    Ok((department, asked, said))
}

async fn said(tx: &mut Tx, year: i16, key: &str) -> Result<Vec<Entry>> {
    let filter = EntryFilter {
        years: vec![year],
        department: key.to_owned(),
        ..EntryFilter::default()
    };
    Ok(entries::list(tx, &filter).await?)
}

/// The department that somebody answers for.
///
/// # Errors
/// Not found to those who answer for none.
pub(crate) async fn own(tx: &mut Tx, actor: &Actor) -> Result<String> {
    let city = unit::root(tx).await?.ok_or(Error::NotFound)?;
    if !policy::may(actor, Act::AnswerList, &city) {
        return Err(Error::NotFound);
    }
    departments::of_account(tx, &actor.account)
        .await?
        .ok_or(Error::NotFound)
}

/// The department whose list is asked for, and whether the actor answers for it.
async fn whose(app: &App, tx: &mut Tx, actor: &Actor, key: &str) -> Result<(String, bool)> {
    let city = unit::root(tx).await?.ok_or(Error::NotFound)?;
    if policy::may(actor, Act::AnswerList, &city) {
        let own = own(tx, actor).await?;
        return match key.is_empty() || key == own {
            true => Ok((own, true)),
            false => Err(Error::NotFound),
        };
    }
    app.permit(tx, actor, Act::SeeLists, &city.id).await?;
    Ok((key.to_owned(), false))
}

async fn permitted(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
) -> Result<(Permit<act::AnswerList>, String)> {
    let city = unit::root(tx).await?.ok_or(Error::NotFound)?;
    let permit = app.permit(tx, actor, act::AnswerList, &city.id).await?;
    let key = own(tx, actor).await?;
    Ok((permit, key))
}

/// Those who answer for a department on the web.
pub(crate) async fn people_of(tx: &mut Tx, key: &str) -> Result<Vec<To>> {
    let accounts = departments::accounts(tx).await?;
    Ok(accounts
        .into_iter()
        .filter(|(of, ..)| of == key)
        .map(|(_, account, _)| To::Account(account))
        .collect())
}

/// The standard of a year of its programme.
fn standard_of(app: &App, year: i16) -> Result<&Standard> {
    let standard = app.standards.of(year);
    match standard.programme.outside(year) {
        None => Ok(standard),
        Some(_) => Err(Error::NotFound),
    }
}

/// The titles that vetoes bar.
pub(crate) fn barred(standard: &Standard) -> Vec<String> {
    let titles = standard.titles.iter();
    let barred = titles.filter(|title| title.barred_by_vetoes);
    barred.map(|title| title.key.clone()).collect()
}

pub(crate) fn object(year: i16, key: &str) -> Object {
    Object::Department {
        year,
        department: key.to_owned(),
    }
}
