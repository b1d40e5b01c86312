//! An access token: with it a program of an account's owner reads what the owner may see, and does nothing else.

use jianjia_standard::Lang;
use jiff::{Timestamp, civil::Date};

use crate::core::{
    ids::{AccessTokenId, AccountId},
    refusal::Refuse,
};

/// What every token begins with, so that one that was published by mistake is recognized.
pub const PREFIX: &str = "jianjia_";

/// The lifetimes that are offered, in days.
pub const LIFETIMES: [i64; 4] = [30, 90, 180, 365];

/// How many tokens an account has at the same time.
pub const AT_MOST: usize = 10;

jianjia_standard::keyed! {
    /// What may be read with a token. There is no address by which a program writes, so there is no scope for it either.
    pub enum Scope {
        /// All that there is and will be: tokens were made so before there were others.
        Read = "read" / "令牌|全部数据",
        ReadUnits = "read:units" / "令牌|工会名册",
        ReadApplications = "read:applications" / "令牌|申报",
    }
}

impl Scope {
    /// Whether a token with these scopes may be used where this one is asked for.
    pub fn is_in(self, scopes: &[Scope]) -> bool {
        scopes.contains(&self) || scopes.contains(&Scope::Read)
    }
}

/// The scopes as a form has them.
///
/// # Errors
/// When none is chosen, or one that is not there.
pub fn scopes(typed: &[String]) -> Result<Vec<Scope>, TokenRefusal> {
    let chosen: Option<Vec<Scope>> = typed.iter().map(|key| Scope::from_key(key)).collect();
    let chosen = chosen.filter(|chosen| !chosen.is_empty());
    let chosen = chosen.ok_or(TokenRefusal::ScopeMissing)?;
    if chosen.contains(&Scope::Read) {
        return Ok(vec![Scope::Read]);
    }
    let all = Scope::ALL.into_iter();
    Ok(all.filter(|scope| chosen.contains(scope)).collect())
}

/// Scopes as one text, as they are kept and as the header has them: `read:units read:applications`.
pub fn written(scopes: &[Scope]) -> String {
    let keys: Vec<&str> = scopes.iter().map(|scope| scope.key()).collect();
    keys.join(" ")
}

/// The scopes of such a text. One that is not known counts for nothing.
pub fn read_scopes(written: &str) -> Vec<Scope> {
    written.split(' ').filter_map(Scope::from_key).collect()
}

/// A token as its owner and administrators see it. The token itself is kept nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessToken {
    pub id: AccessTokenId,
    pub account: AccountId,
    /// What its owner calls it.
    pub name: String,
    pub scopes: Vec<Scope>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    /// The last day on which it was used.
    pub used_on: Option<Date>,
    pub revocation: Option<Revocation>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revocation {
    pub at: Timestamp,
    pub by_name: String,
}

impl AccessToken {
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.revocation.is_none() && now < self.expires_at
    }
}

/// The name as it is kept.
///
/// # Errors
/// When it is empty or longer than 40 characters.
pub fn name(typed: &str) -> Result<String, TokenRefusal> {
    let name = crate::core::text::line(typed);
    if name.is_empty() || name.chars().count() > 40 {
        Err(TokenRefusal::NameMissing)
    } else {
        Ok(name)
    }
}

/// The days for which it holds.
///
/// # Errors
/// When it is none of those offered.
pub fn lifetime(typed: &str) -> Result<i64, TokenRefusal> {
    let days = typed.parse().ok();
    days.filter(|days| LIFETIMES.contains(days))
        .ok_or(TokenRefusal::LifetimeMissing)
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenRefusal {
    NameMissing,
    LifetimeMissing,
    ScopeMissing,
    TooMany,
}

impl Refuse for TokenRefusal {
    fn sentence(&self, lang: Lang) -> String {
        use TokenRefusal::*;
        let (zh, en) = match self {
            NameMissing => (
                "请写明这个令牌给哪个程序用，最多 40 个字。",
                "Please say which program the token is for, in at most 40 characters.",
            ),
            LifetimeMissing => (
                "请选择有效期，最长一年。",
                "Please choose for how long it holds, a year at most.",
            ),
            ScopeMissing => (
                "请勾选这个程序可以查询什么，至少一项。不需要的不要勾。",
                "Please tick what the program may read, one at least. Leave out what it does not need.",
            ),
            TooMany => {
                return match lang {
                    Lang::Zh => {
                        format!("一个账号最多同时有 {AT_MOST} 个有效的令牌。请先作废不再使用的。")
                    }
                    Lang::En => format!(
                        "An account has at most {AT_MOST} tokens that hold. Revoke one that is no longer used."
                    ),
                };
            }
        };
        if lang == Lang::Zh { zh } else { en }.to_owned()
    }

    fn key(&self) -> &'static str {
        match self {
            TokenRefusal::NameMissing => "token/name-missing",
            TokenRefusal::LifetimeMissing => "token/lifetime-missing",
            TokenRefusal::ScopeMissing => "token/scope-missing",
            TokenRefusal::TooMany => "token/too-many",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_opens_its_own_door_and_reading_all_opens_each() {
        let scopes = |keys: &[&str]| {
            let keys: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
            scopes(&keys)
        };
        let units = scopes(&["read:units"]).unwrap();
        assert!(Scope::ReadUnits.is_in(&units) && !Scope::ReadApplications.is_in(&units));
        assert!(!Scope::Read.is_in(&units));
        let both = scopes(&["read:applications", "read:units"]).unwrap();
        assert_eq!(written(&both), "read:units read:applications");
        assert_eq!(read_scopes(&written(&both)), both);
        let all = scopes(&["read:units", "read"]).unwrap();
        assert_eq!(all, [Scope::Read]);
        assert!(Scope::ALL.into_iter().all(|scope| scope.is_in(&all)));
        for wrong in [&[][..], &["write"], &["read:units", "write"]] {
            assert_eq!(scopes(wrong), Err(TokenRefusal::ScopeMissing));
        }
        assert_eq!(read_scopes("write read:units"), [Scope::ReadUnits]);
        assert!(!Scope::ReadUnits.is_in(&read_scopes("")));
    }

    #[test]
    fn a_token_has_a_name_and_a_lifetime_of_a_year_at_most() {
        assert_eq!(name(" 报表\u{a0}程序 "), Ok("报表 程序".to_owned()));
        for typed in ["", " ", &"长".repeat(41)] {
            assert_eq!(name(typed), Err(TokenRefusal::NameMissing));
        }
        assert_eq!(lifetime("365"), Ok(365));
        for typed in ["", "366", "0", "-30", "x"] {
            assert_eq!(lifetime(typed), Err(TokenRefusal::LifetimeMissing));
        }
    }
}
