//! Granting money: lists that are typed or come as a table, looked over and confirmed; grants that are released for payment. What else reckons money has it granted by
//! `grant_many`.

pub(crate) mod table;

use std::collections::BTreeMap;

use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        ids::{GrantId, GrantListId, UnitId},
        message::{self, About, Kind, Message},
        place::UnitPlace,
        policy::{Actor, act},
        refusal::{General, Refusal},
        text::form::of_union,
    },
    money::{
        amount::{plain, yuan},
        grant::{
            self, DraftRow, Grant, GrantKind, GrantList, GrantRefusal, GrantState, ListState,
            NewGrant,
        },
        ledger::{EntryKind, Movement, lines},
    },
    register::credit_code,
};
pub use jianjia_store::money::grant::GrantFilter;
use jianjia_store::{
    core::{db::Tx, scope::Scope},
    money::{grant as grants, grant_list as lists},
    register::unit,
};
use jiff::civil::Date;
use serde_json::json;

pub use self::table::{COLUMNS, read as read_table};
use crate::{
    core::{
        app::App,
        counting::count_if_many,
        error::{Error, Result},
        message::tell,
    },
    money::{
        book::{self, Draft},
        subsidy,
    },
};

/// How many lines a page of the list has, and how many grants are released at once.
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

/// Keeps a list of what is to be granted, as it was typed or stood in a table, to be looked over. Sent twice, it is kept once.
///
/// # Errors
/// As `App::permit` on the city; `NoYear`, `YearClosed`; `NoRows`, `TooManyRows`.
pub async fn save_list(
    app: &App,
    actor: &Actor,
    year: i16,
    (rows, file_name): (Vec<DraftRow>, &str),
    request: &str,
) -> Result<GrantListId> {
    let mut tx = app.db.write(Scope::Money).await?;
    let permit = book::city(app, &mut tx, actor, act::GrantMoney).await?;
    let key = book::request_key("list", request);
    if let Some(key) = &key
        && let Some(known) = lists::of_request(&mut tx, key).await?
    {
        return Ok(known);
    }
    let year = book::open_year(app, &mut tx, year).await?;
    let rows: Vec<DraftRow> = rows.into_iter().filter(|row| !row.is_empty()).collect();
    if rows.is_empty() {
        return Err(GrantRefusal::NoRows.into());
    }
    if rows.len() > grant::MOST_ROWS {
        let most = grant::MOST_ROWS;
        return Err(GrantRefusal::TooManyRows { most }.into());
    }
    let now = app.now();
    let list = GrantList {
        id: GrantListId(app.entropy.id(now)),
        year,
        file_name: file_name.chars().take(100).collect(),
        rows,
        state: ListState::Draft,
        made_by: Some(actor.account),
        made_by_name: actor.name.clone(),
        made_at: now,
        revision: 1,
    };
    lists::insert(&mut tx, &list, key.as_deref()).await?;
    app.trail(
        &mut tx,
        actor,
        Deed::SaveGrantList,
        Object::GrantList(list.id),
        Some(&permit.unit),
        json!({ "year": year, "rows": list.rows.len() }),
    )
    .await?;
    tx.commit().await?;
    Ok(list.id)
}

/// Keeps the subsidies that were reckoned for a year and are not granted yet as a list, to be looked over like any other. A unit's subsidy of a year is
/// granted so once: what a later reckoning changes is granted or taken back by hand.
///
/// # Errors
/// As `save_list`; `NoneReckoned`.
pub async fn list_subsidies(
    app: &App,
    actor: &Actor,
    year: i16,
    request: &str,
) -> Result<GrantListId> {
    let mut tx = app.db.read().await?;
    book::city(app, &mut tx, actor, act::GrantMoney).await?;
    let known = grants::known_units(&mut tx).await?;
    let known = known.into_iter().map(|one| (one.unit.id, one.number));
    let numbers: BTreeMap<_, _> = known.collect();
    let key = |unit: &UnitId| format!("subsidy:{year}:{unit}");
    let settled = subsidy::settled(&mut tx, year).await?;
    let keys: Vec<String> = settled.iter().map(|one| key(&one.unit)).collect();
    let mut taken = grants::sources(&mut tx, &keys).await?;
    for list in lists::open(&mut tx, year).await? {
        taken.extend(list.rows.into_iter().map(|row| row.source_key));
    }
    tx.commit().await?;
    let left = settled
        .iter()
        .filter(|one| one.amount_fen > 0 && !taken.contains(&key(&one.unit)));
    let rows = left.filter_map(|one| {
        Some(DraftRow {
            number: 0,
            unit: numbers.get(&one.unit)?.to_string(),
            amount: plain(one.amount_fen),
            kind: String::new(),
            basis: one.sum.zh.clone(),
            source_key: key(&one.unit),
        })
    });
    let mut rows: Vec<DraftRow> = rows.take(grant::MOST_ROWS).collect();
    if rows.is_empty() {
        return Err(GrantRefusal::NoneReckoned { year }.into());
    }
    for (number, row) in (1..).zip(&mut rows) {
        row.number = number;
    }
    save_list(app, actor, year, (rows, ""), request).await
}

