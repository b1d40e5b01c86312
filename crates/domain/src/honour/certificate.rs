//! The certificate of a title held: which titles have one, what its entry in the status list says, and the keys that sign it.

use jianjia_standard::Lang;
use jiff::Timestamp;

use crate::{
    core::refusal::{Refusal, Refuse},
    honour::honour::{Honour, HonourSource, HonourState},
    register::unit::UnitState,
};

/// Whether the title has a certificate that this city signs: it was named here, by a federation, and has a number. Titles of a table of earlier years
/// have none: their papers were given by others, and what the table says of them proves nothing.
pub fn is_certified(honour: &Honour) -> bool {
    honour.source == HonourSource::Named && !honour.number.is_empty() && honour.named_by.is_some()
}

/// What the status list says of a certificate, in two bits (`docs/certificates.md`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Valid,
    /// Revoked or withdrawn.
    Invalid,
    Suspended,
    /// The title stands; the unit that holds it went into another, or was closed.
    Ended,
}

impl Status {
    pub fn bits(self) -> u8 {
        match self {
            Status::Valid => 0,
            Status::Invalid => 1,
            Status::Suspended => 2,
            Status::Ended => 3,
        }
    }

    /// The status of two bits; the others are not looked at.
    pub fn of_bits(bits: u8) -> Status {
        match bits & 3 {
            0 => Status::Valid,
            1 => Status::Invalid,
            2 => Status::Suspended,
            _ => Status::Ended,
        }
    }

    /// The status of a title. A person keeps a title whatever becomes of the union.
    pub fn of(state: HonourState, is_persons: bool, unit: UnitState) -> Status {
        match (state, unit) {
            (HonourState::Revoked | HonourState::Withdrawn, _) => Status::Invalid,
            (HonourState::Suspended, _) => Status::Suspended,
            (HonourState::InForce, UnitState::Merged | UnitState::Closed) if !is_persons => {
                Status::Ended
            }
            (HonourState::InForce, _) => Status::Valid,
        }
    }
}

/// A key that signs certificates. It is never deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateKey {
    /// Its name in tokens: the first characters of its thumbprint.
    pub id: String,
    /// Its public part: 32 bytes in base64url.
    pub public_key: String,
    /// Its private part, encrypted.
    pub sealed: String,
    pub made_at: Timestamp,
    pub made_by_name: String,
    /// When another took its place.
    pub retired_at: Option<Timestamp>,
    pub compromise: Option<Compromise>,
}

/// That somebody else may have the private part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compromise {
    pub declared_at: Timestamp,
    pub reason: String,
}

impl CertificateKey {
    /// Whether it signs now.
    pub fn signs(&self) -> bool {
        self.retired_at.is_none()
    }

    /// Whether what it signed is believed.
    pub fn is_trusted(&self) -> bool {
        self.compromise.is_none()
    }
}

const REASON_AT_MOST: usize = 500;

/// The reason for which a key is declared compromised.
///
/// # Errors
/// By field `reason`: `NoReason`, `ReasonTooLong`; `Declared` when the key was declared so before.
pub fn compromise(
    key: &CertificateKey,
    reason: &str,
    now: Timestamp,
) -> Result<Compromise, Refusal> {
    if !key.is_trusted() {
        return Err(CertificateRefusal::Declared.into());
    }
    let reason = reason.trim();
    let length = reason.chars().count();
    let wrong = match length {
        0 => Some(CertificateRefusal::NoReason),
        1..=REASON_AT_MOST => None,
        _ => Some(CertificateRefusal::ReasonTooLong { length }),
    };
    match wrong {
        Some(wrong) => Err(Refusal::at("reason", wrong)),
        None => Ok(Compromise {
            declared_at: now,
            reason: reason.to_owned(),
        }),
    }
}

/// Why something can't be done with certificates or their keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CertificateRefusal {
    /// There is no key yet.
    NoKey,
    /// The key can't be opened with this instance's `slip.key`.
    KeyOfAnotherInstance,
    NoReason,
    ReasonTooLong {
        length: usize,
    },
    /// The key was declared compromised before.
    Declared,
    /// The title was not named in this system.
    NotCertified,
    /// The settings name no address that the code could lead to.
    NoAddress,
    /// Of the titles of a naming none is in force.
    NoneInForce,
}

