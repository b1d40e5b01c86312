//! Joining: the code tells whose account it is; then its owner sets a password and is signed in. Wrong codes are counted by network; a browser in which
//! the account was signed in before passes, so that strangers of the same network keep nobody out who comes back.

use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        guess::Guessed,
        ids::PersonId,
        message::Kind,
        policy::Actor,
        proof::Proof,
        refusal::Refusal,
        text::{form::of_name, line},
    },
    office::{
        account::{self, Account, AccountRefusal, NameSource, login},
        invitation::{self as domain, CODE, Invitation, InvitationRefusal, InvitationState},
        provider::ProviderRefusal,
    },
    rating::poll::slip,
    register::person,
};
use jianjia_store::{
    core::{db::Tx, message::inbox, scope::Scope},
    office::{
        account::{
            self as accounts,
            seat::{self, Joined},
        },
        browser as known_browser, factor as factors, invitation as invitations, session,
    },
    register::person as people,
};
use jiff::Timestamp;
use serde_json::json;

use super::printing::hash;
use crate::{
    core::{
        app::App,
        error::{Error, Result},
        guess as guesses,
        sort_key::sort_key,
    },
    office::{
        contact::{self, Contact},
        notice as account_notices, password as passwords, reset,
        session::{self as sessions, Begun, Browser},
        sign_in as sign_in_tries,
    },
};

/// Whom a code is for.
#[derive(Clone, Debug)]
pub struct Invitee {
    pub account: Account,
    /// The federation that handed the sheet out, to ask.
    pub contact: Contact,
    /// The fewest characters of the password.
    pub least: usize,
    /// The code was sent to an owner who forgot the password.
    pub is_reset: bool,
}

/// What the owner types on joining.
#[derive(Clone, Debug, Default)]
pub struct JoinInput {
    pub code: String,
    /// Only where the register names nobody.
    pub name: String,
    /// As the sheet has it, or one of the owner's choice.
    pub login: String,
    pub chosen: String,
    pub again: String,
}

/// Whose account a code opens. Nothing is changed.
///
/// # Errors
/// At the field `code`: `CodeUnknown`, or `Slowed` after too many of them from this network. `NoPasswords` where none are taken.
pub async fn look(app: &App, browser: &Browser, typed: &str) -> Result<Invitee> {
    let (invitation, account) = proved(app, browser, typed).await?;
    let contact = match invitation.made_from {
        Some(from) => contact::of_unit(app, &from).await?,
        None => contact::of(app, Some(&actor_of(&account))).await,
    };
    let least = account::least_password(&account.roles);
    Ok(Invitee {
        account,
        contact,
        least,
        is_reset: invitation.state == InvitationState::Reset,
    })
}

