//! Granting money: grants are made, and released for payment. `list` has those that are typed or come as a table; what else reckons money has it granted by
//! `grant_many`.

mod list;
pub(crate) mod table;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        ids::{GrantId, UnitId},
        message::{self, About, Kind, Message},
        place::UnitPlace,
        policy::{Act, Actor, act, may},
        refusal::General,
    },
    money::{
        amount::yuan,
        grant::{self, Grant, GrantKind, GrantRefusal, GrantState, NewGrant},
        ledger::{EntryKind, Movement, lines},
    },
};
pub use jianjia_store::money::grant::GrantFilter;
use jianjia_store::{
    core::{db::Tx, scope::Scope},
    money::grant as grants,
    register::unit,
};
use jiff::civil::Date;
use serde_json::json;

pub use self::{
    list::{
        ListView, confirm_list, correct_list, discard_list, list_subsidies, open_lists, save_list,
        to_list, view_list,
    },
    table::{COLUMNS, read as read_table},
};
use crate::{
    core::{
        app::App,
        error::{Error, Result},
        message::tell,
    },
    money::book::{self, Draft},
};

/// How many lines a page of the list has.
pub const LINES: i64 = 50;

/// Grants money of a year to units, each with its basis, all or none. The transaction holds `Scope::Money`; whoever calls it commits.
///
/// # Errors
/// As `App::permit` on the city; `NoYear`, `YearClosed`; `NoRows`, `TooManyRows`, `Twice`; `GrantedAlready` when one with the same `source_key` is in force.
pub async fn grant_many(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    (year, granted_on): (i16, Date),
    new: Vec<NewGrant>,
) -> Result<Vec<Grant>> {
    let permit = book::city(app, tx, actor, act::GrantMoney).await?;
    let year = book::open_year(app, tx, year).await?;
    grant::may_grant(&permit, &new)?;
    let keys = new.iter().filter_map(|grant| grant.source_key.clone());
    let keys: Vec<String> = keys.collect();
    if let Some(unit) = grants::of_sources(tx, &keys).await? {
        return Err(GrantRefusal::GrantedAlready { unit }.into());
    }
    let now = app.now();
    let granted_by = (!actor.account.0.is_nil()).then_some(actor.account);
    let made: Vec<Grant> = new
        .iter()
        .map(|new| Grant {
            id: GrantId(app.entropy.id(now)),
            year,
            book_year: year,
            unit: new.unit.id,
            unit_path: new.unit.path.clone(),
            unit_name: new.unit.name.clone(),
            kind: new.kind,
            amount_fen: new.amount_fen,
            basis: new.basis.clone(),
            source_key: new.source_key.clone(),
            state: GrantState::Granted,
            granted_on,
            granted_by,
            granted_by_name: actor.name.clone(),
            granted_at: now,
            revision: 1,
        })
        .collect();
    grants::insert(tx, &made).await?;
    let drafts = new.iter().zip(&made).map(|(new, grant)| Draft {
        basis: grant.basis.clone(),
        grant: Some(grant.id),
        ..Draft::of(
            EntryKind::Granted,
            year,
            &new.unit,
            (granted_on, grant.amount_fen),
            lines(year, &Movement::Grant, grant.amount_fen),
        )
    });
    book::write(app, tx, actor, drafts.collect()).await?;
    let total = total_of(&made);
    for (new, grant) in new.iter().zip(&made) {
        let about = About::of(&Object::Unit(grant.unit), Some(grant.unit), year);
        let told = Message::of(
            Kind::MoneyGranted,
            about,
            grant.id,
            message::union_of(&new.unit),
        )
        .says([
            grant.unit_name.as_str().into(),
            year.into(),
            yuan(grant.amount_fen).into(),
        ]);
        tell(app, tx, actor, told);
    }
    app.trail(
        tx,
        actor,
        Deed::MakeGrants,
        Object::MoneyYear(year),
        Some(&permit.unit),
        json!({ "grants": made.len(), "amount": yuan(total) }),
    )
    .await?;
    Ok(made)
}

fn total_of(grants: &[Grant]) -> i64 {
    grants
        .iter()
        .fold(0, |sum: i64, grant| sum.saturating_add(grant.amount_fen))
}

/// Releases grants for payment, all or none. `seen` are their ids with the revisions that were shown.
///
/// # Errors
/// As `App::permit` on the city; `NoneChosen`; not found; `Stale`; `WrongState`; `YearClosed` for what stands on a year that is closed.
pub async fn release(app: &App, actor: &Actor, seen: &[(GrantId, i64)]) -> Result<Vec<Grant>> {
    let mut tx = app.db.write(Scope::Money).await?;
    let permit = book::city(app, &mut tx, actor, act::GrantMoney).await?;
    if seen.is_empty() {
        return Err(GrantRefusal::NoneChosen.into());
    }
    let revisions: BTreeMap<GrantId, i64> = seen.iter().copied().collect();
    let ids: Vec<GrantId> = revisions.keys().copied().collect();
    let found = grants::find_many(&mut tx, &ids).await?;
    if found.len() != ids.len() {
        return Err(Error::NotFound);
    }
    let mut released = Vec::with_capacity(found.len());
    for found in found {
        let is_seen = revisions.get(&found.id) == Some(&found.revision);
        let grant = grant::release(found, &permit)?;
        if !is_seen {
            return Err(General::Stale.into());
        }
        released.push(grant);
    }
    let years: BTreeSet<i16> = released.iter().map(|grant| grant.book_year).collect();
    for year in years {
        book::open_year(app, &mut tx, year).await?;
    }
    let places = places_of(&mut tx, &released).await?;
    let today = app.clock.today();
    let mut drafts = Vec::with_capacity(released.len());
    for grant in &released {
        drafts.push(step_of(
            grant,
            places.of(grant)?,
            (EntryKind::Released, &Movement::Release),
            (grant.book_year, today),
        ));
    }
    if !grants::save_states(&mut tx, &released).await? {
        return Err(General::Stale.into());
    }
    book::write(app, &mut tx, actor, drafts).await?;
    let year = released.first().map_or(0, |grant| grant.year);
    app.trail(
        &mut tx,
        actor,
        Deed::ReleaseGrants,
        Object::MoneyYear(year),
        Some(&permit.unit),
        json!({ "grants": released.len(), "amount": yuan(total_of(&released)) }),
    )
    .await?;
    tx.commit().await?;
    Ok(released)
}

