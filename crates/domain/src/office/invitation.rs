//! Invitations: the one-time code by which an owner comes to an account and sets its password. The code is known to the paper alone; kept is a
//! keyed hash. Accounts whose roles decide are not invited by one person: two administrators each tell a half of their one-time password (`request`).

use jianjia_standard::Lang;
use jiff::{SignedDuration, Timestamp, civil::Date};

use crate::{
    core::{
        day,
        ids::{AccountId, InvitationId, UnitId},
        policy::{self, Actor, Permit, Role, act},
        refusal::Refuse,
    },
    office::{
        account::{Account, AccountRefusal, AccountState, login},
        request::of_another,
    },
    register::unit::Unit,
};

/// The characters of a code: sixty random bits, of the slips' alphabet, which has no two that are taken for each other.
pub const CODE: usize = 12;

/// For how many days a code can be made good.
pub const DAYS: [i64; 4] = [7, 14, 30, 60];

/// For how many it is where nobody says it.
pub const USUAL_DAYS: i64 = 30;

/// Sheets of one printing: twenty pages of labels.
pub const MOST_AT_ONCE: i64 = 240;

/// After so many days somebody who was invited and has not come is reminded.
pub const REMIND_AFTER: SignedDuration = SignedDuration::from_hours(14 * 24);

jianjia_standard::keyed! {
    pub enum InvitationState {
        /// The account is there, and no code was made yet.
        New = "new" / "还没有发",
        Waiting = "waiting" / "已发，还没有开通",
        Used = "used" / "已经开通",
        Revoked = "revoked" / "已作废",
        /// A later code took its place.
        Replaced = "replaced" / "已换新码",
        /// Asked for by an owner who forgot the password, and sent to the own telephone or mail address. It stands beside a sheet and takes nothing from it.
        Reset = "reset" / "本人找回密码",
    }
}

/// One code for an account, or, in the state `New`, none yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    pub id: InvitationId,
    pub account: AccountId,
    /// Where the account's owner is awaited, and as what.
    pub unit: UnitId,
    pub unit_path: String,
    pub role: Role,
    pub state: InvitationState,
    pub code_hash: String,
    pub made_by_name: String,
    /// The federation by whose role it was made, which the sheet names; none without a code, or one of before it was kept.
    pub made_from: Option<UnitId>,
    pub made_at: Timestamp,
    /// None without a code.
    pub expires_at: Option<Timestamp>,
    pub used_at: Option<Timestamp>,
}

impl Invitation {
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|until| until <= now)
    }
}

/// Until when a code is good that is made on a day: to the end of the last one.
pub fn expires_at(today: Date, days: i64) -> Timestamp {
    let last = today.saturating_add(jiff::Span::new().days(days.clamp(1, 90) + 1));
    day::start_of(last)
}

/// Whether a code opens an account now. Why not is one answer: strangers learn nothing about codes and accounts.
///
/// # Errors
/// `CodeUnknown`.
pub fn good(
    invitation: &Invitation,
    account: &Account,
    now: Timestamp,
) -> Result<(), InvitationRefusal> {
    let is_good = invitation.state == InvitationState::Waiting
        && !invitation.is_expired(now)
        && account.state == AccountState::Active
        && !account.roles.is_empty()
        && !policy::holds_guarded(&account.roles);
    if is_good {
        Ok(())
    } else {
        Err(InvitationRefusal::CodeUnknown)
    }
}

/// Whether the actor may give the account a code, hand it over or revoke its code: all of its roles are a chair's or a clerk's below the actor, or, for
/// an administrator, others that decide nothing.
///
/// # Errors
/// `OwnAccount`; `NoRole`; `Decides`; `ReachesFurther`.
pub fn invitable(
    actor: &Actor,
    account: &Account,
) -> Result<Permit<act::InviteBelow>, InvitationRefusal> {
    of_another(actor, account).map_err(InvitationRefusal::Account)?;
    if policy::holds_guarded(&account.roles) {
        return Err(InvitationRefusal::Decides);
    }
    let mut first = None;
    for at in &account.roles {
        let permit = policy::permit(actor, act::InviteBelow, &at.unit)
            .ok()
            .filter(|permit| may_fill(permit, at.role))
            .ok_or(InvitationRefusal::Account(AccountRefusal::ReachesFurther))?;
        first.get_or_insert(permit);
    }
    first.ok_or(InvitationRefusal::Account(AccountRefusal::NoRole))
}

