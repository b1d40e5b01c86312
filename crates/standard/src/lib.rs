//! The programme's standard as data.

/// The two languages of every text: Chinese first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Lang {
    #[default]
    Zh,
    En,
}

/// A loaded standard.
#[derive(Clone, Debug)]
pub struct Standard {}
