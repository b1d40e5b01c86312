//! An account: the login, password rules, the slowing down of guesses, and who may be made what.

use jianjia_standard::Lang;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    ids::{AccountId, PersonId},
    policy::RoleAt,
};

/// The fewest characters of a password that somebody chooses.
pub const LEAST_PASSWORD: usize = 8;

/// How long a session lives without a request.
pub const IDLE_HOURS: i64 = 12;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AccountState {
    Active,
    /// An administrator closed it to its owner; its past stays.
    Locked,
}

impl AccountState {
    pub fn key(self) -> &'static str {
        match self {
            AccountState::Active => "active",
            AccountState::Locked => "locked",
        }
    }

    /// Anything but `active` is locked: an unknown state opens nothing.
    pub fn from_key(key: &str) -> AccountState {
        if key == "active" {
            AccountState::Active
        } else {
            AccountState::Locked
        }
    }

    /// The Chinese word shown to people; the locales hold the English one.
    pub fn word(self) -> &'static str {
        match self {
            AccountState::Active => "正常",
            AccountState::Locked => "已停用",
        }
    }
}

/// Somebody who can sign in. The password's hash is not part of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Account {
    pub id: AccountId,
    pub login: String,
    pub name: String,
    pub person: Option<PersonId>,
    pub state: AccountState,
    /// The password was given by somebody else and is changed at the next sign-in.
    pub must_change: bool,
    pub created_at: Timestamp,
    pub roles: Vec<RoleAt>,
}

/// What guesses are counted by: the login that was tried, and the network they came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guessed {
    Login,
    Network,
}

impl Guessed {
    /// Failures that cost nothing. A network is shared by a whole office, so it has more.
    fn free(self) -> i64 {
        match self {
            Guessed::Login => 5,
            Guessed::Network => 40,
        }
    }
}

/// Failures older than this are forgotten.
pub const FAILURES_KEPT: SignedDuration = SignedDuration::from_hours(24);

/// The minutes still to wait after `failures`, the last of them at `last_at`; `None` when the next try is free.
/// The wait doubles from one minute to fifteen.
pub fn minutes_to_wait(
    guessed: Guessed,
    failures: i64,
    last_at: Timestamp,
    now: Timestamp,
) -> Option<i64> {
    let beyond = failures - guessed.free();
    if beyond < 0 {
        return None;
    }
    let minutes = (1_i64 << beyond.min(4)).min(15);
    let left = minutes * 60 - now.duration_since(last_at).as_secs();
    (left > 0).then(|| (left + 59) / 60)
}

/// The login as it is kept: trimmed, small letters.
///
/// # Errors
/// When it is not 3 to 40 letters, digits, dots, hyphens or underscores.
pub fn login(typed: &str) -> Result<String, AccountRefusal> {
    let login = typed.trim().to_lowercase();
    let is_plain = login
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || ".-_".contains(c));
    if is_plain && (3..=40).contains(&login.len()) {
        Ok(login)
    } else {
        Err(AccountRefusal::LoginMalformed)
    }
}

/// The name as it is kept.
///
/// # Errors
/// When it is empty or longer than 40 characters.
pub fn name(typed: &str) -> Result<String, AccountRefusal> {
    let name = typed.trim();
    if name.is_empty() || name.chars().count() > 40 {
        Err(AccountRefusal::NameMissing)
    } else {
        Ok(name.to_owned())
    }
}