/// Whether somebody with this permit may give the role away: a federation's reviewers and approvers those of the unions, an administrator others too.
pub fn may_fill(permit: &Permit<act::InviteBelow>, role: Role) -> bool {
    match role {
        Role::Chair | Role::Clerk => true,
        Role::Reviewer => permit.as_role.role == Role::Administrator,
        Role::Approver | Role::Auditor | Role::Administrator | Role::Department => false,
    }
}

/// The logins to be tried for an account of a union that names none, the best first: a chair's is the union's credit code, then the telephone; what
/// is left is the union's number. All of them are of the form in which logins are kept.
pub fn logins(unit: &Unit, role: Role, telephone: Option<&str>) -> Vec<String> {
    let behind = if role == Role::Chair { "" } else { "经办" };
    let code = unit.details.credit_code.as_deref();
    let of_unit = code.map(|code| format!("{}{behind}", code.to_lowercase()));
    let number = format!("gh{}{behind}", unit.number);
    of_unit
        .into_iter()
        .chain(telephone.and_then(login::telephone))
        .chain([number])
        .collect()
}

/// How long a code is good that an owner asked for.
pub const RESET: SignedDuration = SignedDuration::from_mins(30);

/// How many codes an owner, or an address, is sent within a day for browsers that the account doesn't know: nobody floods a telephone with them. One that
/// it knows has as many of its own, so that nobody uses up the owner's.
pub const RESETS_A_DAY: i64 = 5;

/// How many of them for one network: it takes strangers in several to use up the day's.
pub const RESETS_FROM_NETWORK: i64 = 3;

/// Whether an account's owner may set another password by a code that is sent to them: who never had one is invited, and where a role decides, the
/// code alone must not be enough to come in.
pub fn resettable(account: &Account, has_factor: bool) -> bool {
    account.state == AccountState::Active
        && account.has_password
        && !account.roles.is_empty()
        && (has_factor || !policy::holds_guarded(&account.roles))
}