/// Sets the password, uses the code up and begins a session.
///
/// # Errors
/// As `look`; by field: `login`: `LoginMalformed`, `LoginNear`; `name`: as a person's; `chosen`: as `passwords::choosable`; `again`: `PasswordsDiffer`.
/// `Crowded` when too many passwords are being hashed.
pub async fn join(app: &App, browser: &Browser, input: &JoinInput) -> Result<Begun> {
    let (invitation, account) = proved(app, browser, &input.code).await?;
    let typed = if invitation.state == InvitationState::Reset {
        let as_it_is = JoinInput {
            login: String::new(),
            ..input.clone()
        };
        let known = Account {
            name_source: NameSource::Given,
            ..account.clone()
        };
        read(&known, &as_it_is)?
    } else {
        read(&account, input)?
    };
    // The code was right: who holds it is as well known as somebody who signed in.
    let password_hash = sessions::hash(app, &input.chosen).await?;
    let now = app.now();
    let mut tx = app.db.write(Scope::Accounts).await?;
    let again = invitations::of_code(&mut tx, &invitation.code_hash).await?;
    let again = again.ok_or(InvitationRefusal::CodeUnknown)?;
    let account = accounts::find(&mut tx, &account.id)
        .await?
        .ok_or(Error::NotFound)?;
    is_good(&mut tx, &again, &account, now)
        .await?
        .map_err(at_code)?;
    let is_reset = again.state == InvitationState::Reset;
    check_login(&mut tx, &account, &typed.login).await?;
    let is_first = if is_reset {
        invitations::end_resets(&mut tx, &account.id).await? > 0
    } else {
        invitations::mark_used(&mut tx, &again, now).await?
    };
    if !is_first {
        return Err(at_code(InvitationRefusal::CodeUnknown));
    }
    let person = match account.person {
        Some(person) => Some(person),
        None if is_reset => None,
        None => person_of(&mut tx, &again, &typed.name).await?,
    };
    let name_source = if is_reset {
        account.name_source
    } else if account.name_source == NameSource::Given {
        NameSource::Given
    } else {
        NameSource::Own
    };
    let joined = Joined {
        login: &typed.login,
        name: &typed.name,
        sort_key: &sort_key(&typed.name),
        name_source,
        person,
        password_hash: &password_hash,
    };
    seat::join(&mut tx, &account.id, &joined, now).await?;
    session::remove_others(&mut tx, &account.id, "").await?;
    // Codes that were sent before open nothing any more.
    invitations::end_resets(&mut tx, &account.id).await?;
    if is_reset {
        known_browser::remove_all(&mut tx, &account.id).await?;
        reset::used(app, &mut tx, &account.id).await?;
        let deed = Deed::ResetByOneself;
        account_notices::tell_by_message(app, &mut tx, &account.id, deed, &account.name);
    }
    // A reminder to come that is on its way need not go out any more.
    inbox::read_kind(&mut tx, &account.id, Kind::InvitationLate, now).await?;
    // Who lost the password, and not the telephone, is told of no new device.
    let known = browser.known_for(&mut tx, &account.id, now).await?;
    let begun = sessions::begin(app, &mut tx, &account.id, browser, known).await?;
    let actor = Actor {
        name: typed.name.clone(),
        ..actor_of(&account)
    };
    app.trail(
        &mut tx,
        &actor,
        if is_reset {
            Deed::ResetByOneself
        } else {
            Deed::JoinAccount
        },
        Object::Account(account.id),
        actor.main_unit(),
        json!({ "own_name": name_source == NameSource::Own }),
    )
    .await?;
    tx.commit().await?;
    Ok(begun)
}

/// The invitation and the account of a code that is good, counted before it is looked up.
async fn proved(app: &App, browser: &Browser, typed: &str) -> Result<(Invitation, Account)> {
    if !app.takes_passwords() {
        return Err(ProviderRefusal::NoPasswords.into());
    }
    let now = app.now();
    let by_network = [guesses::target(
        app,
        Guessed::InvitationCode,
        &browser.network,
    )];
    let code = slip::read_code(typed, CODE).map(|code| hash(app, &code));
    let mut tx = app.db.read().await?;
    let known = match &code {
        Some(code) => found(app, &mut tx, code).await?,
        None => None,
    };
    if let Some((invitation, account)) = &known
        && browser.is_known(&mut tx, &account.id, now).await?
    {
        return Ok((invitation.clone(), account.clone()));
    }
    // A flood of wrong codes costs no writes.
    sign_in_tries::check(&mut tx, &by_network, now)
        .await
        .map_err(slowed)?;
    tx.commit().await?;
    let mut tx = app.db.write(by_network[0].scope()).await?;
    let minutes = guesses::count(&mut tx, &by_network, now).await?;
    if let Some(minutes) = minutes {
        tx.commit().await?;
        return Err(at_code(InvitationRefusal::Slowed { minutes }));
    }
    if known.is_some() {
        guesses::take_back(&mut tx, &by_network).await?;
    }
    tx.commit().await?;
    if known.is_none() {
        tracing::info!(network = browser.network, "a wrong invitation code");
    }
    known.ok_or_else(|| at_code(InvitationRefusal::CodeUnknown))
}

/// The invitation of a code and its account, if it is good now.
async fn found(app: &App, tx: &mut Tx, code: &str) -> Result<Option<(Invitation, Account)>> {
    let Some(invitation) = invitations::of_code(tx, code).await? else {
        return Ok(None);
    };
    let Some(account) = accounts::find(tx, &invitation.account).await? else {
        return Ok(None);
    };
    let is_good = is_good(tx, &invitation, &account, app.now()).await?.is_ok();
    Ok(is_good.then_some((invitation, account)))
}