/// A list with what each of its rows means by the register as it is.
#[derive(Debug)]
pub struct ListView {
    pub list: GrantList,
    pub rows: Vec<(DraftRow, std::result::Result<NewGrant, Refusal>)>,
    pub total_fen: i64,
    pub wrong: usize,
}

/// # Errors
/// As `App::permit` on the city; not found when it isn't there.
pub async fn view_list(app: &App, actor: &Actor, id: &GrantListId) -> Result<ListView> {
    let mut tx = app.db.read().await?;
    book::city(app, &mut tx, actor, act::GrantMoney).await?;
    let list = lists::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    planned(&mut tx, list).await
}

async fn planned(tx: &mut Tx, list: GrantList) -> Result<ListView> {
    let meant = Meant::of(tx, &list.rows).await?;
    let rows = list.rows.iter().map(|row| {
        let read = grant::read_row(row, meant.of_row(row));
        (row.clone(), read)
    });
    let rows: Vec<_> = rows.collect();
    let good = rows.iter().filter_map(|(_, read)| read.as_ref().ok());
    let total_fen = good.fold(0, |sum: i64, new| sum.saturating_add(new.amount_fen));
    let wrong = rows.iter().filter(|(_, read)| read.is_err()).count();
    Ok(ListView {
        list,
        rows,
        total_fen,
        wrong,
    })
}

/// The units that the names of a list mean.
struct Meant(BTreeMap<String, Vec<UnitPlace>>);

/// So many rows are looked up one by one; of more the register is read once.
const FEW: usize = 20;

impl Meant {
    async fn of(tx: &mut Tx, rows: &[DraftRow]) -> Result<Meant> {
        let mut found: BTreeMap<String, Vec<UnitPlace>> = BTreeMap::new();
        let typed = |row: &DraftRow| jianjia_domain::core::text::line(&row.unit);
        if rows.len() <= FEW {
            for row in rows {
                let name = typed(row);
                if name.is_empty() || found.contains_key(&name) {
                    continue;
                }
                let units = unit::meant(tx, "/", &name).await?;
                found.insert(name, units.iter().map(|unit| unit.place()).collect());
            }
            return Ok(Meant(found));
        }
        let known = grants::known_units(tx).await?;
        let (mut by_name, mut by_number) = (
            BTreeMap::<String, Vec<&UnitPlace>>::new(),
            BTreeMap::<String, &UnitPlace>::new(),
        );
        for one in &known {
            by_name
                .entry(of_union(&one.unit.name))
                .or_default()
                .push(&one.unit);
            by_number.insert(one.number.to_string(), &one.unit);
            if let Some(code) = &one.credit_code {
                by_number.insert(code.clone(), &one.unit);
            }
        }
        for row in rows {
            let name = typed(row);
            let number = by_number
                .get(&name)
                .or_else(|| by_number.get(&credit_code::normalise(&name)));
            let units = match number {
                Some(unit) => vec![(*unit).clone()],
                None => by_name
                    .get(&of_union(&name))
                    .map(|units| units.iter().map(|unit| (*unit).clone()).collect())
                    .unwrap_or_default(),
            };
            found.insert(name, units);
        }
        Ok(Meant(found))
    }

    fn of_row(&self, row: &DraftRow) -> &[UnitPlace] {
        let name = jianjia_domain::core::text::line(&row.unit);
        self.0.get(&name).map_or(&[], Vec::as_slice)
    }
}

