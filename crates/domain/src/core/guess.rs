//! The brake on guessing: what may be guessed at, how often for nothing, and how long to wait then.

use jiff::{SignedDuration, Timestamp};

jianjia_standard::keyed! {
    /// What guesses are counted by.
    pub enum Guessed {
        /// The login that was tried.
        Login = "login",
        /// The network they came from.
        Network = "network",
        /// A browser in which the account signed in before: for it the other two don't count, or strangers could keep an owner out.
        KnownBrowser = "known-browser",
        /// The network from which one-time codes of invitations are typed.
        InvitationCode = "invitation-code",
        /// The current password, asked of somebody who is signed in.
        OwnPassword = "own-password",
        /// A code of the second factor, asked of somebody who knows the password.
        Factor = "factor",
        /// Letters that the public wrote from a network.
        Letter = "letter",
        /// The code of a letter, from a network.
        LetterCode = "letter-code",
        /// Objections of a day from a network.
        Objection = "objection",
        /// All objections of a day.
        Objections = "objections",
        /// The code of an objection, from a network.
        ObjectionCode = "objection-code",
        /// Codes for another password that were asked for one user name, telephone number or address as it was typed from one network, or from a browser in
        /// which somebody signed in before.
        Reset = "reset",
        /// The same from a network.
        ResetNetwork = "reset-network",
        /// Such codes that were sent: to an account, to an address, to an account for one network, or for a browser that it knows.
        ResetSent = "reset-sent",
    }
}

impl Guessed {
    /// Failures that cost nothing. A network is shared by a whole office, so it has more; a known browser's cookie may be stolen, so it has less.
    fn free(self) -> i64 {
        match self {
            Guessed::Login | Guessed::OwnPassword | Guessed::Factor => 5,
            // A hall of new chairs types codes over one line.
            Guessed::Network | Guessed::InvitationCode => 40,
            // Nobody writes more letters a day; a factory behind one address may.
            Guessed::Letter | Guessed::LetterCode | Guessed::ObjectionCode => 10,
            // How many of these count at once is said by `round::objection`.
            Guessed::Objection | Guessed::Objections => 0,
            Guessed::ResetNetwork => 10,
            Guessed::KnownBrowser | Guessed::Reset | Guessed::ResetSent => 3,
        }
    }
}

/// A known browser that failed so often is known no longer.
pub const KNOWN_AT_MOST: i64 = 10;

/// Failures older than this are forgotten.
pub const KEPT: SignedDuration = SignedDuration::from_hours(24);

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
    // A clock that ran ahead left an instant that is still to come: it counts as now, so that nobody waits longer than the rule says.
    let left = minutes * 60 - now.duration_since(last_at.min(now)).as_secs();
    (left > 0).then(|| (left + 59) / 60)
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
    fn a_clock_that_ran_ahead_makes_nobody_wait_longer() {
        let now = Timestamp::from_second(1_476_900_000).unwrap();
        let ahead = now + SignedDuration::from_hours(24 * 365);
        assert_eq!(
            minutes_to_wait(Guessed::Login, 60, ahead, now),
            Some(15),
            "the rule's longest"
        );
    }
}
