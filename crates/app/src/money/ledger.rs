//! Reading the ledger: a unit's statement, what places come to, the list of entries, one entry.

use std::collections::BTreeMap;

use jianjia_domain::{
    core::{
        ids::{EvidenceId, LedgerEntryId, UnitId},
        place::{UnitPlace, is_within},
        policy::{self, Act, Actor},
    },
    money::ledger::{Account, Balances, Line, YearSums},
    year::evidence::{Evidence, EvidenceUse, Target},
};
pub use jianjia_store::money::ledger::{
    KeptEntry,
    list::EntryFilter,
    total::{PlaceTotal, TotalFilter, UnitTotal},
};
use jianjia_store::{
    core::db::Tx,
    money::{
        books,
        ledger::{self as entries, list, total},
    },
    register::unit,
    year::evidence as kept,
};

use crate::{
    core::{
        app::App,
        error::{Error, Result},
    },
    money::{book, spending::act_of},
};

/// How many lines a page of a list has.
pub const LINES: i64 = 50;

/// A unit's money of all years, and of one year with its entries.
#[derive(Debug)]
pub struct Statement {
    pub unit: UnitPlace,
    /// The newest first.
    pub years: Vec<(i16, YearSums)>,
    pub year: i16,
    pub sums: YearSums,
    pub balances: Balances,
    /// What was spent, by the key of its purpose.
    pub spent: Vec<(String, i64)>,
    pub entries: Vec<EntryLine>,
    pub is_closed: bool,
    pub may_spend: bool,
    pub may_take_back: bool,
    pub may_say_bank: bool,
    pub may_hand_over: bool,
}

/// An entry of a statement.
#[derive(Debug)]
pub struct EntryLine {
    pub kept: KeptEntry,
    /// Of what was spent.
    pub vouchers: Vec<EvidenceId>,
    /// Whether another takes it back.
    pub is_reversed: bool,
}

/// A unit's statement: for its own people and the offices above that look over money.
///
/// # Errors
/// Not found to everybody else.
pub async fn statement(
    app: &App,
    actor: &Actor,
    id: &UnitId,
    year: Option<i16>,
) -> Result<Statement> {
    let mut tx = app.db.read().await?;
    let place = seen(app, &mut tx, actor, id).await?;
    stated(app, &mut tx, actor, place, year).await
}

/// The same, for the form of an act.
///
/// # Errors
/// As `App::permit`.
pub async fn statement_for(
    app: &App,
    actor: &Actor,
    (id, act): (&UnitId, Act),
    year: Option<i16>,
) -> Result<Statement> {
    let mut tx = app.db.read().await?;
    let place = app.permit(&mut tx, actor, act, id).await?.unit;
    stated(app, &mut tx, actor, place, year).await
}

/// The unit, to those who read its money. To others, who may see the unit, its money is not there: an administrator runs accounts.
pub(crate) async fn seen(app: &App, tx: &mut Tx, actor: &Actor, id: &UnitId) -> Result<UnitPlace> {
    let place = app.seen(tx, actor, id).await?;
    match policy::may(actor, Act::SeeUnitMoney, &place) {
        true => Ok(place),
        false => Err(Error::NotFound),
    }
}

async fn stated(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    place: UnitPlace,
    year: Option<i16>,
) -> Result<Statement> {
    let id = &place.id;
    let years = total::of_unit(tx, id).await?;
    let this_year = app.year();
    let newest = years.iter().map(|(year, _)| *year);
    let year = year
        .or_else(|| newest.clone().find(|year| *year <= this_year))
        .unwrap_or(this_year);
    let balances = entries::balances(tx, id, year).await?;
    let found = entries::of_unit(tx, id, year).await?;
    let entries = with_vouchers(tx, id, found).await?;
    let closed = books::closed_until(tx).await?;
    let record = unit::find(tx, id).await?.ok_or(Error::NotFound)?;
    let is_closed = closed.is_some_and(|closed| year <= closed);
    let held = balances.of(Account::Held) + balances.of(Account::Due);
    let may = |act| !is_closed && policy::may(actor, act, &place);
    Ok(Statement {
        sums: balances.sums(),
        spent: balances.spent(),
        entries,
        years,
        year,
        is_closed,
        may_spend: may(Act::RecordSpending),
        may_take_back: may(Act::TakeMoneyBack) && held > 0,
        may_say_bank: policy::may(actor, Act::SayBankDetails, &place)
            || policy::may(actor, Act::SeeMoney, &place),
        may_hand_over: may(Act::GrantMoney) && record.successor_id.is_some() && held > 0,
        balances,
        unit: place,
    })
}