/// Whether the code of a sheet, or one that an owner asked for, opens the account now.
async fn is_good(
    tx: &mut Tx,
    invitation: &Invitation,
    account: &Account,
    now: Timestamp,
) -> Result<std::result::Result<(), InvitationRefusal>> {
    if invitation.state != InvitationState::Reset {
        return Ok(domain::good(invitation, account, now));
    }
    let has_factor = factors::ways(tx, &account.id).await?.any();
    Ok(domain::good_reset(invitation, account, has_factor, now))
}

/// What the owner typed, read.
struct Typed {
    login: String,
    name: String,
}

fn read(account: &Account, input: &JoinInput) -> Result<Typed> {
    let mut wrong: Vec<(String, Refusal)> = Vec::new();
    let name = if account.name_source == NameSource::Given {
        account.name.clone()
    } else {
        match account::name(&line(&input.name)) {
            Err(refusal) => wrong.push(("name".to_owned(), refusal.into())),
            Ok(name) => {
                if let Some(refusal) = person::not_one_person(&name) {
                    wrong.push(("name".to_owned(), refusal.into()));
                }
            }
        }
        line(&input.name)
    };
    let typed = if input.login.trim().is_empty() {
        Ok(account.login.clone())
    } else {
        login::read(&input.login)
    };
    let login = typed.unwrap_or_else(|refusal| {
        wrong.push(("login".to_owned(), refusal.into()));
        String::new()
    });
    if let Err(refusal) = passwords::choosable(&login, &name, &account.roles, &input.chosen) {
        wrong.push(("chosen".to_owned(), refusal.into()));
    } else if input.chosen != input.again {
        wrong.push(("again".to_owned(), AccountRefusal::PasswordsDiffer.into()));
    }
    if wrong.is_empty() {
        Ok(Typed { login, name })
    } else {
        Err(Error::Refused(Refusal::Fields(wrong)))
    }
}

/// # Errors
/// At the field `login`: `LoginNear` when somebody else has it.
async fn check_login(tx: &mut Tx, account: &Account, wanted: &str) -> Result<()> {
    let holder = accounts::credentials_of_login(tx, wanted).await?;
    if holder.is_none_or(|holder| holder.id == account.id) {
        return Ok(());
    }
    let refusal = AccountRefusal::LoginNear {
        login: wanted.to_owned(),
        free: free_login(tx, wanted).await?,
    };
    Err(Error::Refused(Refusal::at("login", refusal)))
}

/// The first login like this one that nobody has.
pub(crate) async fn free_login(tx: &mut Tx, wanted: &str) -> Result<String> {
    let tried: Vec<String> = login::further(wanted).take(200).collect();
    let taken = seat::taken(tx, tried.iter().cloned()).await?;
    let free = tried.into_iter().find(|login| !taken.contains(login));
    Ok(free.unwrap_or_default())
}

/// The person of the register whose name the owner gave, if it is one of the unit: by it nobody reviews what is their own.
async fn person_of(tx: &mut Tx, invitation: &Invitation, name: &str) -> Result<Option<PersonId>> {
    let found = people::of_unit(tx, &invitation.unit).await?;
    let mut named = found.into_iter().filter(|person| {
        person.left_on.is_none() && of_name(&person.details.name) == of_name(name)
    });
    let first = named.next();
    Ok(first
        .filter(|_| named.next().is_none())
        .map(|person| person.id))
}

fn actor_of(account: &Account) -> Actor {
    Actor {
        account: account.id,
        person: account.person,
        name: account.name.clone(),
        roles: account.roles.clone(),
        proof: Proof::Password,
    }
}

fn at_code(refusal: InvitationRefusal) -> Error {
    Error::Refused(Refusal::at("code", refusal))
}

/// The brake's refusal in the words of this page.
fn slowed(error: Error) -> Error {
    match &error {
        Error::Refused(refusal) => match refusal.of::<AccountRefusal>() {
            Some(AccountRefusal::Slowed { minutes }) => {
                at_code(InvitationRefusal::Slowed { minutes: *minutes })
            }
            _ => error,
        },
        _ => error,
    }
}
