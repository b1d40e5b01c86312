//! What one administrator proposes for an account that decides, and another confirms: nobody makes such an account alone, or gets into one.

use jiff::{SignedDuration, Timestamp};

use crate::{
    core::{
        ids::{AccountId, AccountRequestId},
        policy::{Actor, Role, RoleAt},
    },
    office::account::{Account, AccountRefusal, AccountState},
};

/// What is proposed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proposed {
    Role(RoleAt),
    /// A new one-time password.
    Password,
    Unlock,
    /// The second factor is taken off: the telephone and the recovery codes are lost.
    Factor,
}

impl Proposed {
    pub fn key(&self) -> &'static str {
        match self {
            Proposed::Role(_) => "role",
            Proposed::Password => "password",
            Proposed::Unlock => "unlock",
            Proposed::Factor => "factor",
        }
    }

    /// The Chinese word shown to people; the locales hold the English one.
    pub fn word(&self) -> &'static str {
        match self {
            Proposed::Role(_) => "增加角色",
            Proposed::Password => "重置密码",
            Proposed::Unlock => "恢复账号",
            Proposed::Factor => "解除两步验证",
        }
    }
}

/// A request that waits for a second person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountRequest {
    pub id: AccountRequestId,
    pub account: AccountId,
    pub proposed: Proposed,
    pub by: AccountId,
    pub by_name: String,
    pub at: Timestamp,
}

/// A request that nobody decided on for so long lapses: the two should know of each other's doing.
pub const LAPSES_AFTER: SignedDuration = SignedDuration::from_hours(14 * 24);

impl AccountRequest {
    /// The role that is proposed, if it is one.
    pub fn role(&self) -> Option<Role> {
        match &self.proposed {
            Proposed::Role(at) => Some(at.role),
            Proposed::Password | Proposed::Unlock | Proposed::Factor => None,
        }
    }

    pub fn is_lapsed(&self, now: Timestamp) -> bool {
        now.duration_since(self.at).abs() > LAPSES_AFTER
    }
}

/// Whether the actor may propose something for the account, or do it there and then: for the own one nobody does.
///
/// # Errors
/// When the account is the actor's own, or another one of the same person.
pub fn of_another(actor: &Actor, account: &Account) -> Result<(), AccountRefusal> {
    let is_same_person = actor.person.is_some() && actor.person == account.person;
    if account.id == actor.account || is_same_person {
        return Err(AccountRefusal::OwnAccount);
    }
    Ok(())
}

/// Whether the actor is a second person to a request. `proposer` is the account that proposed, as it stands today.
///
/// # Errors
/// When the actor proposed it or it is about the actor, when it lapsed, or when the account is not in a state for it.
pub fn confirmable(
    request: &AccountRequest,
    account: &Account,
    proposer: &Account,
    actor: &Actor,
    now: Timestamp,
) -> Result<(), AccountRefusal> {
    of_another(actor, account)?;
    if of_another(actor, proposer).is_err() {
        return Err(AccountRefusal::OwnRequest);
    }
    if request.is_lapsed(now) || proposer.state == AccountState::Locked {
        return Err(AccountRefusal::RequestGone);
    }
    // An account without a role is locked and opens with its first.
    if matches!(request.proposed, Proposed::Role(_))
        && account.state == AccountState::Locked
        && !account.roles.is_empty()
    {
        return Err(AccountRefusal::UnlockFirst);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        core::{
            ids::PersonId,
            place::{UnitKind, UnitPlace},
        },
        office::account::NameSource,
    };

    fn id(number: u128) -> AccountId {
        AccountId(uuid::Uuid::from_u128(number))
    }

    fn account(number: u128) -> Account {
        Account {
            id: id(number),
            login: number.to_string(),
            name: number.to_string(),
            person: None,
            state: AccountState::Active,
            must_change: false,
            has_password: true,
            telephone: String::new(),
            mail: String::new(),
            name_source: NameSource::Given,
            created_at: Timestamp::UNIX_EPOCH,
            roles: Vec::new(),
        }
    }

    fn actor(account: &Account) -> Actor {
        Actor {
            account: account.id,
            person: account.person,
            name: account.name.clone(),
            roles: Vec::new(),
            proof: crate::core::proof::Proof::Password,
        }
    }

    #[test]
    fn only_another_person_confirms_what_still_stands() {
        let [owner, proposer, second] = [1, 2, 3].map(account);
        let role = RoleAt {
            role: Role::Approver,
            unit: UnitPlace {
                id: crate::core::ids::UnitId(uuid::Uuid::from_u128(9)),
                kind: UnitKind::City,
                name: String::new(),
                path: "/1/".to_owned(),
            },
        };
        let request = AccountRequest {
            id: AccountRequestId(uuid::Uuid::from_u128(7)),
            account: owner.id,
            proposed: Proposed::Role(role.clone()),
            by: proposer.id,
            by_name: String::new(),
            at: Timestamp::UNIX_EPOCH,
        };
        let confirm = |account: &Account, proposer: &Account, actor: Actor, hours: i64| {
            let now = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours);
            confirmable(&request, account, proposer, &actor, now)
        };
        assert_eq!(confirm(&owner, &proposer, actor(&second), 1), Ok(()));
        assert_eq!(
            confirm(&owner, &proposer, actor(&proposer), 1),
            Err(AccountRefusal::OwnRequest)
        );
        assert_eq!(
            confirm(&owner, &proposer, actor(&owner), 1),
            Err(AccountRefusal::OwnAccount)
        );
        assert_eq!(
            confirm(&owner, &proposer, actor(&second), 14 * 24 + 1),
            Err(AccountRefusal::RequestGone)
        );
        let locked = Account {
            state: AccountState::Locked,
            ..account(2)
        };
        assert_eq!(
            confirm(&owner, &locked, actor(&second), 1),
            Err(AccountRefusal::RequestGone)
        );
        // A locked account has to be opened first, unless it is locked for want of a role.
        let mut closed = Account {
            state: AccountState::Locked,
            ..account(1)
        };
        assert_eq!(confirm(&closed, &proposer, actor(&second), 1), Ok(()));
        closed.roles = vec![role.clone()];
        assert_eq!(
            confirm(&closed, &proposer, actor(&second), 1),
            Err(AccountRefusal::UnlockFirst)
        );
        // Two accounts of one person are one person.
        let person = Some(PersonId(uuid::Uuid::from_u128(5)));
        let mine = Account {
            person,
            ..account(2)
        };
        let mut also_mine = actor(&second);
        also_mine.person = person;
        assert_eq!(
            confirm(&owner, &mine, also_mine, 1),
            Err(AccountRefusal::OwnRequest)
        );
    }
}
