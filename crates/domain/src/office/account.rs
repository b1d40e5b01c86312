//! An account: the login, password rules, the slowing down of guesses, and who may be made what.

use crate::core::refusal::Refuse;
use jianjia_standard::Lang;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::core::{
    ids::{AccountId, PersonId},
    policy::{self, RoleAt},
};

pub mod login;

/// The fewest characters of a password that somebody chooses; of somebody whose roles decide.
pub const LEAST_PASSWORD: usize = 10;
pub const LEAST_GUARDED_PASSWORD: usize = 12;

/// How long a session lives without a request.
pub const IDLE_HOURS: i64 = 12;

/// How long a session lives at most, however busy.
pub const WHOLE_HOURS: i64 = 72;

/// How long a browser in which somebody signed in is known again.
pub const KNOWN_DAYS: i64 = 180;

jianjia_standard::keyed! {
    pub enum AccountState {
        Active = "active" / "正常",
        /// An administrator closed it to its owner; its past stays.
        Locked = "locked" / "已停用",
    }
}

impl AccountState {
    /// The state as the table has it. Anything but `active` is locked: an unknown state opens nothing.
    pub fn kept(key: &str) -> AccountState {
        AccountState::from_key(key).unwrap_or(AccountState::Locked)
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
    /// Whether there is a password at all: who was invited has none before joining.
    pub has_password: bool,
    /// Empty when nobody said it.
    pub telephone: String,
    pub mail: String,
    pub name_source: NameSource,
    pub created_at: Timestamp,
    pub roles: Vec<RoleAt>,
}

jianjia_standard::keyed! {
    /// Where an account's name comes from.
    pub enum NameSource {
        /// From a form, a table or the register.
        Given = "",
        /// The register names no chair: whoever joins says the name.
        Open = "open",
        /// Its owner typed it on joining, and nobody checked it.
        Own = "own",
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

/// The most characters of a password: a sentence has room, and hashing it stays cheap.
const MOST_PASSWORD: usize = 200;

/// The fewest characters of a password for somebody with these roles.
pub fn least_password(roles: &[RoleAt]) -> usize {
    if policy::holds_guarded(roles) {
        LEAST_GUARDED_PASSWORD
    } else {
        LEAST_PASSWORD
    }
}

/// Whether a chosen password is of a form that can be taken; how easily it is guessed is looked at apart.
///
/// # Errors
/// When it is too short, too long, or a number: telephone, identity card, birthday.
pub fn password(least: usize, chosen: &str) -> Result<(), AccountRefusal> {
    if !(least..=MOST_PASSWORD).contains(&chosen.chars().count()) {
        return Err(AccountRefusal::PasswordTooShort { least });
    }
    // Full-width digits are digits; an identity card's number may end in X.
    let letters = chosen
        .chars()
        .filter(|letter| letter.is_alphabetic() && !"xXｘＸ".contains(*letter));
    if letters.count() == 0 {
        return Err(AccountRefusal::PasswordGuessable);
    }
    Ok(())
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountRefusal {
    /// Login or password: never told which.
    WrongLogin,
    /// Too many failed attempts.
    Slowed {
        minutes: i64,
    },
    /// Too many people sign in at the same moment.
    Crowded,
    /// An administrator locked the account.
    Locked,
    LoginMalformed,
    LoginTaken,
    /// Somebody has the login; this one is free.
    LoginNear {
        login: String,
        free: String,
    },
    MailMalformed,
    NameMissing,
    UnitMissing,
    /// Several units have the name.
    UnitNotOne,
    RoleMissing,
    PasswordTooShort {
        least: usize,
    },
    /// A list of known passwords, a pattern, a number or the account's own names lead to it.
    PasswordGuessable,
    PasswordUnchanged,
    PasswordsDiffer,
    WrongPassword,
    /// The account is signed in to by the identity provider alone.
    NoPassword,
    /// The account also has a role outside the administrator's units.
    ReachesFurther,
    /// One's own account: another administrator does that.
    OwnAccount,
    /// One proposed it oneself: another administrator confirms it.
    OwnRequest,
    /// The same was proposed already and waits.
    RequestWaits,
    /// Decided on, lapsed, or its proposer may no longer propose it.
    RequestGone,
    /// Locked accounts get no role that decides.
    UnlockFirst,
    /// An account without a role stays locked.
    NoRole,
}

impl Refuse for AccountRefusal {
    fn sentence(&self, lang: Lang) -> String {
        use AccountRefusal::*;
        let (zh, en) = match self {
            WrongLogin => (
                "用户名或密码不对。请再输一次；忘记了密码，请上级工会的管理员重置。",
                "The user name or the password is wrong. Please try again; if you forgot the password, ask the administrator of the union above to reset it.",
            ),
            Crowded => (
                "这一刻登录的人太多，这一次没有处理，也不算试错。请等几秒钟再点一次“登录”。",
                "Too many people are signing in at this moment. This attempt was not checked and does not count as a failed one. Please wait a few seconds and press “Sign in” again.",
            ),
            Slowed { minutes } => {
                return match lang {
                    Lang::Zh => format!(
                        "试错次数太多，为保护账号，请 {minutes} 分钟后再试；忘记了密码，请上级工会的管理员重置。"
                    ),
                    Lang::En => format!(
                        "Too many failed attempts. To protect the account, please try again in {minutes} minute{}; if you forgot the password, ask the administrator of the union above to reset it.",
                        if *minutes == 1 { "" } else { "s" }
                    ),
                };
            }
            Locked => (
                "这个账号已停用。要恢复使用，请联系上级工会的管理员。",
                "This account is locked. To use it again, ask the administrator of the union above.",
            ),
            LoginMalformed => (
                "用户名可以是姓名、手机号、信用代码或字母数字：2 到 40 个汉字、字母、数字、点、横线或下划线，没有汉字的至少 3 个。",
                "A user name may be a Chinese name, a telephone number, a credit code or a word: 2 to 40 Han characters, letters, digits, dots, hyphens or underscores, at least 3 without a Han character.",
            ),
            LoginNear { login, free } => {
                return match lang {
                    Lang::Zh => format!(
                        "用户名“{login}”已经有人用了，可能是同名的人。请改用“{free}”或手机号；是同一个人的，请在原账号上增加角色。"
                    ),
                    Lang::En => format!(
                        "The user name “{login}” is taken, perhaps by somebody of the same name. Take “{free}” or the telephone number; if it is the same person, add a role to that account."
                    ),
                };
            }
            MailMalformed => (
                "这不像一个邮箱地址。请写成 name@example.com；没有的空着。",
                "This does not look like a mail address. Write it like name@example.com, or leave it empty.",
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
                "None of the unions that you administer has this name. Please give its full name, its number or its credit code.",
            ),
            UnitNotOne => (
                "有几个工会都叫这个名称，请改填工会的编号或统一社会信用代码。",
                "Several unions have this name. Please give the union's number or its credit code instead.",
            ),
            RoleMissing => ("请选择一个角色。", "Please choose a role."),
            PasswordTooShort { least } => {
                return match lang {
                    Lang::Zh => format!(
                        "密码至少 {least} 个字符，最多 {MOST_PASSWORD} 个；一个汉字算一个字符。"
                    ),
                    Lang::En => {
                        format!(
                            "A password has at least {least} and at most {MOST_PASSWORD} characters."
                        )
                    }
                };
            }
            PasswordGuessable => (
                "这个密码太容易猜到：不能是常用密码、键盘顺序、纯数字（手机号、证件号、生日），也不能主要由姓名、用户名或工会名称组成。请用几个不相干的词，或者一句只有自己知道的话。",
                "This password is too easy to guess. Do not use a common password, a row of keys, only digits (telephone, identity card, birthday), or mainly your name, user name or union. Use a few unrelated words or a sentence that only you know.",
            ),
            PasswordUnchanged => (
                "新密码和原密码一样，请换一个。",
                "The new password is the same as the old one. Please choose another.",
            ),
            PasswordsDiffer => (
                "两次输入的新密码不一样，请重新输入。",
                "The two new passwords differ. Please type them again.",
            ),
            WrongPassword => (
                "原密码不对，请再输一次。",
                "The current password is wrong. Please type it again.",
            ),
            NoPassword => (
                "这个账号没有密码，是通过统一身份认证登录的。请退出后再通过统一身份认证登录一次，10 分钟以内办理；要用密码的，请上级工会发邀请码。",
                "This account has no password: it is signed in to by the identity provider. Sign out and in again there and do this within ten minutes; for a password ask the federation above for a one-time code.",
            ),
            ReachesFurther => (
                "这个账号在您管理范围以外还有角色，请由上级工会的管理员办理。",
                "This account also has a role outside your units. Ask the administrator of the union above.",
            ),
            OwnAccount => (
                "本人的账号不能由本人停用、恢复、重置，也不能给自己增加或取消角色，请由另一位管理员办理。",
                "You can't lock, unlock or reset your own account, or change your own roles. Ask another administrator.",
            ),
            OwnRequest => (
                "这件事是您提出的，要由另一位管理员确认；不再办理的可以撤销。",
                "You proposed this, so another administrator has to confirm it. You can withdraw it.",
            ),
            RequestWaits => (
                "同样的事已经有人提出，正在等另一位管理员确认，不用再提。",
                "The same has already been proposed and is waiting for another administrator.",
            ),
            RequestGone => (
                "这件事已经办结、超过 14 天没有确认，或者提出的人已经不能办理，所以没有办。需要的话请重新提出。",
                "This has been decided, lapsed after 14 days, or its proposer may no longer propose it, so nothing was done. Propose it again if it is needed.",
            ),
            UnlockFirst => (
                "这个账号已停用，请先恢复账号，再办角色。",
                "This account is locked. Unlock it first.",
            ),
            NoRole => (
                "没有角色的账号不能恢复，请先增加角色。",
                "An account without a role stays locked. Give it a role first.",
            ),
        };
        if lang == Lang::Zh { zh } else { en }.to_owned()
    }

    /// A queue that is full or an account that is locked is no mistake of what was typed.
    fn can_be_corrected(&self) -> bool {
        !matches!(self, AccountRefusal::Crowded | AccountRefusal::Locked)
    }

    fn key(&self) -> &'static str {
        use AccountRefusal::*;
        match self {
            WrongLogin => "account/wrong-login",
            Slowed { .. } => "account/slowed",
            Crowded => "account/crowded",
            Locked => "account/locked",
            LoginMalformed => "account/login-malformed",
            LoginTaken => "account/login-taken",
            LoginNear { .. } => "account/login-near",
            MailMalformed => "account/mail-malformed",
            NameMissing => "account/name-missing",
            UnitMissing => "account/unit-missing",
            UnitNotOne => "account/unit-not-one",
            RoleMissing => "account/role-missing",
            PasswordTooShort { .. } => "account/password-too-short",
            PasswordGuessable => "account/password-guessable",
            PasswordUnchanged => "account/password-unchanged",
            PasswordsDiffer => "account/passwords-differ",
            WrongPassword => "account/wrong-password",
            NoPassword => "account/no-password",
            ReachesFurther => "account/reaches-further",
            OwnAccount => "account/own-account",
            OwnRequest => "account/own-request",
            RequestWaits => "account/request-waits",
            RequestGone => "account/request-gone",
            UnlockFirst => "account/unlock-first",
            NoRole => "account/no-role",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_passwords_and_numbers_are_refused() {
        assert_eq!(password(10, "jianjia-demo"), Ok(()));
        assert_eq!(password(10, "十个汉字一句话是密码"), Ok(()));
        let too_short = |least| Err(AccountRefusal::PasswordTooShort { least });
        assert_eq!(password(10, "七个汉字密码呀"), too_short(10));
        assert_eq!(password(12, "elevenchars"), too_short(12));
        assert_eq!(password(10, &"ab".repeat(101)), too_short(10));
        // Characters, as people count them, not bytes.
        assert_eq!(password(10, &"建家".repeat(100)), Ok(()));
        for number in [
            "13912345678",
            "32040119900307123X",
            "１３９１２３４５６７８",
            "1990-03-07 !!",
        ] {
            assert_eq!(
                password(10, number),
                Err(AccountRefusal::PasswordGuessable),
                "{number}"
            );
        }
    }
}
