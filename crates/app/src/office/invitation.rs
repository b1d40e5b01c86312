//! Invitations: who is to come to which account, by a one-time code on a sheet that the federation above hands down. `making` makes accounts from the
//! register, `printing` the codes, `joining` is the owner's way in, `handover` a chair's to the next one.

pub mod handover;
pub mod joining;
pub mod making;
pub mod printing;
pub mod reminding;

use jianjia_domain::{
    core::{
        ids::{AccountId, UnitId},
        place::{UnitKind, UnitPlace},
        policy::{self, Act, Actor, Role, RoleAt},
        refusal::General,
    },
    office::{
        account::{Account, AccountState},
        invitation::{self as domain, Invitation, InvitationRefusal, REMIND_AFTER},
    },
};
pub use jianjia_store::office::invitation::{Handover, Line};
use jianjia_store::{
    core::{db::Tx, place},
    office::{
        account::{self as accounts, seat},
        invitation::{self as invitations, Below, Counts, Shown},
    },
};
use jiff::SignedDuration;

use crate::core::{
    app::App,
    error::{Error, Result, refuses},
};

refuses!(InvitationRefusal);

/// Lines a page.
pub const PAGE: i64 = 50;

/// Handovers told on the list.
const HANDOVERS: i64 = 20;

jianjia_standard::keyed! {
    /// Which accounts a list shows.
    pub enum Filter {
        New = "new" / "未发邀请",
        Waiting = "waiting" / "已发未开通",
        /// Invited for longer than somebody takes who means to come.
        Late = "late" / "久未开通",
        Expired = "expired" / "已过期",
        Used = "used" / "已开通",
        Revoked = "revoked" / "已作废",
    }
}

impl Filter {
    /// Whether sheets are printed of it: who came is let in by nobody anew but by a deliberate act.
    pub fn is_printed(self) -> bool {
        self != Filter::Used
    }

    fn shown(self, app: &App, days: Option<i64>) -> Shown {
        match self {
            Filter::New => Shown::New,
            Filter::Waiting => Shown::Waiting,
            Filter::Late => {
                let days = days.map(|days| SignedDuration::from_hours(24 * days.clamp(0, 365)));
                Shown::WaitingSince(app.now() - days.unwrap_or(REMIND_AFTER))
            }
            Filter::Expired => Shown::Expired,
            Filter::Used => Shown::Used,
            Filter::Revoked => Shown::Revoked,
        }
    }
}

/// A page of the list.
#[derive(Clone, Debug)]
pub struct Listed {
    pub unit: UnitPlace,
    /// The units whose lists the actor has, for a choice.
    pub units: Vec<UnitPlace>,
    pub counts: Counts,
    pub lines: Vec<Line>,
    pub total: i64,
    pub handovers: Vec<Handover>,
    pub handovers_total: i64,
}

/// Who is to come below a unit. `under` none: the actor's own highest.
///
/// # Errors
/// Not found when the actor doesn't see the unit; `NotYourRole` to who invites nobody there.
pub async fn list(
    app: &App,
    actor: &Actor,
    under: Option<&UnitId>,
    filter: Filter,
    days: Option<i64>,
    page: i64,
) -> Result<Listed> {
    let mut tx = app.db.read().await?;
    let (unit, below) = below(&mut tx, actor, under).await?;
    let offset = (page.max(1) - 1).saturating_mul(PAGE);
    let shown = filter.shown(app, days);
    let now = app.now();
    let (lines, total) = invitations::list(&mut tx, &below, shown, now, (PAGE, offset)).await?;
    let (handovers, handovers_total) = invitations::handovers(&mut tx, &below, HANDOVERS).await?;
    Ok(Listed {
        unit,
        units: led(actor),
        counts: invitations::counts(&mut tx, &below, now).await?,
        lines,
        total,
        handovers,
        handovers_total,
    })
}

/// A portion (limit, offset) of the same lines, for a file, and their total number.
///
/// # Errors
/// As `list`.
pub async fn export(
    app: &App,
    actor: &Actor,
    under: Option<&UnitId>,
    (filter, days): (Filter, Option<i64>),
    portion: (i64, i64),
) -> Result<(Vec<Line>, i64)> {
    let mut tx = app.db.read().await?;
    let (_, below) = below(&mut tx, actor, under).await?;
    let shown = filter.shown(app, days);
    Ok(invitations::list(&mut tx, &below, shown, app.now(), portion).await?)
}

/// Who was invited below a unit more than `days` days ago and has not come, with the telephone, oldest units first. `reminding` tells them.
///
/// # Errors
/// As `list`.
pub async fn late(
    app: &App,
    actor: &Actor,
    under: &UnitId,
    days: i64,
    page: (i64, i64),
) -> Result<(Vec<Line>, i64)> {
    let mut tx = app.db.read().await?;
    let (_, below) = below(&mut tx, actor, Some(under)).await?;
    let shown = Filter::Late.shown(app, Some(days));
    Ok(invitations::list(&mut tx, &below, shown, app.now(), page).await?)
}

/// How many codes wait below the actor's highest unit and how many chairs changed: for the desk.
///
/// # Errors
/// When it can't be read.
pub(crate) async fn told(tx: &mut Tx, app: &App, actor: &Actor) -> Result<Option<Told>> {
    let Ok((unit, below)) = below(tx, actor, None).await else {
        return Ok(None);
    };
    let counts = invitations::counts(tx, &below, app.now()).await?;
    // Every chair of a city is compared with the register on the list alone: the desk is opened more often.
    let (handovers, handovers_total) = if unit.kind == UnitKind::City {
        (Vec::new(), 0)
    } else {
        invitations::handovers(tx, &below, 3).await?
    };
    Ok(Some(Told {
        unit,
        counts,
        handovers,
        handovers_total,
    }))
}

