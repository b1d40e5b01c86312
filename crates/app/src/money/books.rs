//! The end of a year, and what a merged unit leaves to the one that it went into.

use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        ids::UnitId,
        policy::{Actor, act},
        refusal::{General, Refusal},
    },
    money::{
        amount::yuan,
        books::{self, Books, BooksRefusal},
        ledger::{Account, EntryKind, LedgerRefusal},
    },
};
use jianjia_standard::programme::money::{Left, MoneyRules};
pub use jianjia_store::money::books::ClosedYear;
use jianjia_store::{
    core::{db::Tx, scope::Scope},
    money::{
        books as closed, grant as grants,
        ledger::{self as entries, total},
        payment as runs,
    },
    register::unit,
};
use serde_json::json;

use crate::{
    core::{
        app::App,
        counting::count_if_many,
        error::{Error, Result},
    },
    money::{
        book::{self, Draft},
        grant::place,
        ledger::seen,
    },
};

/// What closing a year would do.
#[derive(Debug)]
pub struct Closing {
    pub year: i16,
    /// Why it can't be closed now.
    pub refusal: Option<Refusal>,
    /// Units that have something left, and how much in all.
    pub units: usize,
    pub left_fen: i64,
    pub unpaid_fen: i64,
    /// Units that spent more than there was.
    pub over: usize,
    /// What is left goes back to the federation.
    pub is_returned: bool,
    pub closed: Vec<ClosedYear>,
}

async fn books_of(tx: &mut Tx, year: i16) -> Result<Books> {
    Ok(Books {
        year,
        closed_until: closed::closed_until(tx).await?,
        first: entries::years(tx).await?.first().copied(),
        open_runs: runs::open_of(tx, year).await?,
    })
}

fn rules(app: &App, year: i16) -> Result<MoneyRules> {
    let rules = app.standards.of(year).money.clone();
    Ok(rules.ok_or(LedgerRefusal::NoRules { year })?)
}

/// What closing a year would do, and why it can't be done yet.
///
/// # Errors
/// As `App::permit` on the city.
pub async fn preview(app: &App, actor: &Actor, year: i16) -> Result<Closing> {
    let mut tx = app.db.read().await?;
    let permit = book::city(app, &mut tx, actor, act::CloseBooks).await?;
    let books = books_of(&mut tx, year).await?;
    let refusal: Option<Refusal> = books::may_close(books, &permit, app.clock.today())
        .map_err(Refusal::from)
        .err();
    let rules = rules(app, year);
    let refusal = match (&rules, refusal) {
        (Err(Error::Refused(refusal)), None) => Some(refusal.clone()),
        (_, refusal) => refusal,
    };
    let (mut units, mut left_fen, mut unpaid_fen, mut over) = (0, 0_i64, 0_i64, 0);
    for balances in entries::balances_of_year(&mut tx, year).await?.values() {
        let sums = balances.sums();
        let left = balances.of(Account::Held).max(0) + balances.of(Account::Due);
        units += usize::from(left > 0 || sums.unpaid_fen > 0);
        left_fen = left_fen.saturating_add(left);
        unpaid_fen = unpaid_fen.saturating_add(sums.unpaid_fen);
        over += usize::from(balances.of(Account::Held) < 0);
    }
    Ok(Closing {
        year,
        refusal,
        units,
        left_fen,
        unpaid_fen,
        over,
        is_returned: rules.is_ok_and(|rules| rules.left == Left::Return),
        closed: closed::closed(&mut tx).await?,
    })
}

