//! Sheets: codes made as they are printed, since only their hashes are kept, so that each is shown once. A later printing replaces an earlier code.

use std::collections::HashMap;

use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        ids::{AccountId, InvitationId, UnitId},
        place::UnitPlace,
        policy::{Act, Actor, Role},
    },
    office::{
        account::{Account, AccountState, NameSource},
        invitation::{
            self as domain, CODE, Invitation, InvitationRefusal, InvitationState, MOST_AT_ONCE,
        },
    },
    rating::poll::slip,
    register::unit::UnitDetails,
};
use jianjia_store::{
    core::{db::Tx, scope::Scope},
    office::{account::seat, invitation as invitations, provider, session, token as tokens},
    register::unit,
};
use jiff::civil::Date;
use serde_json::json;

use super::{Filter, as_now, below, invited};
use crate::{
    core::{
        app::App,
        error::{Error, Result},
    },
    office::{
        contact::{self, Contact},
        notice as account_notices,
    },
};

/// What was printed: shown once.
#[derive(Clone, Debug)]
pub struct Sheets {
    /// Below which unit.
    pub unit: UnitPlace,
    /// Who made them, and whom to ask.
    pub from: Contact,
    pub sheets: Vec<Sheet>,
    /// The last day on which the codes are good.
    pub until: Date,
    /// Accounts of the same filter that are left for the next printing.
    pub left: i64,
    /// Accounts that were left out because the actor may not invite them.
    pub left_out: i64,
}

#[derive(Clone, Debug)]
pub struct Sheet {
    pub unit_name: String,
    /// Where it is posted to; empty when the register does not know it.
    pub address: String,
    pub name: String,
    pub name_source: NameSource,
    pub role: Role,
    pub login: String,
    pub code: String,
}

/// Makes codes for up to [`MOST_AT_ONCE`] accounts below a unit, in the order of the tree. Accounts that have a password are not among them.
///
/// # Errors
/// As `list`; `NothingToPrint`.
pub async fn print(
    app: &App,
    actor: &Actor,
    under: &UnitId,
    filter: Filter,
    days: i64,
) -> Result<Sheets> {
    if !filter.is_printed() {
        return Err(InvitationRefusal::NothingToPrint.into());
    }
    let mut tx = app.db.write(Scope::Accounts).await?;
    let actor = as_now(app, &mut tx, actor).await?;
    let (unit, below) = below(&mut tx, &actor, Some(under)).await?;
    let page = (MOST_AT_ONCE, 0);
    let shown = filter.shown(app, None);
    let (lines, total) = invitations::list(&mut tx, &below, shown, app.now(), page).await?;
    let ids: Vec<AccountId> = lines.iter().map(|line| line.invitation.account).collect();
    let found = seat::find_many(&mut tx, &ids).await?;
    let mut printed: Vec<(Invitation, Account)> = Vec::new();
    for line in &lines {
        let mut found = found.iter();
        let account = found.find(|account| account.id == line.invitation.account);
        let fits = |account: &&Account| {
            account.state == AccountState::Active
                && !account.has_password
                && domain::invitable(&actor, account).is_ok()
        };
        if let Some(account) = account.filter(fits) {
            printed.push((line.invitation.clone(), account.clone()));
        }
    }
    let count = printed.len() as i64;
    if count == 0 {
        return Err(InvitationRefusal::NothingToPrint.into());
    }
    let from = handing_out(&actor, &unit);
    let sheets = make(app, &mut tx, (&actor, &from), &printed, days).await?;
    let detail = json!({ "printed": count, "days": days });
    app.trail(
        &mut tx,
        &actor,
        Deed::PrintInvitations,
        Object::Unit(unit.id),
        Some(&unit),
        detail,
    )
    .await?;
    let from = contact::at(&mut tx, from).await?;
    tx.commit().await?;
    let left_out = lines.len() as i64 - count;
    Ok(Sheets {
        unit,
        from,
        sheets,
        until: last_day(app, days),
        left: total - lines.len() as i64,
        left_out,
    })
}

