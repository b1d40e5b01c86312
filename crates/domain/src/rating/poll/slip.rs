//! Slips: one-time tickets that members draw from a box. A slip's code is known to the paper alone; kept is a keyed hash.

use jianjia_standard::Lang;
use jiff::Timestamp;

use crate::{
    core::{
        ids::{PollId, SlipBatchId},
        width::narrow,
    },
    rating::poll::{Poll, PollState, refusal::PollRefusal},
};

/// What became of a slip. Kept as one letter among those of its poll's other slips.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SlipState {
    Unused,
    /// Used on a phone.
    Phone,
    /// Used at the union's shared tablet.
    Kiosk,
    Spoiled,
}

impl SlipState {
    pub fn letter(self) -> char {
        match self {
            SlipState::Unused => 'U',
            SlipState::Phone => 'P',
            SlipState::Kiosk => 'K',
            SlipState::Spoiled => 'S',
        }
    }

    pub fn of_letter(letter: char) -> Option<SlipState> {
        [
            SlipState::Unused,
            SlipState::Phone,
            SlipState::Kiosk,
            SlipState::Spoiled,
        ]
        .into_iter()
        .find(|state| state.letter() == letter)
    }

    /// An unused slip, spoiled.
    ///
    /// # Errors
    /// `Used`, `Spoiled`: only an unused one can be declared spoiled.
    pub fn spoil(self) -> Result<SlipState, SlipRefusal> {
        match self {
            SlipState::Unused => Ok(SlipState::Spoiled),
            SlipState::Phone | SlipState::Kiosk => Err(SlipRefusal::Used),
            SlipState::Spoiled => Err(SlipRefusal::Spoiled),
        }
    }
}

/// What voting needs to know of a poll.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gate {
    /// Until when slips are taken; none while they are not.
    pub until: Option<Timestamp>,
    /// The version of the lock for which ballots are sealed; 0 before there is one.
    pub lock_version: i64,
}

impl Gate {
    /// Whether a slip is taken now.
    pub fn is_open(self, now: Timestamp) -> bool {
        self.until.is_some_and(|until| now < until)
    }
}

/// A vote that asks for a slip to be marked used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vote {
    /// The version of the lock that its ballot was sealed for.
    pub lock_version: i64,
    pub at_kiosk: bool,
}

/// Why a vote is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotTaken {
    Refused(SlipRefusal),
    /// The keys were made anew after the ballot was sealed: it has to be sealed again, and the slip is still good.
    Relocked,
}

/// Whether a slip of a poll, where there is one, allows a vote now.
///
/// # Errors
/// `Unknown`, `Used`, `Spoiled`, `NotOpen`, in this order: what became of a slip is told also when the poll is closed.
#[inline]
pub fn good(slip: Option<SlipState>, gate: Gate, now: Timestamp) -> Result<(), SlipRefusal> {
    match slip {
        None => Err(SlipRefusal::Unknown),
        Some(SlipState::Phone | SlipState::Kiosk) => Err(SlipRefusal::Used),
        Some(SlipState::Spoiled) => Err(SlipRefusal::Spoiled),
        Some(SlipState::Unused) if gate.is_open(now) => Ok(()),
        Some(SlipState::Unused) => Err(SlipRefusal::NotOpen),
    }
}

/// Takes a slip for a vote: the state that it has from then on.
///
/// # Errors
/// As `good`, and `Relocked`.
#[inline]
pub fn take(
    slip: Option<SlipState>,
    gate: Gate,
    vote: Vote,
    now: Timestamp,
) -> Result<SlipState, NotTaken> {
    good(slip, gate, now).map_err(NotTaken::Refused)?;
    if gate.lock_version != vote.lock_version {
        return Err(NotTaken::Relocked);
    }
    Ok(if vote.at_kiosk {
        SlipState::Kiosk
    } else {
        SlipState::Phone
    })
}

