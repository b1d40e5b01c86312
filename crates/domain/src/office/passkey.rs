//! A passkey: a key of a device with which an account's owner signs what the program asks for. What a name is, how long a question holds, and the
//! sentences of refusals. Signatures are checked in `app`.

use jianjia_standard::Lang;
use jiff::{SignedDuration, Timestamp};

use crate::core::{ids::PasskeyId, refusal::Refuse, text};

/// How long a device may take to sign what it is asked.
pub const CHALLENGE: SignedDuration = SignedDuration::from_mins(5);

/// How many passkeys an account has.
pub const AT_MOST: usize = 10;

/// The most characters of a name.
pub const NAME_AT_MOST: usize = 40;

/// The most bytes of what a browser answers.
pub const ANSWER_AT_MOST: usize = 16 * 1024;

jianjia_standard::keyed! {
    /// What something is signed for.
    pub enum Purpose {
        /// To add the passkey.
        Add = "add",
        /// To give the second factor with it.
        Give = "give",
    }
}

/// A passkey as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passkey {
    pub id: PasskeyId,
    /// As its owner calls it.
    pub name: String,
    pub created_at: Timestamp,
    pub used_at: Option<Timestamp>,
}

/// The name that an owner gives.
///
/// # Errors
/// `NameMissing`, `NameTooLong`.
pub fn name(typed: &str) -> Result<String, PasskeyRefusal> {
    let name = text::line(typed);
    match name.chars().count() {
        0 => Err(PasskeyRefusal::NameMissing),
        length if length > NAME_AT_MOST => Err(PasskeyRefusal::NameTooLong),
        _ => Ok(name),
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PasskeyRefusal {
    /// The settings name no address that passkeys can be bound to.
    NotOffered,
    NameMissing,
    NameTooLong,
    TooMany,
    /// It was added before, to this account or another.
    Known,
    /// Nothing was asked in this session, too long ago, or it was answered before.
    Over,
    /// The answer is not that of a passkey of this account, for this site, to this question.
    NotProved,
    /// The device's counter went back, as that of a copy does.
    CounterBack {
        name: String,
    },
}

impl Refuse for PasskeyRefusal {
    fn sentence(&self, lang: Lang) -> String {
        use PasskeyRefusal::*;
        let (zh, en) = match self {
            NotOffered => (
                "本平台没有设置可以使用通行密钥的访问地址，所以不能用通行密钥。请用手机验证码或恢复码；要用的，请告诉维护本平台的人。".to_owned(),
                "The settings of this instance name no address that passkeys can be bound to, so there are none. Use the codes of a telephone or a recovery code, and tell whoever runs this platform if you want passkeys.".to_owned(),
            ),
            NameMissing => (
                "请给这个通行密钥起个名字，例如“办公室电脑”，以后好认。".to_owned(),
                "Give the passkey a name, such as “office computer”, by which you know it later.".to_owned(),
            ),
            NameTooLong => (
                format!("名字最多 {NAME_AT_MOST} 个字，请写短一些。"),
                format!("A name has at most {NAME_AT_MOST} characters. Please shorten it."),
            ),
            TooMany => (
                format!("一个账号最多有 {AT_MOST} 个通行密钥。请先删除不用的，再添加。"),
                format!("An account has at most {AT_MOST} passkeys. Remove one that you don't use before you add another."),
            ),
            Known => (
                "这个通行密钥以前已经添加过，没有再添加。要添加另一台设备的，请在那台设备上办理。".to_owned(),
                "This passkey was added before, so it was not added again. To add that of another device, do it there.".to_owned(),
            ),
            Over => (
                "这一次没有用通行密钥验证，或者隔得太久、已经用过了，所以没有办成。请再点一次通行密钥的按钮。".to_owned(),
                "No passkey was used, or it took too long or was used before, so nothing was done. Press the passkey's button again.".to_owned(),
            ),
            NotProved => (
                "通行密钥没有通过核对：它不是这个账号的，或者不是在本平台的地址上用的。请再试一次，或者改用验证码、恢复码。".to_owned(),
                "The passkey did not pass the checks: it is not this account's, or was not used at the address of this platform. Try again, or give a code instead.".to_owned(),
            ),
            CounterBack { name } => (
                format!("通行密钥“{name}”的计数比上一次小，可能被人复制了，所以没有采用，并且已经记录下来。请改用验证码、恢复码或另一个通行密钥，然后删除它；不是您本人在操作的，请马上告诉管理员。"),
                format!("The counter of the passkey “{name}” went back, as if somebody had copied it. So it was not taken, and this was recorded. Use a code, a recovery code or another passkey, then remove it; if it was not you, tell an administrator at once."),
            ),
        };
        if lang == Lang::Zh { zh } else { en }
    }

    fn can_be_corrected(&self) -> bool {
        use PasskeyRefusal::*;
        matches!(self, NameMissing | NameTooLong)
    }

    fn key(&self) -> &'static str {
        use PasskeyRefusal::*;
        match self {
            NotOffered => "passkey/not-offered",
            NameMissing => "passkey/name-missing",
            NameTooLong => "passkey/name-too-long",
            TooMany => "passkey/too-many",
            Known => "passkey/known",
            Over => "passkey/over",
            NotProved => "passkey/not-proved",
            CounterBack { .. } => "passkey/counter-back",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::refusal::Refusal;

    #[test]
    fn a_name_is_one_short_line() {
        assert_eq!(name("  办公室\n电脑 "), Ok("办公室 电脑".to_owned()));
        assert_eq!(name(" \n"), Err(PasskeyRefusal::NameMissing));
        assert!(name(&"长".repeat(NAME_AT_MOST)).is_ok());
        let long = "长".repeat(NAME_AT_MOST + 1);
        assert_eq!(name(&long), Err(PasskeyRefusal::NameTooLong));
    }

    #[test]
    fn only_what_was_typed_can_be_corrected() {
        let of = |refusal: PasskeyRefusal| Refusal::from(refusal).can_be_corrected();
        assert!(of(PasskeyRefusal::NameMissing));
        assert!(!of(PasskeyRefusal::Over));
        let fields = |refusals: &[PasskeyRefusal]| {
            let fields = refusals.iter().cloned();
            let fields = fields.map(|refusal| ("name".to_owned(), refusal.into()));
            Refusal::Fields(fields.collect()).can_be_corrected()
        };
        assert!(fields(&[PasskeyRefusal::Over, PasskeyRefusal::NameMissing]));
        assert!(!fields(&[PasskeyRefusal::Over]));
    }
}
