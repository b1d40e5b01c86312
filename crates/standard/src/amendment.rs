//! Changes of a standard's text: single figures moved, clauses added to a title or dropped. The text is edited where it says them, so that everything else
//! of it stays as it was written, comments too.

mod editing;
mod finding;
mod mention;
mod question;

use serde::{Deserialize, Serialize};

use crate::amendment::editing::change_value;
use crate::amendment::mention::{add_mention, drop_mention};
pub use crate::amendment::question::with_questions;
use crate::text::Lang;
use crate::what_if::change::NEW;

/// One change, as what-if names it. What is changed is a value of the criterion `clause` as the title asks for it: `0.at_least` of its check, `2.at_least` of the second part of it, or
/// by the keys of the file (`check.at_least`). With the path `add` or `drop` the clause is added to the title or dropped from it. Without a clause it is a value
/// of the title (`needs_below`), without a title one of the standard (`rating.quorum`, `parameter.model-satisfaction`); the title `rating` is how ratings are
/// counted (`quorum`, `counts`, `of`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Change {
    pub title: String,
    pub clause: String,
    /// Keys one after the other, with the place in a list counted from 0: `check.all.1.at_least`.
    pub path: String,
    /// As it is written: `88%`, `3`, `true`, a list with commas.
    pub value: String,
}

/// The path of a change that adds a clause to a title.
pub const ADD: &str = "add";
/// The path of a change that drops a clause from a title.
pub const DROP: &str = "drop";
/// What stands in the place of a title for how ratings are counted.
const RATING: &str = "rating";

/// Why a change can't be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The text is not TOML.
    NotToml,
    NoTitle,
    NoCriterion,
    /// A question that nobody was asked yet stands in no file.
    NewQuestion,
    /// The title doesn't ask for the clause.
    NotAsked,
    /// The title asks for it already.
    AskedAlready,
    /// There is nothing at the path.
    NoValue,
    /// The value is of another sort than what stands there: an example of it.
    OtherSort {
        such_as: String,
    },
}

/// A change that can't be made: its place among the changes, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeError {
    pub place: usize,
    pub change: Change,
    pub reason: Reason,
}

impl ChangeError {
    /// What is wrong, for people.
    pub fn sentence(&self, lang: Lang) -> String {
        let Change {
            title,
            clause,
            path,
            value,
        } = &self.change;
        let number = self.place + 1;
        match lang {
            Lang::Zh => {
                let why = match &self.reason {
                    Reason::NotToml => "现行标准的文本不是合法的 TOML".to_owned(),
                    Reason::NoTitle => format!("没有“{title}”这个称号"),
                    Reason::NoCriterion => format!("没有“{clause}”这一条"),
                    Reason::NewQuestion => {
                        return format!(
                            "第 {number} 项改动：还没有问过的新问题不能自动写进标准。请在方案里去掉这一项再起草，或者下载标准的文件，写好问题和条目以后上传。"
                        );
                    }
                    Reason::NotAsked => format!("“{title}”没有列“{clause}”这一条"),
                    Reason::AskedAlready => format!("“{title}”已经列了“{clause}”这一条"),
                    Reason::NoValue => format!("“{path}”处没有可以改的数"),
                    Reason::OtherSort { such_as } => {
                        format!("“{value}”不能写在“{path}”处，那里写的是“{such_as}”这样的内容")
                    }
                };
                format!("第 {number} 项改动：{why}。请在方案里改正这一项。")
            }
            Lang::En => {
                let why = match &self.reason {
                    Reason::NotToml => "the text of the standard is not TOML".to_owned(),
                    Reason::NoTitle => format!("there is no title “{title}”"),
                    Reason::NoCriterion => format!("there is no clause “{clause}”"),
                    Reason::NewQuestion => {
                        return format!(
                            "Change {number}: a question that nobody was asked yet can't be written into the standard by itself. Take it out of the proposal, or download the standard's files, write the question and its clause, and send them."
                        );
                    }
                    Reason::NotAsked => format!("“{title}” does not ask for “{clause}”"),
                    Reason::AskedAlready => format!("“{title}” asks for “{clause}” already"),
                    Reason::NoValue => format!("there is nothing to change at “{path}”"),
                    Reason::OtherSort { such_as } => {
                        format!("“{value}” can't stand at “{path}”, which says such as “{such_as}”")
                    }
                };
                format!("Change {number}: {why}. Put it right in the proposal.")
            }
        }
    }
}

/// The text of a standard with the changes made in it, in what-if's order: clauses are added first, then figures moved, then clauses dropped. Where a criterion's check names a parameter, its newest value is changed. Where
/// several titles ask for one criterion, it is changed for its title alone. A percentage that a criterion's own words say is changed in them, too.
///
/// # Errors
/// Every change that can't be made; none is made then.
pub fn from_changes(standard_toml: &str, changes: &[Change]) -> Result<String, Vec<ChangeError>> {
    let mut text = standard_toml.to_owned();
    let mut errors = Vec::new();
    let mut ordered: Vec<(usize, &Change)> = changes.iter().enumerate().collect();
    ordered.sort_by_key(|(_, change)| match change.path.as_str() {
        ADD => 0,
        DROP => 2,
        _ => 1,
    });
    for (place, change) in ordered {
        let made = match change.path.as_str() {
            ADD if change.clause == NEW => Err(Reason::NewQuestion),
            ADD => add_mention(&text, change),
            DROP => drop_mention(&text, change),
            _ => change_value(&text, change),
        };
        match made {
            Ok(changed) => text = changed,
            Err(reason) => errors.push(ChangeError {
                place,
                change: change.clone(),
                reason,
            }),
        }
    }
    if errors.is_empty() {
        Ok(text)
    } else {
        errors.sort_by_key(|error| error.place);
        Err(errors)
    }
}
