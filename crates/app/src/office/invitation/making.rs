//! Accounts made from the register in one act: one for the chair of every union of a subtree that has none. The register knows no clerks; their
//! accounts come with a table. A union whose register names no chair gets one, too: whoever joins says the name.

use std::collections::{HashMap, HashSet};

use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        ids::{AccountId, InvitationId, PersonId, UnitId},
        place::{UnitKind, UnitPlace},
        policy::{self, Actor, Role, RoleAt},
    },
    office::{
        account::{Account, AccountState, NameSource, login},
        invitation::{self as domain, Invitation, InvitationRefusal, InvitationState},
        request::Proposed,
    },
    register::{
        person::{Person, Post},
        unit::Unit,
    },
};
use jianjia_store::{
    core::{db::Tx, scope::Scope},
    office::{
        account::{self as accounts, seat},
        invitation::{self as invitations, Below},
    },
    register::{person as people, unit},
};
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use serde_json::json;

use super::{as_now, below};
use crate::{
    core::{app::App, counting, error::Result, sort_key::sort_key},
    office::request as account_requests,
};

/// The name of an account before its owner said it.
pub const UNNAMED: &str = "主席";

/// Unions that the preview names.
const TOLD: usize = 20;

/// What making the accounts would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    pub unit: UnitPlace,
    /// Unions of the subtree.
    pub unions: i64,
    /// Of these, those whose chair has an account.
    pub have_one: i64,
    /// Accounts by the chair's name in the register.
    pub named: i64,
    /// Accounts of unions without a chair in the register.
    pub unnamed: i64,
    /// The first of these unions.
    pub without_chair: Vec<UnitPlace>,
    /// Accounts whose login is neither a credit code nor a telephone number.
    pub numbered: i64,
}

impl Preview {
    pub fn made(&self, with_unnamed: bool) -> i64 {
        self.named + if with_unnamed { self.unnamed } else { 0 }
    }
}

/// An account that would be made.
struct Planned {
    unit: Unit,
    chair: Option<Person>,
    login: String,
}

/// What making the accounts of a subtree would do.
///
/// # Errors
/// As `list`.
pub async fn preview(app: &App, actor: &Actor, under: &UnitId) -> Result<Preview> {
    let mut tx = app.db.read().await?;
    let (unit, below) = below(&mut tx, actor, Some(under)).await?;
    let (preview, _) = plan(&mut tx, unit, &below).await?;
    Ok(preview)
}

/// Makes the accounts, without passwords; how many.
///
/// # Errors
/// As `list`; `NothingToMake`; `Changed` when it would not be as many as were shown.
pub async fn make(
    app: &App,
    actor: &Actor,
    under: &UnitId,
    with_unnamed: bool,
    shown: i64,
) -> Result<i64> {
    let mut tx = app.db.write([Scope::Accounts, Scope::Register]).await?;
    let actor = as_now(app, &mut tx, actor).await?;
    let (unit, below) = below(&mut tx, &actor, Some(under)).await?;
    let (preview, mut planned) = plan(&mut tx, unit, &below).await?;
    let count = preview.made(with_unnamed);
    if count == 0 {
        return Err(InvitationRefusal::NothingToMake.into());
    }
    if count != shown {
        let (before, now) = (shown, count);
        return Err(InvitationRefusal::Changed { before, now }.into());
    }
    planned.retain(|planned| with_unnamed || planned.chair.is_some());
    let made = planned
        .into_iter()
        .map(|planned| NewAccount {
            name: planned
                .chair
                .as_ref()
                .map(|chair| chair.details.name.clone()),
            person: planned.chair.as_ref().map(|chair| chair.id),
            telephone: planned
                .chair
                .and_then(|chair| chair.details.phone)
                .unwrap_or_default(),
            mail: String::new(),
            login: planned.login,
            role: Role::Chair,
            unit: planned.unit.place(),
        })
        .collect();
    keep(app, &mut tx, &actor, made).await?;
    app.trail(
        &mut tx,
        &actor,
        Deed::MakeAccounts,
        Object::Unit(preview.unit.id),
        Some(&preview.unit),
        json!({ "made": count, "unnamed": if with_unnamed { preview.unnamed } else { 0 } }),
    )
    .await?;
    tx.commit().await?;
    counting::count_if_many(app, usize::try_from(count).unwrap_or(0)).await;
    Ok(count)
}

/// An account to be made for somebody who joins by a code. Its role decides nothing.
pub(crate) struct NewAccount {
    /// None: said on joining.
    pub name: Option<String>,
    pub person: Option<PersonId>,
    pub telephone: String,
    pub mail: String,
    pub login: String,
    pub role: Role,
    pub unit: UnitPlace,
}

/// As `keep`, for accounts of any role: those that decide are kept locked and wait for a second administrator, who then gives a half of their one-time
/// password; the proposer has the other half.
pub(crate) async fn keep_all(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    made: Vec<NewAccount>,
) -> Result<()> {
    let (guarded, others): (Vec<NewAccount>, Vec<NewAccount>) = made
        .into_iter()
        .partition(|new| policy::is_guarded(new.role));
    keep(app, tx, actor, others).await?;
    let now = app.now();
    for new in guarded {
        let name = new.name.unwrap_or_else(|| UNNAMED.to_owned());
        let account = Account {
            id: AccountId(app.entropy.id(now)),
            login: new.login,
            person: new.person,
            state: AccountState::Locked,
            must_change: true,
            has_password: false,
            telephone: new.telephone,
            mail: new.mail,
            name_source: NameSource::Given,
            created_at: now,
            roles: Vec::new(),
            name,
        };
        accounts::insert(tx, &account, &sort_key(&account.name), "").await?;
        let at = RoleAt {
            role: new.role,
            unit: new.unit,
        };
        account_requests::propose(app, tx, actor, &account, Proposed::Role(at)).await?;
    }
    Ok(())
}

