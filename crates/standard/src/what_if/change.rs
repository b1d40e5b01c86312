//! A change of a standard as data: which title, which clause, what of it, and the new value. Its name and value are one pair of an address.

use serde::{Deserialize, Serialize};

use crate::programme::Standard;
use crate::text::Lang;

/// What stands in place of a title's key for what is of the whole standard: how members' ratings are counted.
pub const RATING: &str = "rating";

/// The clause that stands for a question which nobody has been asked yet.
pub const NEW: &str = "new";

/// What goes before the key of a fact that is asked for as a clause of its own.
pub const FACT: &str = "fact:";

/// The most changes at once: many times more than anybody moves by hand.
pub const MOST_CHANGES: usize = 200;

/// One change. What it means is decided by [`crate::what_if::apply::apply`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Change {
    /// The key of the title; `rating` for how ratings are counted.
    pub title: String,
    /// The clause of the criterion; empty for what is of no criterion. To be added: also `fact:KEY`, and `new`.
    pub clause: String,
    /// `add`, `drop`, or a parameter of the check: the place of a check within the criterion's, and what of it: `0.at_least`.
    pub path: String,
    pub value: String,
}

impl Change {
    /// Its name in addresses and forms: `model-home.M5d.0.at_least`, `rating.quorum`.
    pub fn name(&self) -> String {
        name(&self.title, &self.clause, &self.path)
    }

    /// Reads a pair of an address; `None` where the name is no change's. `model-home.add=T2` adds a clause, as `model-home.T2.add=yes` does.
    pub fn read(name: &str, value: &str) -> Option<Change> {
        let (title, rest) = name.split_once('.')?;
        let (clause, path, value) = match rest.split_once('.') {
            _ if title == RATING => ("", rest, value),
            Some((clause, path)) => (clause, path, value),
            None if rest == "add" => (value, "add", "yes"),
            None => return None,
        };
        let change = Change {
            title: title.to_owned(),
            clause: clause.to_owned(),
            path: path.to_owned(),
            value: plain(value),
        };
        (!change.title.is_empty() && !change.path.is_empty()).then_some(change)
    }
}

/// The name of a change of something.
pub fn name(title: &str, clause: &str, path: &str) -> String {
    match clause {
        "" => format!("{title}.{path}"),
        clause => format!("{title}.{clause}.{path}"),
    }
}

/// As typed on any keyboard: without spaces at the ends, digits and signs of full width as the others.
fn plain(value: &str) -> String {
    let narrow = |letter: char| match letter {
        '０'..='９' => {
            char::from_digit(u32::from(letter) - u32::from('０'), 10).unwrap_or(letter)
        }
        '％' => '%',
        '．' => '.',
        _ => letter,
    };
    value.trim().chars().map(narrow).collect()
}

/// A change that can't be made, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The change's name, under which it stands in the form.
    pub name: String,
    pub why: Why,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    TooMany,
    NoSuchTitle(String),
    /// The title has no criterion of this clause.
    NoSuchClause {
        title: String,
        clause: String,
    },
    /// The criterion has nothing of that name that could be changed.
    NoSuchParameter {
        clause: String,
    },
    /// The title asks for the clause already.
    AskedAlready {
        title: String,
        clause: String,
    },
    /// Nobody who can hold the title is asked for the clause.
    AppliesToNobody {
        title: String,
        clause: String,
    },
    /// Something else than a percentage.
    NoRate {
        typed: String,
    },
    /// More than 0 % and at most 100 %.
    RateOutOfRange {
        typed: String,
    },
    NoNumber {
        typed: String,
    },
    OutOfRange {
        typed: String,
        least: u64,
        most: u64,
    },
    /// Not one of the choices.
    NoChoice {
        typed: String,
    },
    NoQuorum {
        typed: String,
    },
    /// The log of activities goes back so many months.
    TooFarBack {
        months: usize,
    },
}

impl Refused {
    /// What is refused, why, and what to do. Titles and clauses are called as the standard calls them.
    pub fn sentence(&self, standard: &Standard, lang: Lang) -> String {
        self.why.sentence(standard, lang)
    }
}