/// What the desk says of invitations.
#[derive(Clone, Debug)]
pub struct Told {
    pub unit: UnitPlace,
    pub counts: Counts,
    pub handovers: Vec<Handover>,
    pub handovers_total: i64,
}

impl Told {
    pub fn is_silent(&self) -> bool {
        let counts = &self.counts;
        counts.new + counts.waiting + counts.expired + self.handovers_total == 0
    }
}

/// The accounts of a unit as somebody above it sees them.
#[derive(Clone, Debug)]
pub struct Seats {
    pub unit: UnitPlace,
    pub seats: Vec<Seated>,
    /// The chair in the register; none is registered.
    pub chair: Option<String>,
}

#[derive(Clone, Debug)]
pub struct Seated {
    pub account: Account,
    /// Where its invitation stands, if it ever had one.
    pub invitation: Option<Invitation>,
    /// Whether the actor may give it a code.
    pub refused: Option<InvitationRefusal>,
    /// The chair to whom it can be handed over.
    pub successor: Option<String>,
}

/// The accounts of a unit.
///
/// # Errors
/// As `App::permit`, for inviting below.
pub async fn of_unit(app: &App, actor: &Actor, unit: &UnitId) -> Result<Seats> {
    let mut tx = app.db.read().await?;
    let permit = app.permit(&mut tx, actor, Act::InviteBelow, unit).await?;
    let found = seat::of_unit(&mut tx, unit).await?;
    let ids: Vec<AccountId> = found.iter().map(|account| account.id).collect();
    let mut open = invitations::of_accounts(&mut tx, &ids).await?;
    let chair = jianjia_store::register::person::chair_of(&mut tx, unit).await?;
    let has_chair = chair.as_ref().is_some_and(|chair| {
        let mut found = found.iter();
        found.any(|account| handover::is_chair_s(account, unit, chair))
    });
    let seats = found
        .into_iter()
        .map(|account| {
            let place = open.iter().rposition(|known| known.account == account.id);
            let successor = chair
                .as_ref()
                .filter(|chair| !has_chair && handover::is_over(&account, unit, chair))
                .map(|chair| chair.details.name.clone());
            Seated {
                invitation: place.map(|place| open.swap_remove(place)),
                refused: domain::invitable(actor, &account).err(),
                successor,
                account,
            }
        })
        .collect();
    Ok(Seats {
        unit: permit.unit,
        seats,
        chair: chair.map(|chair| chair.details.name),
    })
}

/// An account that the actor may give a code, hand over or revoke a code of; one out of sight is not found.
async fn invited(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    id: &AccountId,
) -> Result<(Actor, Account)> {
    let account = accounts::find(tx, id).await?.ok_or(Error::NotFound)?;
    let mut roles = account.roles.iter();
    if *id != actor.account && !roles.any(|at| policy::may(actor, Act::InviteBelow, &at.unit)) {
        return Err(Error::NotFound);
    }
    let actor = as_now(app, tx, actor).await?;
    domain::invitable(&actor, &account)?;
    Ok((actor, account))
}

/// The actor with the roles that are held at this moment, since the transaction may have waited for its scopes: who may change accounts, and proved
/// to be who they are.
///
/// # Errors
/// As `App::proved`; `RoleTaken` when the account was locked meanwhile or has no role left.
async fn as_now(app: &App, tx: &mut Tx, actor: &Actor) -> Result<Actor> {
    app.proved(actor)?;
    let Some(account) = accounts::find(tx, &actor.account).await? else {
        // The nil account is the program itself.
        return Ok(actor.clone());
    };
    let roles: Vec<RoleAt> = account
        .roles
        .into_iter()
        .filter(|at| actor.roles.contains(at))
        .collect();
    if account.state == AccountState::Locked || roles.is_empty() {
        return Err(General::RoleTaken.into());
    }
    Ok(Actor {
        roles,
        ..actor.clone()
    })
}

/// The unit of a list and what of it the actor may invite: administrators of it or of a unit above all of it, reviewers and approvers what is strictly
/// below theirs.
async fn below(tx: &mut Tx, actor: &Actor, under: Option<&UnitId>) -> Result<(UnitPlace, Below)> {
    let unit = match under {
        Some(under) => place::find(tx, under).await?.ok_or(Error::NotFound)?,
        None => {
            let led = led(actor);
            let highest = led.into_iter().min_by_key(|unit| unit.path.len());
            highest.ok_or_else(not_an_inviter)?
        }
    };
    if !policy::sees(actor, &unit.path) {
        return Err(Error::NotFound);
    }
    let with_itself = policy::may(actor, Act::InviteBelow, &unit);
    if !with_itself && led(actor).iter().all(|led| led.id != unit.id) {
        return Err(not_an_inviter());
    }
    let path = unit.path.clone();
    Ok((unit, Below { path, with_itself }))
}

/// The units below which the actor invites, each once.
fn led(actor: &Actor) -> Vec<UnitPlace> {
    let mut units: Vec<UnitPlace> = Vec::new();
    for at in &actor.roles {
        let leads = match at.role {
            Role::Administrator => true,
            Role::Reviewer | Role::Approver => at.unit.kind.is_federation(),
            Role::Clerk | Role::Chair | Role::Auditor | Role::Department => false,
        };
        if leads && units.iter().all(|unit| unit.id != at.unit.id) {
            units.push(at.unit.clone());
        }
    }
    units
}

fn not_an_inviter() -> Error {
    General::NotYourRole {
        act: Act::InviteBelow,
        roles: vec![Role::Administrator, Role::Reviewer, Role::Approver],
    }
    .into()
}