/// Releases all grants of a year that wait for it, if they are as many and come to as much as was shown.
///
/// # Errors
/// As `release`; `Stale` when they are others by now.
pub async fn release_all(
    app: &App,
    actor: &Actor,
    year: i16,
    (count, total_fen): (i64, i64),
) -> Result<Vec<Grant>> {
    let mut tx = app.db.read().await?;
    book::city(app, &mut tx, actor, act::GrantMoney).await?;
    drop(tx);
    let filter = GrantFilter {
        year,
        state: GrantState::Granted.key().to_owned(),
        ..GrantFilter::default()
    };
    let most = i64::from(i32::MAX);
    let (found, all) = export(app, actor, &filter, (most, 0)).await?;
    if all != count || total_of(&found) != total_fen {
        return Err(General::Stale.into());
    }
    let found = found.iter().map(|grant| (grant.id, grant.revision));
    let seen: Vec<(GrantId, i64)> = found.collect();
    release(app, actor, &seen).await
}

/// The entry for a step of a grant.
pub(crate) fn step_of(
    grant: &Grant,
    unit: UnitPlace,
    (kind, movement): (EntryKind, &Movement<'_>),
    (year, on): (i16, Date),
) -> Draft {
    Draft {
        basis: grant.basis.clone(),
        grant: Some(grant.id),
        ..Draft::of(
            kind,
            year,
            &unit,
            (on, grant.amount_fen),
            lines(year, movement, grant.amount_fen),
        )
    }
}

/// Units of grants as they stand now.
pub(crate) struct Places(HashMap<UnitId, UnitPlace>);

/// The units of grants as they stand now, by as many statements as for one.
pub(crate) async fn places_of(tx: &mut Tx, grants: &[Grant]) -> Result<Places> {
    let ids: BTreeSet<UnitId> = grants.iter().map(|grant| grant.unit).collect();
    let ids: Vec<UnitId> = ids.into_iter().collect();
    let found = unit::places(tx, &ids).await?.into_iter();
    Ok(Places(found.map(|unit| (unit.id, unit)).collect()))
}

impl Places {
    pub(crate) fn of(&self, grant: &Grant) -> Result<UnitPlace> {
        self.0.get(&grant.unit).cloned().ok_or(Error::NotFound)
    }
}

pub(crate) async fn place(tx: &mut Tx, unit: &UnitId) -> Result<UnitPlace> {
    let found = jianjia_store::core::place::find(tx, unit).await?;
    found.ok_or(Error::NotFound)
}

/// A page of the grants of a year.
#[derive(Debug)]
pub struct GrantPage {
    pub grants: Vec<Grant>,
    pub total: i64,
    pub page: i64,
    pub pages: i64,
    /// How many are in each state, and what they come to, whatever is asked.
    pub counts: Vec<(GrantState, i64, i64)>,
    pub may_grant: bool,
    /// Whether the actor reads the lists that wait to be confirmed.
    pub may_see_lists: bool,
    /// Whether anything can be granted for the year: its books are open, and it has begun.
    pub is_open: bool,
}

/// The grants of a year below the actor's federations.
///
/// # Errors
/// `NotYourRole` to those who look over no money.
pub async fn page(app: &App, actor: &Actor, filter: &GrantFilter, page: i64) -> Result<GrantPage> {
    let page = page.max(1);
    let offset = (page - 1).saturating_mul(LINES);
    let (grants, total) = export(app, actor, filter, (LINES, offset)).await?;
    let mut tx = app.db.read().await?;
    let within = book::looked_over(actor)?;
    let city = unit::root(&mut tx).await?.ok_or(Error::NotFound)?;
    Ok(GrantPage {
        grants,
        total,
        page,
        pages: (total + LINES - 1) / LINES,
        counts: grants::counts(&mut tx, filter.year, &within).await?,
        may_grant: may(actor, Act::GrantMoney, &city),
        may_see_lists: may(actor, Act::SeeMoney, &city),
        is_open: book::open_year(app, &mut tx, filter.year).await.is_ok(),
    })
}

/// A portion (limit, offset) of them, for a file, with how many there are.
///
/// # Errors
/// As `page`.
pub async fn export(
    app: &App,
    actor: &Actor,
    filter: &GrantFilter,
    portion: (i64, i64),
) -> Result<(Vec<Grant>, i64)> {
    let within = book::looked_over(actor)?;
    let mut tx = app.db.read().await?;
    let filter = GrantFilter {
        within,
        ..filter.clone()
    };
    Ok(grants::page(&mut tx, &filter, portion).await?)
}

/// The kinds of grants, for a form.
pub fn kinds() -> [GrantKind; 3] {
    GrantKind::ALL
}