/// Keeps accounts without a password, each with an invitation that has no code yet.
pub(crate) async fn keep(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    made: Vec<NewAccount>,
) -> Result<Vec<AccountId>> {
    let now = app.now();
    let made: Vec<Account> = made
        .into_iter()
        .map(|new| Account {
            id: AccountId(app.entropy.id(now)),
            login: new.login,
            name_source: if new.name.is_some() {
                NameSource::Given
            } else {
                NameSource::Open
            },
            name: new.name.unwrap_or_else(|| UNNAMED.to_owned()),
            person: new.person,
            state: AccountState::Active,
            must_change: false,
            has_password: false,
            telephone: login::telephone(&new.telephone).unwrap_or(new.telephone),
            mail: new.mail,
            created_at: now,
            roles: vec![RoleAt {
                role: new.role,
                unit: new.unit,
            }],
        })
        .collect();
    let open: Vec<Invitation> = made
        .iter()
        .flat_map(|account| account.roles.iter().map(move |at| (account.id, at)))
        .map(|(account, at)| Invitation {
            id: InvitationId(app.entropy.id(now)),
            account,
            unit: at.unit.id,
            unit_path: at.unit.path.clone(),
            role: at.role,
            state: InvitationState::New,
            code_hash: String::new(),
            made_by_name: actor.name.clone(),
            made_from: None,
            made_at: now,
            expires_at: None,
            used_at: None,
        })
        .collect();
    let ids = made.iter().map(|account| account.id).collect();
    let keyed: Vec<(Account, String)> = made
        .into_par_iter()
        .map(|account| {
            let key = sort_key(&account.name);
            (account, key)
        })
        .collect();
    seat::insert(tx, &keyed).await?;
    invitations::insert(tx, &open).await?;
    Ok(ids)
}

/// Whether the act makes accounts for chairs of units of this kind: districts and the city are led by those who decide, and a branch by its union.
fn has_chair(kind: UnitKind) -> bool {
    !matches!(kind, UnitKind::City | UnitKind::District | UnitKind::Branch)
}

async fn plan(tx: &mut Tx, unit: UnitPlace, below: &Below) -> Result<(Preview, Vec<Planned>)> {
    let mut units = unit::within(tx, &below.path).await?;
    units.retain(|unit| has_chair(unit.kind) && (below.with_itself || unit.path != below.path));
    let mut chairs: HashMap<UnitId, Person> = people::within(tx, &below.path)
        .await?
        .into_iter()
        .filter(|person| person.details.post == Post::Chair)
        .map(|person| (person.unit_id, person))
        .collect();
    let seats = seat::within(tx, &below.path).await?;
    let seated: HashSet<UnitId> = seats
        .iter()
        .filter(|seat| seat.role == Role::Chair && seat.state == AccountState::Active)
        .map(|seat| seat.unit)
        .collect();
    let unions = units.len() as i64;
    units.retain(|unit| !seated.contains(&unit.id));
    let have_one = unions - units.len() as i64;
    let wanted: Vec<(Unit, Option<Person>, Vec<String>)> = units
        .into_iter()
        .map(|unit| {
            let chair = chairs.remove(&unit.id);
            let phone = chair
                .as_ref()
                .and_then(|chair| chair.details.phone.as_deref());
            let logins = domain::logins(&unit, Role::Chair, phone);
            (unit, chair, logins)
        })
        .collect();
    let asked = wanted
        .iter()
        .flat_map(|(.., logins)| logins.iter().cloned());
    let asked: Vec<String> = asked.collect();
    let mut taken = seat::taken(tx, asked).await?;
    let mut planned = Vec::with_capacity(wanted.len());
    let mut numbered = 0;
    for (unit, chair, logins) in wanted {
        let login = first_free(&logins, &taken);
        taken.insert(login.clone());
        numbered += i64::from(login.starts_with("gh"));
        planned.push(Planned { unit, chair, login });
    }
    let without_chair = planned.iter().filter(|planned| planned.chair.is_none());
    let unnamed = without_chair.clone().count() as i64;
    let preview = Preview {
        unit,
        unions,
        have_one,
        named: planned.len() as i64 - unnamed,
        unnamed,
        without_chair: without_chair
            .take(TOLD)
            .map(|planned| planned.unit.place())
            .collect(),
        numbered,
    };
    Ok((preview, planned))
}

/// The first of the logins that nobody has; the last with a number behind where all are taken.
pub(crate) fn first_free(logins: &[String], taken: &HashSet<String>) -> String {
    let mut wanted = logins.iter();
    if let Some(free) = wanted.find(|login| !taken.contains(*login)) {
        return free.clone();
    }
    let last = logins.last().map_or("gh", String::as_str);
    let mut further = login::further(last);
    further
        .find(|login| !taken.contains(login))
        .unwrap_or_else(|| last.to_owned())
}