async fn with_vouchers(
    tx: &mut Tx,
    unit: &UnitId,
    found: Vec<KeptEntry>,
) -> Result<Vec<EntryLine>> {
    let mut vouchers: BTreeMap<LedgerEntryId, Vec<EvidenceId>> = BTreeMap::new();
    for used in kept::uses(tx, unit).await? {
        if let Target::Spending(entry) = used.target {
            vouchers.entry(entry).or_default().push(used.evidence);
        }
    }
    let mut lines = Vec::new();
    for kept in found {
        let id = kept.entry.id;
        lines.push(EntryLine {
            vouchers: vouchers.remove(&id).unwrap_or_default(),
            is_reversed: entries::reversing(tx, &id).await?.is_some(),
            kept,
        });
    }
    Ok(lines)
}

/// An entry with its lines, what it takes back and what takes it back.
#[derive(Debug)]
pub struct EntryView {
    pub kept: KeptEntry,
    pub unit: UnitPlace,
    pub vouchers: Vec<Evidence>,
    /// Other spending that stands on one of its vouchers, with its number: one of them may be entered twice.
    pub shared: Vec<(LedgerEntryId, i64)>,
    pub reversed_by: Option<LedgerEntryId>,
    pub may_reverse: bool,
}

/// # Errors
/// Not found when it isn't there or the actor doesn't read its unit's money.
pub async fn entry(app: &App, actor: &Actor, id: &LedgerEntryId) -> Result<EntryView> {
    let mut tx = app.db.read().await?;
    let kept_entry = entries::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let unit = seen(app, &mut tx, actor, &kept_entry.entry.unit).await?;
    let reversed_by = entries::reversing(&mut tx, id).await?;
    let uses = kept::uses(&mut tx, &unit.id).await?;
    let own = uses
        .iter()
        .filter(|used| used.target == Target::Spending(*id));
    let own: Vec<EvidenceId> = own.map(|used| used.evidence).collect();
    let mut vouchers = Vec::new();
    for evidence in &own {
        vouchers.extend(kept::find(&mut tx, evidence).await?);
    }
    let shared = match &reversed_by {
        Some(_) => Vec::new(),
        None => shared(&mut tx, (id, &own), &uses).await?,
    };
    let kind = kept_entry.entry.kind;
    let may = kind.is_reversible() && reversed_by.is_none();
    Ok(EntryView {
        may_reverse: may && policy::may(actor, act_of(kind), &unit),
        kept: kept_entry,
        unit,
        vouchers,
        shared,
        reversed_by,
    })
}

/// The other entries that stand on some of an entry's vouchers, and weren't taken back.
async fn shared(
    tx: &mut Tx,
    (id, own): (&LedgerEntryId, &[EvidenceId]),
    uses: &[EvidenceUse],
) -> Result<Vec<(LedgerEntryId, i64)>> {
    let mut found = Vec::new();
    for used in uses.iter().filter(|used| own.contains(&used.evidence)) {
        let Target::Spending(other) = &used.target else {
            continue;
        };
        if other == id
            || found.iter().any(|(known, _)| known == other)
            || entries::reversing(tx, other).await?.is_some()
        {
            continue;
        }
        if let Some(kept) = entries::find(tx, other).await? {
            found.push((*other, kept.entry.number));
        }
    }
    Ok(found)
}

/// What a place comes to in a year, with the places directly below it.
#[derive(Debug)]
pub struct Overview {
    pub year: i16,
    pub place: PlaceTotal,
    /// Above it, as far as the actor looks over money: the lowest first.
    pub above: Vec<UnitPlace>,
    pub below: Vec<PlaceTotal>,
    /// What the unit itself was granted, where it is no mere sum of those below.
    pub own: Option<YearSums>,
    pub years: Vec<i16>,
    pub closed_until: Option<i16>,
    pub may_grant: bool,
    pub may_prepare: bool,
    pub may_see_runs: bool,
    pub may_close: bool,
}

