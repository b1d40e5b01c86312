//! Where units are paid. The number is encrypted where it is kept; pages tell its last digits, and the file for the bank the whole.

use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        ids::UnitId,
        place::UnitPlace,
        policy::{self, Act, Actor, act},
        refusal::General,
    },
    money::bank::{self, BankDetails, BankForm},
};
use jianjia_store::{
    core::{db::Tx, scope::Scope},
    money::bank as kept,
};
use serde_json::json;

use crate::{
    core::{app::App, error::Result},
    money::ledger::seen,
};

/// What the sealed numbers are, for the key.
const SEALED_AS: &str = "bank";

/// A unit's bank details, for those who read its money.
#[derive(Debug)]
pub struct BankView {
    pub unit: UnitPlace,
    pub details: Option<BankDetails>,
    pub may_say: bool,
}

/// # Errors
/// Not found to those who don't read the unit's money, as the rest of it.
pub async fn view(app: &App, actor: &Actor, unit: &UnitId) -> Result<BankView> {
    let mut tx = app.db.read().await?;
    let place = seen(app, &mut tx, actor, unit).await?;
    Ok(BankView {
        details: kept::of_unit(&mut tx, unit).await?,
        may_say: policy::may(actor, Act::SayBankDetails, &place),
        unit: place,
    })
}

/// Says where a unit is paid. What was said before stays, and doesn't count any more.
///
/// # Errors
/// As `App::permit`; by field as `bank::read`; `Stale` when somebody said something else meanwhile.
pub async fn say(
    app: &App,
    actor: &Actor,
    unit: &UnitId,
    form: &BankForm,
    revision: i64,
) -> Result<()> {
    let scopes = [Scope::UnitMoney(*unit), Scope::UnitAsItIs(*unit)];
    let mut tx = app.db.write(scopes).await?;
    let permit = app
        .permit(&mut tx, actor, act::SayBankDetails, unit)
        .await?;
    let read = bank::read(form, &permit)?;
    let before = kept::of_unit(&mut tx, unit).await?;
    if let Some(before) = &before
        && before.account_name == read.account_name
        && before.bank == read.bank
        && number_of(app, before).is_ok_and(|number| number == read.number)
    {
        return Ok(());
    }
    if before.map_or(0, |before| before.revision) != revision {
        return Err(General::Stale.into());
    }
    let details = BankDetails {
        unit: *unit,
        unit_path: permit.unit.path.clone(),
        sealed: app.slip_key.seal(
            SEALED_AS,
            &unit.to_string(),
            &app.entropy,
            read.number.as_bytes(),
        )?,
        tail: read.tail(),
        account_name: read.account_name,
        bank: read.bank,
        said_by_name: actor.name.clone(),
        said_at: app.now(),
        revision: revision + 1,
    };
    let by = (!actor.account.0.is_nil()).then_some(actor.account);
    if !kept::insert(&mut tx, &details, by).await? {
        return Err(General::Stale.into());
    }
    app.trail(
        &mut tx,
        actor,
        Deed::SetBankDetails,
        Object::Unit(*unit),
        Some(&permit.unit),
        json!({ "bank": details.bank, "tail": details.tail }),
    )
    .await?;
    tx.commit().await?;
    Ok(())
}

/// The number of an account.
///
/// # Errors
/// When it was encrypted with another key.
fn number_of(app: &App, details: &BankDetails) -> anyhow::Result<String> {
    opened(app, &details.unit, &details.sealed)
}

/// Opens a number that was kept of a unit.
///
/// # Errors
/// When it was encrypted with another key.
pub(crate) fn opened(app: &App, unit: &UnitId, sealed: &str) -> anyhow::Result<String> {
    let bytes = app.slip_key.open(SEALED_AS, &unit.to_string(), sealed)?;
    Ok(String::from_utf8(bytes)?)
}

/// The newest details of these units.
pub(crate) async fn of_units(
    tx: &mut Tx,
    units: &[UnitId],
) -> Result<std::collections::HashMap<UnitId, BankDetails>> {
    Ok(kept::of_units(tx, units).await?)
}