/// Whether a chosen password can be taken.
///
/// # Errors
/// When it is too short, too long, the login itself, or one repeated character.
pub fn password(login: &str, chosen: &str) -> Result<(), AccountRefusal> {
    let length = chosen.chars().count();
    if length < LEAST_PASSWORD || chosen.len() > 200 {
        return Err(AccountRefusal::PasswordTooShort);
    }
    let first = chosen.chars().next();
    if chosen.to_lowercase() == login || chosen.chars().all(|c| Some(c) == first) {
        return Err(AccountRefusal::PasswordTooSimple);
    }
    Ok(())
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountRefusal {
    /// Login or password: never told which.
    WrongLogin,
    /// Too many wrong tries.
    Slowed {
        minutes: i64,
    },
    /// An administrator locked the account.
    Locked,
    LoginMalformed,
    LoginTaken,
    NameMissing,
    UnitMissing,
    /// Several units have the name.
    UnitNotOne,
    RoleMissing,
    PasswordTooShort,
    PasswordTooSimple,
    PasswordUnchanged,
    PasswordsDiffer,
    WrongPassword,
    /// The account also has a role outside the administrator's units.
    ReachesFurther,
    /// One's own account: another administrator does that.
    OwnAccount,
}

impl AccountRefusal {
    pub fn sentence(&self, lang: Lang) -> String {
        use AccountRefusal::*;
        let (zh, en) = match self {
            WrongLogin => (
                "用户名或密码不对。请再输一次；忘记了密码，请上级工会的管理员重置。",
                "The user name or the password is wrong. Please try again; if you forgot the password, ask the administrator of the union above to reset it.",
            ),
            Slowed { minutes } => {
                return match lang {
                    Lang::Zh => format!(
                        "试错次数太多，为保护账号，请 {minutes} 分钟后再试；忘记了密码，请上级工会的管理员重置。"
                    ),
                    Lang::En => format!(
                        "Too many wrong tries. To protect the account, please try again in {minutes} minute{}; if you forgot the password, ask the administrator of the union above to reset it.",
                        if *minutes == 1 { "" } else { "s" }
                    ),
                };
            }
            Locked => (
                "这个账号已停用。要恢复使用，请联系上级工会的管理员。",
                "This account is locked. To use it again, ask the administrator of the union above.",
            ),
            LoginMalformed => (
                "用户名要有 3 到 40 个字符，只用字母、数字、点、横线和下划线。",
                "A user name has 3 to 40 characters: letters, digits, dots, hyphens and underscores only.",
            ),
            LoginTaken => (
                "这个用户名已经有人用了，请换一个。",
                "This user name is taken. Please choose another.",
            ),
            NameMissing => (
                "请填写姓名，最多 40 个字。",
                "Please give a name of at most 40 characters.",
            ),
            UnitMissing => (
                "在您的管理范围内没有找到这个工会，请填写它的全称、编号或统一社会信用代码。",
                "No union within your units is called this. Please give its full name, its number or its credit code.",
            ),
            UnitNotOne => (
                "有几个工会都叫这个名称，请改填工会的编号或统一社会信用代码。",
                "Several unions have this name. Please give the union's number or its credit code instead.",
            ),
            RoleMissing => ("请选择一个角色。", "Please choose a role."),
            PasswordTooShort => (
                "密码至少 8 个字符，最多 200 个字节。",
                "A password has at least 8 characters and at most 200 bytes.",
            ),
            PasswordTooSimple => (
                "密码太简单：不能和用户名一样，也不能全是同一个字符。",
                "The password is too simple: it can't be the user name or one repeated character.",
            ),
            PasswordUnchanged => (
                "新密码和原密码一样，请换一个。",
                "The new password is the old one. Please choose another.",
            ),
            PasswordsDiffer => (
                "两次输入的新密码不一样，请重新输入。",
                "The two new passwords differ. Please type them again.",
            ),
            WrongPassword => (
                "原密码不对，请再输一次。",
                "The current password is wrong. Please type it again.",
            ),
            ReachesFurther => (
                "这个账号在您管理范围以外还有角色，请由上级工会的管理员办理。",
                "This account also has a role outside your units. Ask the administrator of the union above.",
            ),
            OwnAccount => (
                "不能停用自己的账号，也不能取消自己的管理员角色，请由另一位管理员办理。",
                "You can't lock your own account or give up your own administrator role. Ask another administrator.",
            ),
        };
        if lang == Lang::Zh { zh } else { en }.to_owned()
    }

    pub fn key(&self) -> &'static str {
        use AccountRefusal::*;
        match self {
            WrongLogin => "account/wrong-login",
            Slowed { .. } => "account/slowed",
            Locked => "account/locked",
            LoginMalformed => "account/login-malformed",
            LoginTaken => "account/login-taken",
            NameMissing => "account/name-missing",
            UnitMissing => "account/unit-missing",
            UnitNotOne => "account/unit-not-one",
            RoleMissing => "account/role-missing",
            PasswordTooShort => "account/password-too-short",
            PasswordTooSimple => "account/password-too-simple",
            PasswordUnchanged => "account/password-unchanged",
            PasswordsDiffer => "account/passwords-differ",
            WrongPassword => "account/wrong-password",
            ReachesFurther => "account/reaches-further",
            OwnAccount => "account/own-account",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_after_wrong_guesses_grows_and_ends() {
        let now = Timestamp::from_second(1_476_900_000).unwrap();
        let wait = |failures, seconds_ago| {
            minutes_to_wait(
                Guessed::Login,
                failures,
                now - SignedDuration::from_secs(seconds_ago),
                now,
            )
        };
        assert_eq!(
            [
                wait(4, 0),
                wait(5, 0),
                wait(6, 0),
                wait(7, 0),
                wait(8, 0),
                wait(9, 0),
                wait(60, 0)
            ],
            [None, Some(1), Some(2), Some(4), Some(8), Some(15), Some(15)]
        );
        assert_eq!(
            [wait(5, 59), wait(5, 60), wait(60, 899), wait(60, 900)],
            [Some(1), None, Some(1), None]
        );
    }

    #[test]
    fn logins_are_kept_in_small_letters() {
        assert_eq!(login(" Demo.Chair "), Ok("demo.chair".to_owned()));
        for typed in ["ab", "主席", "a b c", &"a".repeat(41)] {
            assert_eq!(login(typed), Err(AccountRefusal::LoginMalformed));
        }
    }

    #[test]
    fn simple_passwords_are_refused() {
        assert_eq!(password("demo.chair", "jianjia-demo"), Ok(()));
        assert_eq!(
            password("demo.chair", "七个汉字密码呀"),
            Err(AccountRefusal::PasswordTooShort)
        );
        assert_eq!(
            password("demo.chair", "Demo.Chair"),
            Err(AccountRefusal::PasswordTooSimple)
        );
        assert_eq!(
            password("demo.chair", "88888888"),
            Err(AccountRefusal::PasswordTooSimple)
        );
    }
}
