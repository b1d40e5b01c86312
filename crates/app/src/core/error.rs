//! What an act or a reading answers when it can't do what was asked.

use jianjia_domain::core::{
    policy::Denial,
    refusal::{General, Refusal},
};
pub use jianjia_store::core::outage::Outage;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A decision's "no", to be told to the person.
    #[error("refused: {}", .0.key())]
    Refused(Refusal),
    /// Not there, or not for these eyes: the two are never told apart.
    #[error("not found")]
    NotFound,
    /// A failure of ours.
    #[error(transparent)]
    Internal(#[from] anyhow::Error),
}

/// What keeps the database or the files from being used, if an error comes from that and from no mistake of ours.
pub fn outage(error: &anyhow::Error) -> Option<Outage> {
    // An error of ours says what its cause says, and so hides the cause itself.
    match error.downcast_ref::<Error>() {
        Some(Error::Internal(cause)) => outage(cause),
        _ => Outage::of(error),
    }
}

pub type Result<T> = std::result::Result<T, Error>;

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Error {
        Error::Refused(refusal)
    }
}

/// Lets `?` turn the refusals of a noun into an answer: one line beside the noun's acts. (One `impl` for all nouns would overlap with that of
/// `anyhow::Error`.)
macro_rules! refuses {
    ($noun:ty) => {
        impl From<$noun> for $crate::core::error::Error {
            fn from(noun: $noun) -> $crate::core::error::Error {
                $crate::core::error::Error::Refused(noun.into())
            }
        }
    };
}
pub(crate) use refuses;

refuses!(General);

impl From<Denial> for Error {
    fn from(denial: Denial) -> Error {
        match denial {
            Denial::NotFound => Error::NotFound,
            Denial::Forbidden { act, roles } => General::NotYourRole { act, roles }.into(),
        }
    }
}