/// Grants what stands on a list, all of it or nothing. Sent twice, it is granted once.
///
/// # Errors
/// As `view_list`; `ListEnded`; `Stale`; `RowsWrong`; as `grant_many`.
pub async fn confirm_list(
    app: &App,
    actor: &Actor,
    id: &GrantListId,
    revision: i64,
) -> Result<Vec<Grant>> {
    let mut tx = app.db.write(Scope::Money).await?;
    book::city(app, &mut tx, actor, act::GrantMoney).await?;
    let list = lists::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    if list.state != ListState::Draft {
        return Err(GrantRefusal::ListEnded.into());
    }
    if list.revision != revision {
        return Err(General::Stale.into());
    }
    let view = planned(&mut tx, list).await?;
    if view.wrong > 0 {
        return Err(GrantRefusal::RowsWrong { rows: view.wrong }.into());
    }
    let year = view.list.year;
    let new = view.rows.into_iter().filter_map(|(_, read)| read.ok());
    let new: Vec<NewGrant> = new.collect();
    let on = (year, app.clock.today());
    let made = grant_many(app, &mut tx, actor, on, new).await?;
    if !lists::end(&mut tx, id, ListState::Granted).await? {
        return Err(General::Stale.into());
    }
    tx.commit().await?;
    count_if_many(app, made.len()).await;
    Ok(made)
}

/// Puts a list away.
///
/// # Errors
/// As `view_list`; `ListEnded`.
pub async fn discard_list(app: &App, actor: &Actor, id: &GrantListId) -> Result<i16> {
    let mut tx = app.db.write(Scope::Money).await?;
    let permit = book::city(app, &mut tx, actor, act::GrantMoney).await?;
    let list = lists::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    if !lists::end(&mut tx, id, ListState::Discarded).await? {
        return Err(GrantRefusal::ListEnded.into());
    }
    app.trail(
        &mut tx,
        actor,
        Deed::DiscardGrantList,
        Object::GrantList(*id),
        Some(&permit.unit),
        json!({ "year": list.year, "rows": list.rows.len() }),
    )
    .await?;
    tx.commit().await?;
    Ok(list.year)
}

/// The lists of a year that wait to be confirmed.
///
/// # Errors
/// As `App::permit` on the city.
pub async fn open_lists(app: &App, actor: &Actor, year: i16) -> Result<Vec<GrantList>> {
    let mut tx = app.db.read().await?;
    book::city(app, &mut tx, actor, act::GrantMoney).await?;
    Ok(lists::open(&mut tx, year).await?)
}

/// Releases grants for payment, all or none. `seen` are their ids with the revisions that were shown.
///
/// # Errors
/// As `App::permit` on the city; `NoneChosen`; not found; `Stale`; `WrongState`; `YearClosed` for what stands on a year that is closed.
pub async fn release(app: &App, actor: &Actor, seen: &[(GrantId, i64)]) -> Result<Vec<Grant>> {
    if seen.is_empty() {
        return Err(GrantRefusal::NoneChosen.into());
    }
    let mut tx = app.db.write(Scope::Money).await?;
    let permit = book::city(app, &mut tx, actor, act::GrantMoney).await?;
    let revisions: BTreeMap<GrantId, i64> = seen.iter().copied().collect();
    let ids: Vec<GrantId> = revisions.keys().copied().collect();
    let found = grants::find_many(&mut tx, &ids).await?;
    if found.len() != ids.len() {
        return Err(Error::NotFound);
    }
    let today = app.clock.today();
    let (mut released, mut drafts) = (Vec::new(), Vec::new());
    for found in found {
        let is_seen = revisions.get(&found.id) == Some(&found.revision);
        let grant = grant::release(found, &permit)?;
        if !is_seen {
            return Err(General::Stale.into());
        }
        let year = book::open_year(app, &mut tx, grant.book_year).await?;
        drafts.push(step_of(
            &grant,
            place_of(&mut tx, &grant).await?,
            (EntryKind::Released, &Movement::Release),
            (year, today),
        ));
        released.push(grant);
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

/// The unit of a grant as it stands now.
pub(crate) async fn place_of(tx: &mut Tx, grant: &Grant) -> Result<UnitPlace> {
    place(tx, &grant.unit).await
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
    let may = book::city(app, &mut tx, actor, act::GrantMoney).await;
    Ok(GrantPage {
        grants,
        total,
        page,
        pages: (total + LINES - 1) / LINES,
        counts: grants::counts(&mut tx, filter.year, &within).await?,
        may_grant: may.is_ok(),
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