/// # Errors
/// `NotYourRole` to those who look over no money; not found for a place that is not below their federations.
pub async fn overview(
    app: &App,
    actor: &Actor,
    year: i16,
    place: Option<UnitId>,
) -> Result<Overview> {
    let within = book::looked_over(actor)?;
    let mut tx = app.db.read().await?;
    let unit = match place {
        Some(id) => app.seen(&mut tx, actor, &id).await?,
        None => first_of(&mut tx, actor, &within).await?,
    };
    if !within.iter().any(|path| is_within(&unit.path, path)) {
        return Err(Error::NotFound);
    }
    let above = unit::above(&mut tx, &unit.path).await?;
    let above = above.into_iter().filter(|above| {
        above.id != unit.id && within.iter().any(|path| is_within(&above.path, path))
    });
    let own = entries::balances(&mut tx, &unit.id, year).await?;
    let mut years = entries::years(&mut tx).await?;
    if !years.contains(&app.year()) {
        years.push(app.year());
        years.sort_unstable();
    }
    let city = unit::root(&mut tx).await?.ok_or(Error::NotFound)?;
    let may = |act| policy::may(actor, act, &city);
    Ok(Overview {
        year,
        place: total::of_place(&mut tx, year, &unit).await?,
        above: above.collect(),
        below: total::by_place(&mut tx, year, &unit.id).await?,
        own: (!own.is_empty()).then(|| own.sums()),
        years,
        closed_until: books::closed_until(&mut tx).await?,
        may_grant: may(Act::GrantMoney),
        may_prepare: may(Act::PreparePayment),
        may_see_runs: may(Act::SeeMoney),
        may_close: may(Act::CloseBooks),
    })
}

/// The first of the units whose money the actor looks over.
async fn first_of(tx: &mut Tx, actor: &Actor, within: &[String]) -> Result<UnitPlace> {
    let mut roles = actor.roles.iter();
    let at = roles.find(|held| within.contains(&held.unit.path));
    let at = at.ok_or(Error::NotFound)?;
    let found = jianjia_store::core::place::find(tx, &at.unit.id).await?;
    found.ok_or(Error::NotFound)
}

/// The subtrees that a list is of: those of a place, or all that the actor looks over.
async fn within_of(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    place: Option<UnitId>,
) -> Result<Vec<String>> {
    let within = book::looked_over(actor)?;
    let Some(place) = place else {
        return Ok(within);
    };
    let unit = app.seen(tx, actor, &place).await?;
    if within.iter().any(|path| is_within(&unit.path, path)) {
        Ok(vec![unit.path])
    } else {
        Err(Error::NotFound)
    }
}

/// A portion (limit, offset) of the units that have money of a year, and how many there are.
///
/// # Errors
/// As `overview`.
pub async fn units(
    app: &App,
    actor: &Actor,
    (filter, place): (&TotalFilter, Option<UnitId>),
    portion: (i64, i64),
) -> Result<(Vec<UnitTotal>, i64)> {
    let mut tx = app.db.read().await?;
    let within = within_of(app, &mut tx, actor, place).await?;
    let filter = TotalFilter {
        within,
        ..filter.clone()
    };
    Ok(total::page(&mut tx, &filter, portion).await?)
}

/// A portion (limit, offset) of the entries of a year, the newest first, and how many there are.
///
/// # Errors
/// As `overview`.
pub async fn page(
    app: &App,
    actor: &Actor,
    (filter, place): (&EntryFilter, Option<UnitId>),
    portion: (i64, i64),
) -> Result<(Vec<KeptEntry>, i64)> {
    let mut tx = app.db.read().await?;
    let within = within_of(app, &mut tx, actor, place).await?;
    let filter = EntryFilter {
        within,
        ..filter.clone()
    };
    Ok(list::page(&mut tx, &filter, portion).await?)
}

/// A portion (limit, offset) of all lines of a year, in the order in which they were written, each with its entry; and how many there are.
///
/// # Errors
/// `NotYourRole` to those who look over no money.
pub async fn lines(
    app: &App,
    actor: &Actor,
    year: i16,
    portion: (i64, i64),
) -> Result<(Vec<(KeptEntry, Line)>, i64)> {
    let within = book::looked_over(actor)?;
    let mut tx = app.db.read().await?;
    Ok(list::lines(&mut tx, year, &within, portion).await?)
}