/// Makes a code for one account. One that has a password is reset: its sessions end at once and the password is gone, since whoever asks for it may
/// have lost the telephone on which somebody is signed in; its work stays.
///
/// # Errors
/// Not found when the actor invites nobody where it has roles; as `domain::invitable`; `Locked`; at the field `sure`: `HasPassword` unless `is_sure`.
pub async fn print_one(
    app: &App,
    actor: &Actor,
    id: &AccountId,
    days: i64,
    is_sure: bool,
) -> Result<Sheets> {
    let mut tx = app.db.write(Scope::Accounts).await?;
    let (actor, account) = invited(app, &mut tx, actor, id).await?;
    if account.state == AccountState::Locked {
        return Err(InvitationRefusal::Locked.into());
    }
    if account.has_password && !is_sure {
        let refusal = InvitationRefusal::HasPassword;
        return Err(jianjia_domain::core::refusal::Refusal::at("sure", refusal).into());
    }
    let at = account.roles.first().ok_or(Error::NotFound)?.clone();
    let deed = if account.has_password {
        seat::clear_password(&mut tx, id, app.now()).await?;
        session::remove_others(&mut tx, id, "").await?;
        provider::unlink(&mut tx, id).await?;
        tokens::revoke_all(&mut tx, id, &actor.name, app.now()).await?;
        // A browser in which somebody was signed in stays known: by it the owner passes the brake, and it opens nothing without the code.
        account_notices::tell(app, &mut tx, id, Deed::ResetByInvitation, None, &actor.name).await?;
        Deed::ResetByInvitation
    } else {
        Deed::PrintInvitations
    };
    let known = invitations::of_accounts(&mut tx, &[*id]).await?.pop();
    let is_awaited = |known: &Invitation| {
        let mut roles = account.roles.iter();
        roles.any(|at| at.unit.id == known.unit && at.role == known.role)
    };
    let invitation = known.filter(is_awaited).unwrap_or_else(|| Invitation {
        id: InvitationId(uuid::Uuid::nil()),
        account: *id,
        unit: at.unit.id,
        unit_path: at.unit.path.clone(),
        role: at.role,
        state: InvitationState::New,
        code_hash: String::new(),
        made_by_name: String::new(),
        made_from: None,
        made_at: app.now(),
        expires_at: None,
        used_at: None,
    });
    let from = handing_out(&actor, &at.unit);
    let printed = [(invitation, account)];
    let sheets = make(app, &mut tx, (&actor, &from), &printed, days).await?;
    app.trail(
        &mut tx,
        &actor,
        deed,
        Object::Account(*id),
        Some(&at.unit),
        json!({ "days": days }),
    )
    .await?;
    let from = contact::at(&mut tx, from).await?;
    tx.commit().await?;
    Ok(Sheets {
        unit: at.unit,
        from,
        sheets,
        until: last_day(app, days),
        left: 0,
        left_out: 0,
    })
}

/// Revokes the code of an account; without one it stays as it is.
///
/// # Errors
/// As `print_one`; `NothingToRevoke`.
pub async fn revoke(app: &App, actor: &Actor, id: &AccountId) -> Result<UnitPlace> {
    let mut tx = app.db.write(Scope::Accounts).await?;
    let (actor, account) = invited(app, &mut tx, actor, id).await?;
    if !invitations::end(&mut tx, id, InvitationState::Revoked).await? {
        return Err(InvitationRefusal::NothingToRevoke.into());
    }
    let unit = account.roles.first().ok_or(Error::NotFound)?.unit.clone();
    app.trail(
        &mut tx,
        &actor,
        Deed::RevokeInvitation,
        Object::Account(*id),
        Some(&unit),
        json!({}),
    )
    .await?;
    tx.commit().await?;
    Ok(unit)
}

/// What is kept of a code.
pub(crate) fn hash(app: &App, code: &str) -> String {
    hex::encode(&app.slip_key.digest(b"invitation", &[code])[..16])
}

/// A fresh code.
pub(crate) fn fresh(app: &App) -> String {
    let mut random = [0; CODE];
    app.entropy.fill(&mut random);
    slip::code(&random, CODE)
}

/// Makes the codes of accounts at a unit or below it: what there was of these accounts is replaced.
async fn make(
    app: &App,
    tx: &mut Tx,
    (actor, from): (&Actor, &UnitPlace),
    printed: &[(Invitation, Account)],
    days: i64,
) -> Result<Vec<Sheet>> {
    let now = app.now();
    let expires_at = domain::expires_at(app.clock.today(), days);
    let ids: Vec<AccountId> = printed.iter().map(|(_, account)| account.id).collect();
    invitations::replace(tx, &ids).await?;
    let units: Vec<UnitId> = printed.iter().map(|(before, _)| before.unit).collect();
    let units = unit::find_many(tx, &units).await?;
    let units: HashMap<UnitId, UnitDetails> = units
        .into_iter()
        .map(|unit| (unit.id, unit.details))
        .collect();
    let mut made = Vec::with_capacity(printed.len());
    let mut sheets = Vec::with_capacity(printed.len());
    for (before, account) in printed {
        let code = fresh(app);
        made.push(Invitation {
            id: InvitationId(app.entropy.id(now)),
            state: InvitationState::Waiting,
            code_hash: hash(app, &code),
            made_by_name: actor.name.clone(),
            made_from: Some(from.id),
            made_at: now,
            expires_at: Some(expires_at),
            used_at: None,
            ..before.clone()
        });
        let unit = units.get(&before.unit).cloned().unwrap_or_default();
        sheets.push(Sheet {
            unit_name: unit.name,
            address: unit.employer_address.unwrap_or_default(),
            name: account.name.clone(),
            name_source: account.name_source,
            role: before.role,
            login: account.login.clone(),
            code,
        });
    }
    invitations::insert(tx, &made).await?;
    Ok(sheets)
}

/// The federation by whose role the actor invites: it is named on the sheet, and where the code is entered.
fn handing_out(actor: &Actor, unit: &UnitPlace) -> UnitPlace {
    let permit = jianjia_domain::core::policy::permit(actor, Act::InviteBelow, unit);
    match permit {
        Ok(permit) => permit.as_role.unit,
        // What is strictly below the actor's own federation.
        Err(_) => unit.clone(),
    }
}

fn last_day(app: &App, days: i64) -> Date {
    let end = domain::expires_at(app.clock.today(), days);
    jianjia_domain::core::day::day_of(end - jiff::SignedDuration::from_secs(1))
}
