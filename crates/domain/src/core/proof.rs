//! What stands behind an act besides the password: the second factor, given anew before what matters most.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::core::refusal::General;

/// How long a second factor that was given counts for the acts that ask for it (`policy::STEP_UP`).
pub const PROVED_FOR: SignedDuration = SignedDuration::from_mins(10);

/// What stands behind somebody's acts. It is made where a session is read; an act asks it in its own transaction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Proof {
    /// The password alone: the account has no second factor, and none is asked of its roles. The program itself is asked for none either.
    #[default]
    Password,
    /// The second factor, given in this session last at this instant; never is none.
    Factor { given_at: Option<Timestamp> },
    /// An access token: it reads.
    Token,
}

impl Proof {
    /// Whether it is enough for an act that asks for the second factor anew.
    ///
    /// # Errors
    /// `ProofAsked` when the factor was not given within the last minutes; `ByToken`.
    pub fn is_fresh(self, now: Timestamp) -> Result<(), General> {
        match self {
            Proof::Password => Ok(()),
            Proof::Factor {
                given_at: Some(given_at),
            } if now.duration_since(given_at).abs() < PROVED_FOR => Ok(()),
            Proof::Factor { .. } => Err(General::ProofAsked),
            Proof::Token => Err(General::ByToken),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_factor_counts_for_ten_minutes_and_a_token_never() {
        let now = Timestamp::from_second(1_476_900_000).unwrap();
        let given = |minutes| {
            let given_at = Some(now - SignedDuration::from_mins(minutes));
            Proof::Factor { given_at }.is_fresh(now)
        };
        assert_eq!(Proof::Password.is_fresh(now), Ok(()));
        assert_eq!(
            [given(0), given(9), given(10), given(-11)],
            [
                Ok(()),
                Ok(()),
                Err(General::ProofAsked),
                Err(General::ProofAsked)
            ]
        );
        assert_eq!(
            Proof::Factor { given_at: None }.is_fresh(now),
            Err(General::ProofAsked)
        );
        assert_eq!(Proof::Token.is_fresh(now), Err(General::ByToken));
    }
}