impl Why {
    /// A stable key for tests and the log.
    pub fn key(&self) -> &'static str {
        match self {
            Why::TooMany => "too-many",
            Why::NoSuchTitle(_) => "no-such-title",
            Why::NoSuchClause { .. } => "no-such-clause",
            Why::NoSuchParameter { .. } => "no-such-parameter",
            Why::AskedAlready { .. } => "asked-already",
            Why::AppliesToNobody { .. } => "applies-to-nobody",
            Why::NoRate { .. } => "no-rate",
            Why::RateOutOfRange { .. } => "rate-out-of-range",
            Why::NoNumber { .. } => "no-number",
            Why::OutOfRange { .. } => "out-of-range",
            Why::NoChoice { .. } => "no-choice",
            Why::NoQuorum { .. } => "no-quorum",
            Why::TooFarBack { .. } => "too-far-back",
        }
    }

    fn sentence(&self, standard: &Standard, lang: Lang) -> String {
        let title = |key: &String| {
            let found = standard.title(key);
            found.map_or_else(|| key.clone(), |title| title.name.get(lang).to_owned())
        };
        let clause = |key: &String| match standard.criterion(key) {
            Some(criterion) => match lang {
                Lang::Zh => format!("“{}”（{key}）", criterion.name.zh),
                Lang::En => format!("\"{}\" ({key})", criterion.name.en),
            },
            None => {
                let fact = standard.fact(key.strip_prefix(FACT).unwrap_or(key));
                fact.map_or_else(
                    || key.clone(),
                    |fact| match lang {
                        Lang::Zh => format!("“{}”", fact.name.zh),
                        Lang::En => format!("\"{}\"", fact.name.en),
                    },
                )
            }
        };
        match lang {
            Lang::Zh => self.in_chinese(title, clause),
            Lang::En => self.in_english(title, clause),
        }
    }

    fn in_chinese(
        &self,
        title: impl Fn(&String) -> String,
        clause: impl Fn(&String) -> String,
    ) -> String {
        match self {
            Why::TooMany => format!("一次最多改 {MOST_CHANGES} 处，请去掉一些改动再看。"),
            Why::NoSuchTitle(key) => format!("现行标准里没有“{key}”这个称号，请从本页的表单里改。"),
            Why::NoSuchClause {
                title: of,
                clause: key,
            } => format!(
                "{}没有{}这一条，改不了；请从本页列出的条目里选。",
                title(of),
                clause(key)
            ),
            Why::NoSuchParameter { clause: key } => {
                format!("{}没有这个可以改的数，请从本页列出的数里改。", clause(key))
            }
            Why::AskedAlready {
                title: of,
                clause: key,
            } => format!(
                "{}已经有{}这一条，不用再加；要改它的数，请直接改。",
                title(of),
                clause(key)
            ),
            Why::AppliesToNobody {
                title: of,
                clause: key,
            } => format!(
                "{}不适用于任何可以获得{}的单位，加上也不起作用；请选别的条目。",
                clause(key),
                title(of)
            ),
            Why::NoRate { typed } => {
                format!("“{typed}”不是百分比。请填 88 或 88%，最多六位小数。")
            }
            Why::RateOutOfRange { typed } => {
                format!("“{typed}”超出范围：比例要大于 0%、不超过 100%。请改成这个范围里的数。")
            }
            Why::NoNumber { typed } => format!("“{typed}”不是整数。请填一个整数。"),
            Why::OutOfRange { typed, least, most } => {
                format!("“{typed}”超出范围：请填 {least} 到 {most} 的整数。")
            }
            Why::NoChoice { typed } => format!("没有“{typed}”这种选法，请从列出的选项里选一个。"),
            Why::NoQuorum { typed } => format!(
                "“{typed}”不是参评比例。请写成 more than 1/2（超过一半）或 at least 2/3（不少于三分之二）。"
            ),
            Why::TooFarBack { months } => format!(
                "活动只看得到截止日以前 {months} 个完整的月，这样改要看更早的。请减少期数：按月最多 12 个月，按季度最多 4 个季度。"
            ),
        }
    }

    fn in_english(
        &self,
        title: impl Fn(&String) -> String,
        clause: impl Fn(&String) -> String,
    ) -> String {
        match self {
            Why::TooMany => format!(
                "At most {MOST_CHANGES} things can be changed at once. Take some back and look again."
            ),
            Why::NoSuchTitle(key) => format!(
                "The standard in force has no title \"{key}\". Please change it in the form on this page."
            ),
            Why::NoSuchClause {
                title: of,
                clause: key,
            } => format!(
                "The title {} has no clause {}, so it can't be changed. Choose one that this page lists.",
                title(of),
                clause(key)
            ),
            Why::NoSuchParameter { clause: key } => format!(
                "{} has no such figure to change. Choose one that this page lists.",
                clause(key)
            ),
            Why::AskedAlready {
                title: of,
                clause: key,
            } => format!(
                "The title {} asks for {} already. To change its figure, change it there.",
                title(of),
                clause(key)
            ),
            Why::AppliesToNobody {
                title: of,
                clause: key,
            } => format!(
                "{} applies to nobody who can hold the title {}, so adding it does nothing. Choose another.",
                clause(key),
                title(of)
            ),
            Why::NoRate { typed } => {
                format!("\"{typed}\" is no percentage. Write 88 or 88%, with at most six decimals.")
            }
            Why::RateOutOfRange { typed } => format!(
                "\"{typed}\" is out of range: a rate is more than 0 % and at most 100 %. Please change it."
            ),
            Why::NoNumber { typed } => format!("\"{typed}\" is no whole number. Please write one."),
            Why::OutOfRange { typed, least, most } => {
                format!("\"{typed}\" is out of range: write a whole number from {least} to {most}.")
            }
            Why::NoChoice { typed } => {
                format!("There is no choice \"{typed}\". Please take one of those listed.")
            }
            Why::NoQuorum { typed } => {
                format!("\"{typed}\" is no quorum. Write \"more than 1/2\" or \"at least 2/3\".")
            }
            Why::TooFarBack { months } => format!(
                "Activities are known for the {months} complete months before the day; this would look further back. Take fewer periods: at most 12 months, or 4 quarters."
            ),
        }
    }
}