/// Closes a year: what is left of each unit goes where the standard says, and no entry is written for the year any more.
///
/// # Errors
/// As `App::permit` on the city; `NoRules`; as `books::may_close`.
pub async fn close(app: &App, actor: &Actor, year: i16) -> Result<ClosedYear> {
    let mut tx = app.db.write(Scope::Money).await?;
    let permit = book::city(app, &mut tx, actor, act::CloseBooks).await?;
    let today = app.clock.today();
    books::may_close(books_of(&mut tx, year).await?, &permit, today)?;
    let rules = rules(app, year)?;
    let balances = entries::balances_of_year(&mut tx, year).await?;
    let mut ids: Vec<UnitId> = balances.keys().copied().collect();
    ids.sort_unstable();
    let last = jiff::civil::Date::new(year, 12, 31).map_err(anyhow::Error::from)?;
    let (mut drafts, mut left_fen) = (Vec::new(), 0_i64);
    for id in ids {
        let Some((left, lines)) = balances
            .get(&id)
            .and_then(|of_unit| books::carry(year, of_unit, &rules))
        else {
            continue;
        };
        left_fen = left_fen.saturating_add(left);
        let unit = place(&mut tx, &id).await?;
        drafts.push(Draft {
            basis: format!("{year} 年度结账（{}）", rules.clause),
            ..Draft::of(EntryKind::CarriedOver, year, &unit, (last, left), lines)
        });
    }
    let carried = drafts.len();
    book::write(app, &mut tx, actor, drafts).await?;
    grants::carry_over(&mut tx, year, year + 1).await?;
    let done = ClosedYear {
        year,
        entries: entries::count(&mut tx, year).await?,
        left_fen,
        closed_by_name: actor.name.clone(),
        closed_at: app.now(),
    };
    if !closed::close(&mut tx, &done, actor.account).await? {
        return Err(General::Stale.into());
    }
    app.trail(
        &mut tx,
        actor,
        Deed::CloseYear,
        Object::MoneyYear(year),
        Some(&permit.unit),
        json!({ "year": year, "units": carried, "left": yuan(left_fen), "entries": done.entries }),
    )
    .await?;
    tx.commit().await?;
    count_if_many(app, carried).await;
    Ok(done)
}

/// Hands what a merged unit has left to the one that it went into, in the year that stands open.
///
/// # Errors
/// Not found to those who don't read the unit's money; as `App::permit`; `NoSuccessor`; `YearClosed`, `NoYear`; as `books::hand_over`.
pub async fn hand_over(app: &App, actor: &Actor, (id, year): (&UnitId, i16)) -> Result<i64> {
    let mut tx = app.db.read().await?;
    seen(app, &mut tx, actor, id).await?;
    app.permit(&mut tx, actor, act::GrantMoney, id).await?;
    let found = unit::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    drop(tx);
    let other = found.successor_id.ok_or(BooksRefusal::NoSuccessor)?;
    let scopes = [Scope::UnitMoney(*id), Scope::UnitMoney(other)];
    let mut tx = app.db.write(scopes).await?;
    let permit = app.permit(&mut tx, actor, act::GrantMoney, id).await?;
    let year = book::open_year(app, &mut tx, year).await?;
    let balances = entries::balances(&mut tx, id, year).await?;
    let (left, own, others) = books::hand_over(year, &balances, &permit)?;
    let other = place(&mut tx, &other).await?;
    let today = app.clock.today();
    let draft = |unit: &_, lines, basis| Draft {
        basis,
        ..Draft::of(EntryKind::HandedOver, year, unit, (today, left), lines)
    };
    let drafts = vec![
        draft(&permit.unit, own, format!("移交给{}", other.name)),
        draft(&other, others, format!("{}移交", permit.unit.name)),
    ];
    book::write(app, &mut tx, actor, drafts).await?;
    app.trail(
        &mut tx,
        actor,
        Deed::HandOverMoney,
        Object::Unit(*id),
        Some(&permit.unit),
        json!({ "year": year, "amount": yuan(left), "to": other.name }),
    )
    .await?;
    tx.commit().await?;
    Ok(left)
}

/// The kept figures of a year that aren't those of its lines, for `verify`.
pub(crate) async fn wrong_totals(tx: &mut Tx, year: i16) -> Result<Vec<UnitId>> {
    Ok(total::wrong(tx, year).await?)
}
