//! How an act or a reading fails.

use jianjia_domain::core::{
    policy::Denial,
    refusal::{General, Refusal},
};
pub use jianjia_store::core::outage::Outage;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The domain refused, with a sentence for the person.
    #[error("refused: {}", .0.key())]
    Refused(Refusal),
    /// It does not exist, or the actor may not see it: the two are never distinguished.
    #[error("not found")]
    NotFound,
    /// An internal error.
    #[error(transparent)]
    Internal(#[from] anyhow::Error),
}

/// The outage of the database or the files behind an error; `None` if the error is the program's own.
pub fn outage(error: &anyhow::Error) -> Option<Outage> {
    // `Error::Internal` is transparent and so hides its cause from `chain()`.
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
