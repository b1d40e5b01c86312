//! Post: what goes to people by mail and by text message, beside their inbox. What waits for somebody is gathered into one letter, so that an act with
//! several messages, or several acts in a row, make one.

use jianjia_standard::Lang;
use jiff::SignedDuration;

use crate::core::job::JobError;

jianjia_standard::keyed! {
    /// By what it goes. The keys stand in tables.
    pub enum Channel {
        Mail = "mail" / "邮件",
        Telephone = "telephone" / "短信",
    }
}

jianjia_standard::keyed! {
    /// What somebody wants to be told by a channel.
    pub enum Wish {
        All = "all" / "所有消息都发",
        Urgent = "urgent" / "只发要紧的",
        Nothing = "nothing" / "不发",
    }
}

/// The addresses of an account; empty where there is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Addresses {
    pub mail: String,
    pub telephone: String,
}

impl Channel {
    /// What holds for whoever chose nothing: a text message costs money and attention, so it is for what is urgent.
    pub fn usual(self) -> Wish {
        match self {
            Channel::Mail => Wish::All,
            Channel::Telephone => Wish::Urgent,
        }
    }
}

jianjia_standard::keyed! {
    /// What became of it. What failed and is tried again waits.
    pub enum PostState {
        Waiting = "waiting" / "邮件|等待发送",
        Sent = "sent" / "邮件|已发出",
        /// It was read in the inbox before, or is no longer wanted.
        Unneeded = "unneeded" / "邮件|不用再发",
        GivenUp = "given-up" / "邮件|未发出，不再试",
    }
}

/// How long a message waits for others. Somebody who reviews files makes one act a minute or so; nobody answers by mail within these minutes.
pub const GATHERED_FOR: SignedDuration = SignedDuration::from_mins(5);

/// One letter an hour to a person, but for what is urgent.
pub const BETWEEN_LETTERS: SignedDuration = SignedDuration::from_hours(1);

/// How long what is over is kept, to tell what was sent and why something wasn't.
pub const KEPT: SignedDuration = SignedDuration::from_hours(24 * 60);

/// How long after a failed attempt the next one comes: two days in all, longer than a mail server's weekend fault.
const PAUSES: [SignedDuration; 7] = [
    SignedDuration::from_mins(5),
    SignedDuration::from_mins(15),
    SignedDuration::from_hours(1),
    SignedDuration::from_hours(3),
    SignedDuration::from_hours(6),
    SignedDuration::from_hours(12),
    SignedDuration::from_hours(26),
];

/// The pause after so many attempts; none after the last.
pub fn pause_after(attempts: i64) -> Option<SignedDuration> {
    let place = usize::try_from(attempts.max(1) - 1).ok()?;
    PAUSES.get(place).copied()
}

/// What the other side answered to an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    Sent,
    /// It may succeed later.
    Later(JobError),
    /// It will not, whoever tries.
    Never(JobError),
    /// There is nobody at the address: nothing goes there any more.
    NoSuchAddress(JobError),
}

/// Why an attempt failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PostFailing {
    /// The mail server or the gateway did not answer, or refused us: sender, password, certificate.
    Unreachable,
    /// It asked to come again.
    Busy,
    /// It refuses the recipient for good.
    Recipient,
    /// It refuses what is said.
    Content,
    /// It was tried for two days.
    Expired,
}

impl PostFailing {
    /// The failure, with what the other side said for those who run the program.
    pub fn told(self, said: impl Into<String>) -> JobError {
        JobError {
            detail: said.into(),
            ..JobError::told(|lang| self.sentence(lang))
        }
    }

    pub fn sentence(self, lang: Lang) -> String {
        let sentence = match (self, lang) {
            (PostFailing::Unreachable, Lang::Zh) => {
                "邮件服务器或短信网关连不上，或者不接受本系统，所以还没有发出，过一会儿自动再试。请维护程序的人检查设置，用 jianjia post --try 试一试。"
            }
            (PostFailing::Unreachable, Lang::En) => {
                "The mail server or the gateway can't be reached or does not accept this program, so nothing was sent yet; it is tried again by itself. Whoever runs the program should check the settings with jianjia post --try."
            }
            (PostFailing::Busy, Lang::Zh) => {
                "对方服务器说现在不收，请稍后再来，所以还没有发出，过一会儿自动再试。"
            }
            (PostFailing::Busy, Lang::En) => {
                "The other side takes nothing now and asks to come again, so it was not sent yet; it is tried again by itself."
            }
            (PostFailing::Recipient, Lang::Zh) => {
                "对方服务器说没有这个地址，所以没有发出，以后也不往这里发。请本人在“我的账号”里改正地址。"
            }
            (PostFailing::Recipient, Lang::En) => {
                "The other side says that there is no such address, so it was not sent, and nothing will go there. The owner should correct the address on the page of the own account."
            }
            (PostFailing::Content, Lang::Zh) => {
                "对方服务器不收这一封的内容，所以没有发出，也不再试。本人登录后在“消息”里能看到。"
            }
            (PostFailing::Content, Lang::En) => {
                "The other side does not take what this one says, so it was not sent and is not tried again. It stands in the person's messages."
            }
            (PostFailing::Expired, Lang::Zh) => {
                "试了两天都没有发出，不再自动试。原因解决以后，可以点“再试一次”。"
            }
            (PostFailing::Expired, Lang::En) => {
                "It was tried for two days and is not tried by itself any more. Once the cause is mended, try it again here."
            }
        };
        sentence.to_owned()
    }
}

/// An address as those see it who look after the post, but need not know it: `l***@example.com`, `138****0001`.
pub fn masked(address: &str) -> String {
    match address.split_once('@') {
        Some((name, domain)) => {
            let first: String = name.chars().take(1).collect();
            format!("{first}***@{domain}")
        }
        None if address.chars().count() >= 8 => {
            let all: Vec<char> = address.chars().collect();
            let head: String = all[..3].iter().collect();
            let tail: String = all[all.len() - 4..].iter().collect();
            format!("{head}****{tail}")
        }
        None => "****".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pauses_grow_over_two_days_and_end() {
        let pauses: Vec<i64> = (1..20)
            .map_while(|attempts| pause_after(attempts).map(|pause| pause.as_secs()))
            .collect();
        assert!(pauses.windows(2).all(|pair| pair[0] < pair[1]));
        let hours = pauses.iter().sum::<i64>() / 3_600;
        assert_eq!((pauses.len(), hours), (7, 48));
        assert_eq!(pause_after(i64::MAX), None);
    }

    #[test]
    fn an_address_is_not_told_whole() {
        for (address, expect) in [
            ("lixiulan@example.com", "l***@example.com"),
            ("13800000001", "138****0001"),
            ("+8613800000001", "+86****0001"),
            ("123", "****"),
        ] {
            assert_eq!(masked(address), expect);
        }
    }
}
