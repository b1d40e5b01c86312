//! The archive of a year's round: why it can't be made.

use jianjia_standard::Lang;

use crate::core::refusal::Refuse;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ArchiveRefusal {
    /// Nothing was applied for in the year.
    NoRound { year: i16 },
}

impl Refuse for ArchiveRefusal {
    fn key(&self) -> &'static str {
        match self {
            ArchiveRefusal::NoRound { .. } => "archive/no-round",
        }
    }

    fn sentence(&self, lang: Lang) -> String {
        match (self, lang) {
            (ArchiveRefusal::NoRound { year }, Lang::Zh) => format!(
                "{year}年度没有申报，也没有定过日程，没有可以归档的内容。请选一个办过的年度。"
            ),
            (ArchiveRefusal::NoRound { year }, Lang::En) => format!(
                "Nothing was applied for in {year} and no days were set for it, so there is nothing to archive. Choose a year that had a round."
            ),
        }
    }
}