/// Slips made in one go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlipBatch {
    pub id: SlipBatchId,
    pub poll: PollId,
    /// 1 for the poll's first.
    pub number: i64,
    pub slips: i64,
    /// How many of them stand for spoiled ones.
    pub replacing: i64,
    pub made_by_name: String,
    pub made_at: Timestamp,
}

/// The slips of a poll, counted. `issued = used + unused + spoiled` at every moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SlipCounts {
    pub unused: i64,
    pub phone: i64,
    pub kiosk: i64,
    pub spoiled: i64,
    /// Made in the place of spoiled ones.
    pub replaced: i64,
}

impl SlipCounts {
    pub fn used(&self) -> i64 {
        self.phone + self.kiosk
    }

    pub fn issued(&self) -> i64 {
        self.used() + self.unused + self.spoiled
    }

    /// Slips that are used or can still be: never more than the roll.
    pub fn valid(&self) -> i64 {
        self.used() + self.unused
    }
}

/// The most slips of one printing.
pub const MOST_AT_ONCE: i64 = 500;

/// How many slips to make now, as typed.
///
/// # Errors
/// `WrongState`, `NoNumber`, `MoreSlipsThanRoll`.
pub fn make(poll: &Poll, counts: &SlipCounts, typed: &str) -> Result<i64, PollRefusal> {
    crate::rating::poll::in_state(poll, PollState::Open)?;
    let number: i64 = narrow(typed)
        .trim()
        .parse()
        .ok()
        .filter(|number| (1..=MOST_AT_ONCE).contains(number))
        .ok_or(PollRefusal::NoNumber {
            least: 1,
            most: MOST_AT_ONCE,
        })?;
    let room = poll.plan.roll - counts.valid();
    if number > room {
        return Err(PollRefusal::MoreSlipsThanRoll {
            number,
            valid: counts.valid(),
            roll: poll.plan.roll,
        });
    }
    Ok(number)
}

/// Digits and capitals without I, L, O and U, so that nothing is read for something else.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A slip's code: 60 random bits, twelve characters.
pub const SLIP_CODE: usize = 12;

/// A group member's code: 80 random bits, sixteen characters.
pub const MEMBER_CODE: usize = 16;

/// A code of `length` characters from random bytes, five bits of each.
pub fn code(random: &[u8], length: usize) -> String {
    random
        .iter()
        .take(length)
        .map(|byte| char::from(ALPHABET[usize::from(byte & 31)]))
        .collect()
}

/// A code in groups of four, as it is printed.
pub fn printed(code: &str) -> String {
    let mut printed = String::with_capacity(code.len() + code.len() / 4);
    for (place, character) in code.chars().enumerate() {
        if place > 0 && place % 4 == 0 {
            printed.push('-');
        }
        printed.push(character);
    }
    printed
}

/// A code as it was typed or scanned: small letters, spaces, dashes, full-width characters, O for 0 and I or L for 1 are forgiven. None
/// where it can be no code of this length.
pub fn read_code(typed: &str, length: usize) -> Option<String> {
    let mut code = String::with_capacity(length);
    for character in narrow(typed).chars() {
        let character = match character.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            '-' | '—' | '–' | '－' | '_' | '.' => continue,
            space if space.is_whitespace() => continue,
            other => other,
        };
        if code.len() == length || !ALPHABET.contains(&u8::try_from(character).ok()?) {
            return None;
        }
        code.push(character);
    }
    (code.len() == length).then_some(code)
}

/// Why a slip is not taken, told to whoever holds it. Its words are kind: members are not at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlipRefusal {
    /// No slip has this code.
    Unknown,
    /// It was used: the ballot counts once.
    Used,
    /// It was handed back or misprinted.
    Spoiled,
    /// Voting has not begun, or is over.
    NotOpen,
}