impl Refuse for CertificateRefusal {
    fn sentence(&self, lang: Lang) -> String {
        use CertificateRefusal::*;
        let (zh, en) = match self {
            NoKey => (
                "还没有启用证书签名密钥，所以不能制作证书。请市总工会的管理员在“账号”页下面的“证书签名密钥”里启用一把。".to_owned(),
                "There is no key yet that signs certificates, so none can be made. An administrator of the city federation makes one on the page “Keys of certificates” below the accounts.".to_owned(),
            ),
            KeyOfAnotherInstance => (
                "证书签名密钥是用另一个 slip.key 加密的，这里打不开，所以不能签名。请维护平台的人放回原来的 slip.key；找不回的，请市总工会的管理员换一把新密钥，以前的证书仍然能核实。".to_owned(),
                "The key that signs certificates was encrypted with another slip.key and can't be opened here, so nothing can be signed. Ask whoever runs the program to put the old slip.key back; if it is lost, an administrator of the city federation makes a new key. Earlier certificates can still be verified.".to_owned(),
            ),
            NoReason => (
                "没有写原因。声明密钥泄露以后，用它签的证书都不再可信，请写明怎么发现、什么时候发现的。".to_owned(),
                "There is no reason. Once a key is declared compromised, no certificate that it signed is trusted: say how and when it was found.".to_owned(),
            ),
            ReasonTooLong { length } => (
                format!("原因写了 {length} 个字，最多 {REASON_AT_MOST} 个字，请写短一些。"),
                format!("The reason has {length} characters; {REASON_AT_MOST} are the most. Please shorten it."),
            ),
            Declared => (
                "这把密钥已经声明泄露过，不用再声明。请看列表里的说明。".to_owned(),
                "This key was declared compromised before; once is enough. The list says why.".to_owned(),
            ),
            NotCertified => (
                "这个称号不是在本平台命名的，所以没有可以核实的证书。以前发的证书请向发证单位核实。".to_owned(),
                "This title was not named in this system, so it has no certificate that could be verified. Ask whoever gave the earlier paper.".to_owned(),
            ),
            NoneInForce => (
                "这一批里没有可以制作证书的称号：不是在本平台命名的，或者都已暂停、撤销、收回。请看命名名单上各个称号的状态。".to_owned(),
                "No title of this batch can have a certificate now: they were not named in this system, or all are suspended, revoked or withdrawn. The list shows the state of each.".to_owned(),
            ),
            NoAddress => (
                "还没有设置平台的访问地址，印在证书上的二维码会打不开，所以没有制作。请维护平台的人在 jianjia.toml 里写上 address，以后不要再改。".to_owned(),
                "The settings name no address of this platform, so the code on a certificate would lead nowhere, and none was made. Ask whoever runs the program to set address in jianjia.toml, and to keep it.".to_owned(),
            ),
        };
        if lang == Lang::Zh { zh } else { en }
    }

    fn can_be_corrected(&self) -> bool {
        use CertificateRefusal::*;
        matches!(self, NoReason | ReasonTooLong { .. })
    }

    fn key(&self) -> &'static str {
        use CertificateRefusal::*;
        match self {
            NoKey => "certificate/no-key",
            KeyOfAnotherInstance => "certificate/key-of-another-instance",
            NoReason => "certificate/no-reason",
            ReasonTooLong { .. } => "certificate/reason-too-long",
            Declared => "certificate/declared",
            NotCertified => "certificate/not-certified",
            NoAddress => "certificate/no-address",
            NoneInForce => "certificate/none-in-force",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_that_of_the_title_and_then_of_its_holder() {
        use HonourState::{InForce, Revoked, Suspended, Withdrawn};
        use UnitState::{Active, Closed, Merged};
        let check = |state, is_persons, unit, expect| {
            let status = Status::of(state, is_persons, unit);
            assert_eq!(status, expect, "{state:?} {is_persons} {unit:?}");
            assert_eq!(Status::of_bits(status.bits()), status);
        };
        check(InForce, false, Active, Status::Valid);
        check(InForce, false, Merged, Status::Ended);
        check(InForce, false, Closed, Status::Ended);
        check(InForce, true, Merged, Status::Valid);
        check(Suspended, false, Merged, Status::Suspended);
        check(Revoked, false, Merged, Status::Invalid);
        check(Withdrawn, true, Active, Status::Invalid);
    }

    #[test]
    fn a_key_is_declared_compromised_once_and_with_a_reason() {
        let now = Timestamp::UNIX_EPOCH;
        let mut key = CertificateKey {
            id: "k".to_owned(),
            public_key: String::new(),
            sealed: String::new(),
            made_at: now,
            made_by_name: String::new(),
            retired_at: None,
            compromise: None,
        };
        let told = |key: &CertificateKey, reason: &str| {
            let Err(refusal) = compromise(key, reason, now) else {
                return "done".to_owned();
            };
            match refusal {
                Refusal::Fields(fields) => fields[0].1.key().to_owned(),
                told => told.key().to_owned(),
            }
        };
        assert_eq!(told(&key, " \n"), "certificate/no-reason");
        let long = "长".repeat(REASON_AT_MOST + 1);
        assert_eq!(told(&key, &long), "certificate/reason-too-long");
        assert_eq!(told(&key, &long[3..]), "done");
        key.compromise = compromise(&key, " 被人拷走 ", now).ok();
        let reason = key.compromise.as_ref().map(|found| found.reason.as_str());
        assert_eq!(reason, Some("被人拷走"));
        assert_eq!(told(&key, "又"), "certificate/declared");
    }
}
