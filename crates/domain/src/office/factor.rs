//! The second factor: which kinds of it there are, what a typed code is, when one counts, and the sentences of its refusals. Codes are those of RFC 6238, as every
//! authenticator shows them: six digits, another every half minute.

use jianjia_standard::Lang;
use jiff::Timestamp;

use crate::core::{refusal::Refuse, text};

/// The kinds of second factor that an account has. Recovery codes stand in for either.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ways {
    /// Codes that a telephone shows.
    pub telephone: bool,
    pub passkeys: bool,
}

impl Ways {
    /// Whether there is a second factor at all.
    pub fn any(self) -> bool {
        self.telephone || self.passkeys
    }
}

/// How many recovery codes an account gets: each stands in for the telephone once.
pub const RECOVERY_CODES: usize = 10;

/// Letters and digits of a recovery code: 80 random bits.
const RECOVERY_LENGTH: usize = 16;

/// Digits of a code.
pub const DIGITS: usize = 6;

/// Seconds of a step: as long as a code is shown.
const STEP_SECONDS: i64 = 30;

/// The number of the half minute.
pub fn step(now: Timestamp) -> i64 {
    now.as_second().div_euclid(STEP_SECONDS)
}

/// The half minutes whose codes are taken: the one before and the one after too, for a telephone's clock and for slow typing.
pub fn taken_steps(now: Timestamp) -> [i64; 3] {
    let step = step(now);
    [step, step - 1, step + 1]
}

/// What somebody typed where a code is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Typed {
    /// Six digits from the telephone.
    Code(String),
    /// A recovery code, without blanks and hyphens.
    Recovery(String),
}

/// Reads a code as people type it: with blanks or hyphens, in full-width digits, in capitals.
///
/// # Errors
/// When it is neither.
pub fn read(typed: &str) -> Result<Typed, FactorRefusal> {
    let plain: String = text::alike(typed)
        .chars()
        .filter(|letter| !letter.is_whitespace() && !"-—－".contains(*letter))
        .flat_map(char::to_lowercase)
        .take(RECOVERY_LENGTH + 1)
        .collect();
    if plain.len() == DIGITS && plain.bytes().all(|byte| byte.is_ascii_digit()) {
        Ok(Typed::Code(plain))
    } else if plain.len() == RECOVERY_LENGTH
        && plain.bytes().all(|byte| byte.is_ascii_alphanumeric())
    {
        Ok(Typed::Recovery(plain))
    } else {
        Err(FactorRefusal::CodeMalformed)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FactorRefusal {
    CodeMalformed,
    /// Of another half minute or another telephone, or used already.
    WrongCode,
    /// Too many wrong ones.
    Slowed {
        minutes: i64,
    },
    /// The account has one.
    HasOne,
    /// The account has none.
    HasNone,
    /// The account has passkeys and no telephone, so there are no codes of six digits.
    NoTelephone,
    /// The seed that the form carries is not one of this account's.
    OfferGone,
    /// One is asked of the account's roles.
    Asked,
}

impl Refuse for FactorRefusal {
    fn sentence(&self, lang: Lang) -> String {
        use FactorRefusal::*;
        let (zh, en) = match self {
            CodeMalformed => (
                "请输入手机上显示的 6 位数字；手机不在身边的，请输入一个恢复码（16 个字母和数字）。",
                "Please give the six digits that the telephone shows. Without the telephone, give a recovery code (16 letters and digits).",
            ),
            WrongCode => (
                "验证码不对，或者已经用过。每个验证码只能用一次，请等手机上换出下一个再输；总是不对的，请核对手机的时间。",
                "The code is wrong or was used already. Each counts once: wait until the telephone shows the next one. If it is always wrong, check the telephone's clock.",
            ),
            Slowed { minutes } => {
                return match lang {
                    Lang::Zh => format!(
                        "验证码输错的次数太多，为保护账号，请 {minutes} 分钟后再试。手机丢了的，请用恢复码，或者请管理员解除两步验证。"
                    ),
                    Lang::En => format!(
                        "Too many wrong codes. To protect the account, please try again in {minutes} minute{}. If the telephone is lost, use a recovery code or ask an administrator to take the second factor off.",
                        if *minutes == 1 { "" } else { "s" }
                    ),
                };
            }
            HasOne => (
                "这个账号已经启用了两步验证。要换手机，请先停用，再重新启用。",
                "This account has a second factor already. For another telephone, turn it off and on again.",
            ),
            HasNone => (
                "这个账号没有启用两步验证，不用办理。",
                "This account has no second factor, so there is nothing to do.",
            ),
            NoTelephone => (
                "这个账号没有启用手机验证码，用的是通行密钥。请用通行密钥验证，或者输入一个恢复码（16 个字母和数字）。",
                "This account takes no codes of a telephone but a passkey. Use the passkey, or give a recovery code (16 letters and digits).",
            ),
            OfferGone => (
                "这个二维码已经失效，请用下面新的二维码重新扫一次。",
                "This code to scan no longer holds. Please scan the new one below.",
            ),
            Asked => (
                "按本平台的设置，您的角色必须使用两步验证，不能停用。要换手机或设备，请先添加一个通行密钥再停用旧的，或者请管理员解除后重新启用。",
                "By the settings of this instance your role takes a second factor, so it can't be turned off. For another telephone or device, add a passkey before you take the old one off, or ask an administrator to take it off and turn it on again.",
            ),
        };
        if lang == Lang::Zh { zh } else { en }.to_owned()
    }

    fn can_be_corrected(&self) -> bool {
        use FactorRefusal::*;
        matches!(self, CodeMalformed | WrongCode | NoTelephone)
    }

    fn key(&self) -> &'static str {
        use FactorRefusal::*;
        match self {
            CodeMalformed => "factor/code-malformed",
            WrongCode => "factor/wrong-code",
            Slowed { .. } => "factor/slowed",
            HasOne => "factor/has-one",
            HasNone => "factor/has-none",
            NoTelephone => "factor/no-telephone",
            OfferGone => "factor/offer-gone",
            Asked => "factor/asked",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_as_people_type_them() {
        let code = || Ok(Typed::Code("012345".to_owned()));
        for typed in ["012345", " 012 345 ", "０１２３４５", "012-345"] {
            assert_eq!(read(typed), code(), "{typed}");
        }
        let recovery = || Ok(Typed::Recovery("ab2cde3fgh4jkm5n".to_owned()));
        for typed in ["ab2c-de3f-gh4j-km5n", "AB2C DE3F GH4J KM5N"] {
            assert_eq!(read(typed), recovery(), "{typed}");
        }
        for typed in ["", "12345", "1234567", "ab2c", "ab2c-de3f-gh4j-km5n-6"] {
            assert_eq!(read(typed), Err(FactorRefusal::CodeMalformed), "{typed}");
        }
    }

    #[test]
    fn a_code_counts_in_its_half_minute_and_the_two_beside_it() {
        let at = |second| Timestamp::from_second(second).unwrap();
        assert_eq!(step(at(59)), 1);
        assert_eq!(step(at(1_111_111_109)), 37_037_036);
        assert_eq!(taken_steps(at(90)), [3, 2, 4]);
    }
}