impl SlipRefusal {
    pub fn key(self) -> &'static str {
        match self {
            SlipRefusal::Unknown => "slip/unknown",
            SlipRefusal::Used => "slip/used",
            SlipRefusal::Spoiled => "slip/spoiled",
            SlipRefusal::NotOpen => "slip/not-open",
        }
    }

    pub fn sentence(self, lang: Lang) -> String {
        let (zh, en) = match self {
            SlipRefusal::Unknown => (
                "没有找到这张票。请对照票面再输一次：一共 12 个字母和数字，不分大小写。还是不行，请到工作小组换一张。",
                "No slip has this code. Please compare it with the paper and type it again: twelve letters and digits, small or capital. If it still fails, ask the working group for another slip.",
            ),
            SlipRefusal::Used => (
                "这张票已经投过了，那一次已经计入，只计一次。如果不是您投的，请告诉工作小组。",
                "This slip has been used; that ballot is counted, once. If it was not you, please tell the working group.",
            ),
            SlipRefusal::Spoiled => (
                "这张票已经作废。请到工作小组领换发的新票。",
                "This slip was declared spoiled. Please get its replacement from the working group.",
            ),
            SlipRefusal::NotOpen => (
                "现在不是投票时间：投票还没有开始，或者已经结束。您的选择没有提交。",
                "Voting is not under way: it has not begun, or it is over. Your choice was not submitted.",
            ),
        };
        match lang {
            Lang::Zh => zh.to_owned(),
            Lang::En => en.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_taken_once_while_the_gate_is_open_and_the_lock_is_the_same() {
        let second = |second| Timestamp::from_second(second).unwrap();
        let (unused, used) = (Some(SlipState::Unused), Some(SlipState::Phone));
        let refused = |refusal| Err(NotTaken::Refused(refusal));
        let cases = [
            (unused, Some(9), 1, Ok(SlipState::Phone)),
            (unused, Some(8), 1, refused(SlipRefusal::NotOpen)),
            (unused, None, 1, refused(SlipRefusal::NotOpen)),
            (unused, Some(9), 2, Err(NotTaken::Relocked)),
            (unused, None, 2, refused(SlipRefusal::NotOpen)),
            (used, Some(9), 1, refused(SlipRefusal::Used)),
            (used, None, 2, refused(SlipRefusal::Used)),
            (
                Some(SlipState::Kiosk),
                Some(9),
                1,
                refused(SlipRefusal::Used),
            ),
            (
                Some(SlipState::Spoiled),
                None,
                1,
                refused(SlipRefusal::Spoiled),
            ),
            (None, Some(9), 1, refused(SlipRefusal::Unknown)),
        ];
        for (slip, until, lock_version, expected) in cases {
            let gate = Gate {
                until: until.map(second),
                lock_version,
            };
            let vote = Vote {
                lock_version: 1,
                at_kiosk: false,
            };
            let taken = take(slip, gate, vote, second(8));
            assert_eq!(taken, expected, "{slip:?} {gate:?}");
        }
        let gate = Gate {
            until: Some(second(9)),
            lock_version: 0,
        };
        let vote = Vote {
            lock_version: 0,
            at_kiosk: true,
        };
        assert_eq!(take(unused, gate, vote, second(8)), Ok(SlipState::Kiosk));
    }

    #[test]
    fn codes_are_read_however_people_type_them() {
        let made = code(&[0, 31, 10, 1, 2, 3, 40, 255, 64, 9, 17, 18], SLIP_CODE);
        assert_eq!(printed(&made), "0ZA1-238Z-09HJ");
        for typed in [
            "0ZA1-238Z-09HJ",
            "oza1 238z o9hj",
            " 0ZAL238Z09HJ ",
            "０ＺＡ１－２３８Ｚ－０９ＨＪ",
        ] {
            assert_eq!(
                read_code(typed, SLIP_CODE).as_deref(),
                Some(made.as_str()),
                "{typed}"
            );
        }
        for typed in ["", "0ZA1-238Z-09H", "0ZA1-238Z-09HJJ", "0ZA1-238Z-09U!"] {
            assert_eq!(read_code(typed, SLIP_CODE), None, "{typed}");
        }
    }
}