/// Whether a code that an owner asked for opens the account now.
///
/// # Errors
/// `CodeUnknown`.
pub fn good_reset(
    invitation: &Invitation,
    account: &Account,
    has_factor: bool,
    now: Timestamp,
) -> Result<(), InvitationRefusal> {
    let is_good = invitation.state == InvitationState::Reset
        && !invitation.is_expired(now)
        && resettable(account, has_factor);
    if is_good {
        Ok(())
    } else {
        Err(InvitationRefusal::CodeUnknown)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InvitationRefusal {
    /// Unknown, used, expired, revoked, or its account is locked: never told which.
    CodeUnknown,
    /// Too many wrong codes from here.
    Slowed {
        minutes: i64,
    },
    /// Too many codes were asked for.
    ResetSlowed {
        minutes: i64,
    },
    /// An account whose roles decide.
    Decides,
    /// It has a password: who gives it a new code ends the old one, and says so by a tick.
    HasPassword,
    Locked,
    NothingToPrint,
    NothingToRevoke,
    NothingToMake,
    /// What is made now is not what was shown.
    Changed {
        before: i64,
        now: i64,
    },
    /// The register names no other chair.
    NoNewChair,
    /// As an account's.
    Account(AccountRefusal),
}

impl Refuse for InvitationRefusal {
    fn sentence(&self, lang: Lang) -> String {
        use InvitationRefusal::*;
        let (zh, en) = match self {
            Account(refusal) => return refusal.sentence(lang),
            Slowed { minutes } => {
                return match lang {
                    Lang::Zh => format!(
                        "这个网络上输错的次数太多，请 {minutes} 分钟后再输。邀请码不会因此作废；急用请联系发邀请单的上级工会。"
                    ),
                    Lang::En => format!(
                        "Too many wrong codes came from this network. Please try again in {minutes} minute{}. Your code stays good; if it is urgent, ask the federation that issued the sheet.",
                        if *minutes == 1 { "" } else { "s" }
                    ),
                };
            }
            ResetSlowed { minutes } => {
                return match lang {
                    Lang::Zh => format!(
                        "找回密码的次数太多，这一次没有再发，请 {minutes} 分钟后再试。以前收到的一次性码在 30 分钟内仍然有效；急用请联系上级工会重新发邀请码。"
                    ),
                    Lang::En => format!(
                        "Codes were asked for too often, so none was sent this time. Please try again in {minutes} minute{}. A code that you received stays good for 30 minutes; if it is urgent, ask the federation above for a new one.",
                        if *minutes == 1 { "" } else { "s" }
                    ),
                };
            }
            Changed { before, now } => {
                return match lang {
                    Lang::Zh => format!(
                        "名册刚刚有变动：您看到的是 {before} 个账号，现在是 {now} 个，所以没有建。请看一遍新的数字再确认。"
                    ),
                    Lang::En => format!(
                        "The register has just changed: you saw {before} accounts, now it is {now}, so none was made. Look at the new figures and confirm again."
                    ),
                };
            }
            CodeUnknown => (
                "这个邀请码不能用：可能输错了，也可能已经用过、过期、作废或换了新的。请对照邀请单再输一次；已经开通过的，请直接登录；还是不行，请找发邀请单的上级工会重新打印一张。",
                "This code can't be used: it may be mistyped, or used, expired, revoked or replaced. Compare it with the sheet and type it again; if you have set your password before, just sign in; otherwise ask the federation that issued the sheet for a new one.",
            ),
            Decides => (
                "这个账号有审批、审计或管理的角色，不能由一个人发邀请码：请在“账号”里由一位管理员提出重置密码，另一位确认，两人各告诉本人一半。",
                "This account has a role that decides, so no one person gives it a code. One administrator proposes a new password under “Accounts”, another confirms it, and each tells the owner one half.",
            ),
            HasPassword => (
                "这个账号已经开通。重新发邀请码会立即结束它的登录，原来的密码也不能再用；确实要发，请先打勾。",
                "This account has a password. A new code ends its sessions at once, and the old password no longer works. If that is meant, tick the box first.",
            ),
            Locked => (
                "这个账号已停用，请先恢复账号，再发邀请码。",
                "This account is locked. Unlock it before you give it a code.",
            ),
            NothingToPrint => (
                "这里没有可以打印的邀请单：没有这种情况的账号，或者它们在您管理范围以外还有角色。请换一个条件。",
                "There is nothing to print: no account is in this state, or it also has roles outside your units. Choose another filter.",
            ),
            NothingToRevoke => (
                "这个账号没有还能用的邀请码，不用作废。",
                "This account has no code that could still be used, so there is nothing to revoke.",
            ),
            NothingToMake => (
                "这里的工会都已经有主席账号，不用再建。",
                "Every union here has an account for its chair already.",
            ),
            NoNewChair => (
                "名册里登记的主席就是这个账号的人，或者还没有登记新主席，所以不能交接。请先在工会的人员里登记原主席离任、新主席到任。",
                "The register's chair is this account's owner, or no new chair is registered, so there is nothing to hand over. Record first that the old chair left and who the new one is.",
            ),
        };
        if lang == Lang::Zh { zh } else { en }.to_owned()
    }

    fn key(&self) -> &'static str {
        use InvitationRefusal::*;
        match self {
            Account(refusal) => refusal.key(),
            CodeUnknown => "invitation/code-unknown",
            Slowed { .. } => "invitation/slowed",
            ResetSlowed { .. } => "invitation/reset-slowed",
            Decides => "invitation/decides",
            HasPassword => "invitation/has-password",
            Locked => "invitation/locked",
            NothingToPrint => "invitation/nothing-to-print",
            NothingToRevoke => "invitation/nothing-to-revoke",
            NothingToMake => "invitation/nothing-to-make",
            Changed { .. } => "invitation/changed",
            NoNewChair => "invitation/no-new-chair",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        core::{
            place::{UnitKind, UnitPlace},
            policy::RoleAt,
            proof::Proof,
        },
        office::account::NameSource,
    };

    fn place(number: u128, path: &str, kind: UnitKind) -> UnitPlace {
        UnitPlace {
            id: UnitId(uuid::Uuid::from_u128(number)),
            kind,
            name: path.to_owned(),
            path: path.to_owned(),
        }
    }

    fn account(roles: &[(Role, &UnitPlace)]) -> Account {
        let at = |(role, unit): &(Role, &UnitPlace)| RoleAt {
            role: *role,
            unit: (*unit).clone(),
        };
        Account {
            id: AccountId(uuid::Uuid::from_u128(1)),
            login: "a".to_owned(),
            name: "王伟".to_owned(),
            person: None,
            state: AccountState::Active,
            must_change: false,
            has_password: false,
            telephone: String::new(),
            mail: String::new(),
            name_source: NameSource::Given,
            created_at: Timestamp::UNIX_EPOCH,
            roles: roles.iter().map(at).collect(),
        }
    }

    #[test]
    fn a_federation_invites_chairs_and_clerks_below_it_and_nobody_who_decides() {
        let township = place(1, "/1/2/", UnitKind::Township);
        let union = place(2, "/1/2/3/", UnitKind::Grassroots);
        let elsewhere = place(3, "/1/4/", UnitKind::Grassroots);
        let asks = |role: Role, at: &UnitPlace, whose: &[(Role, &UnitPlace)]| {
            let actor = Actor {
                account: AccountId(uuid::Uuid::from_u128(9)),
                person: None,
                name: String::new(),
                roles: vec![RoleAt {
                    role,
                    unit: at.clone(),
                }],
                proof: Proof::Password,
            };
            let asked = invitable(&actor, &account(whose));
            asked.map(|_| ()).map_err(|refusal| refusal.key())
        };
        use Role::{Administrator, Approver, Chair, Clerk, Reviewer};
        let further = Err("account/reaches-further");
        for (role, at, whose, expected) in [
            (Reviewer, &township, &[(Chair, &union)][..], Ok(())),
            (Approver, &township, &[(Clerk, &union)], Ok(())),
            (Administrator, &township, &[(Reviewer, &township)], Ok(())),
            (Approver, &township, &[(Chair, &township)], further),
            (
                Approver,
                &township,
                &[(Chair, &union), (Clerk, &elsewhere)],
                further,
            ),
            (
                Approver,
                &township,
                &[(Chair, &union), (Reviewer, &union)],
                further,
            ),
            (Chair, &union, &[(Clerk, &union)], further),
            (
                Administrator,
                &township,
                &[(Approver, &township)],
                Err("invitation/decides"),
            ),
            (Administrator, &township, &[], Err("account/no-role")),
        ] {
            assert_eq!(asks(role, at, whose), expected, "{role:?} {whose:?}");
        }
    }

    #[test]
    fn a_code_is_good_until_the_end_of_its_last_day_and_once() {
        let made = jiff::civil::date(2016, 10, 20);
        let union = place(2, "/1/2/3/", UnitKind::Grassroots);
        let of = account(&[(Role::Chair, &union)]);
        let invitation = |state| Invitation {
            id: InvitationId(uuid::Uuid::from_u128(1)),
            account: of.id,
            unit: union.id,
            unit_path: union.path.clone(),
            role: Role::Chair,
            state,
            code_hash: "h".to_owned(),
            made_by_name: String::new(),
            made_from: None,
            made_at: day::start_of(made),
            expires_at: Some(expires_at(made, 7)),
            used_at: None,
        };
        let at = |month, day| day::start_of(jiff::civil::date(2016, month, day));
        let waiting = invitation(InvitationState::Waiting);
        let last = at(10, 28) - SignedDuration::from_secs(1);
        assert_eq!(good(&waiting, &of, last), Ok(()));
        assert_eq!(
            good(&waiting, &of, at(10, 28)),
            Err(InvitationRefusal::CodeUnknown)
        );
        for state in [
            InvitationState::New,
            InvitationState::Used,
            InvitationState::Revoked,
            InvitationState::Replaced,
        ] {
            assert_eq!(
                good(&invitation(state), &of, last),
                Err(InvitationRefusal::CodeUnknown)
            );
        }
        let locked = Account {
            state: AccountState::Locked,
            ..of.clone()
        };
        assert_eq!(
            good(&waiting, &locked, last),
            Err(InvitationRefusal::CodeUnknown)
        );
        let with_password = |mut account: Account| {
            account.has_password = true;
            account
        };
        let approver = with_password(account(&[(Role::Approver, &union)]));
        let chair = with_password(of.clone());
        let reset = invitation(InvitationState::Reset);
        for (account, has_factor, is_good) in [
            (&chair, false, true),
            (&of, false, false),
            (&approver, false, false),
            (&approver, true, true),
        ] {
            let found = good_reset(&reset, account, has_factor, last);
            assert_eq!(found.is_ok(), is_good, "{account:?}");
        }
        assert!(good_reset(&reset, &chair, false, at(10, 28)).is_err());
        assert!(good_reset(&waiting, &chair, false, last).is_err());
        assert!(good(&reset, &chair, last).is_err());
        let decides = account(&[(Role::Approver, &union)]);
        assert_eq!(
            good(&waiting, &decides, last),
            Err(InvitationRefusal::CodeUnknown)
        );
    }
}
