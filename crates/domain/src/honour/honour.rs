//! A title held (clauses P2, P4, P5): it begins with the naming, carries a number, can be suspended, resumed, revoked or withdrawn with
//! its whole batch, each with a reason. Nothing is deleted: [`HonourEvent`] tells the story.

use jianjia_standard::{Lang, kinds::HonourLevel, programme::Title};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::core::{
    ids::{AccountId, ApplicationId, HonourId, PersonId, UnitId},
    place::UnitKind,
};

mod change;
mod refusal;
pub use change::{
    HonourChange, acts_from, change, checked, checked_document_number, counts_when_reconfirmed,
    in_charge, reconfirm, unchanged,
};
pub use refusal::HonourRefusal;

/// A title held by a unit or by a person of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Honour {
    pub id: HonourId,
    pub title: String,
    pub level: HonourLevel,
    /// The round's year; for titles from before the programme, the year in which they were given.
    pub year: i16,
    pub unit: UnitId,
    pub unit_path: String,
    pub unit_kind: UnitKind,
    pub division: String,
    /// The unit's name when the title was given.
    pub holder_name: String,
    pub holder_sort_key: String,
    pub person: Option<PersonId>,
    /// Empty for a title of the unit's own.
    pub person_name: String,
    /// Empty for an old title whose number is not known.
    pub number: String,
    pub begun_on: Date,
    pub state: HonourState,
    /// Clause P5: the federation found that the holder still meets the conditions.
    pub reconfirmed: bool,
    pub reconfirmed_by: Option<UnitId>,
    pub source: HonourSource,
    pub named_by: Option<UnitId>,
    pub application: Option<ApplicationId>,
    /// Shared by the titles that were given in one act; empty for old titles.
    pub batch: String,
    pub revision: i64,
    pub recorded_at: Timestamp,
}

impl Honour {
    /// Whether the title counts today: neither suspended nor revoked nor withdrawn.
    pub fn is_in_force(&self) -> bool {
        self.state == HonourState::InForce
    }

    /// Who holds it, in words, as an application says who applies.
    pub fn holder_in_words(&self) -> String {
        if self.person_name.is_empty() {
            self.holder_name.clone()
        } else {
            format!("{}（{}）", self.person_name, self.holder_name)
        }
    }
}

jianjia_standard::keyed! {
    pub enum HonourState {
        InForce = "in-force" / "有效",
        Suspended = "suspended" / "暂停",
        Revoked = "revoked" / "撤销",
        Withdrawn = "withdrawn" / "收回",
    }
}

impl HonourState {
    fn name(self, lang: Lang) -> &'static str {
        match (lang, self) {
            (Lang::Zh, _) => self.word(),
            (Lang::En, HonourState::InForce) => "in force",
            (Lang::En, HonourState::Suspended) => "suspended",
            (Lang::En, HonourState::Revoked) => "revoked",
            (Lang::En, HonourState::Withdrawn) => "withdrawn",
        }
    }
}

jianjia_standard::keyed! {
    pub enum HonourSource {
        /// By a decision in this system.
        Named = "named",
        /// An old title, brought in from a list.
        Imported = "imported",
    }
}

jianjia_standard::keyed! {
    /// What can happen to a title held.
    pub enum HonourAct {
        Named = "named" / "命名",
        Imported = "imported" / "录入",
        Suspended = "suspended" / "暂停",
        Resumed = "resumed" / "恢复",
        Revoked = "revoked" / "撤销",
        Withdrawn = "withdrawn" / "收回",
        Reconfirmed = "reconfirmed" / "复核仍符合条件",
    }
}

impl HonourAct {
    fn name(self, lang: Lang) -> &'static str {
        match (lang, self) {
            (Lang::Zh, _) => self.word(),
            (Lang::En, HonourAct::Named) => "name",
            (Lang::En, HonourAct::Imported) => "record",
            (Lang::En, HonourAct::Suspended) => "suspend",
            (Lang::En, HonourAct::Resumed) => "resume",
            (Lang::En, HonourAct::Revoked) => "revoke",
            (Lang::En, HonourAct::Withdrawn) => "withdraw",
            (Lang::En, HonourAct::Reconfirmed) => "reconfirm",
        }
    }
}

/// One thing that happened to a title held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HonourEvent {
    /// A time-ordered id of its own, as text.
    pub id: String,
    pub honour: HonourId,
    pub act: HonourAct,
    pub reason: String,
    pub document_number: String,
    /// None for what the command line or an import did.
    pub account: Option<AccountId>,
    pub account_name: String,
    pub at: Timestamp,
}

/// The number that a title carries, by its format: `{year}` and `{number}` are filled in.
pub fn number(title: &Title, year: i16, number: i64) -> String {
    title
        .number_format
        .replace("{year}", &year.to_string())
        .replace("{number}", &number.to_string())
}

/// The name of the counter that numbers a title's honours of a year.
pub fn counter(title: &str, year: i16) -> String {
    format!("honour:{title}:{year}")
}

/// A personal name as the public sees it: the family name stays, a star for each further character (two at most).
pub fn masked(name: &str) -> String {
    let characters: Vec<char> = name.trim().chars().collect();
    let family = if characters.len() > 2
        && COMPOUND.contains(&characters[..2].iter().collect::<String>().as_str())
    {
        2
    } else {
        1
    };
    let shown: String = characters.iter().take(family).collect();
    let stars = characters.len().saturating_sub(family).clamp(1, 2);
    if characters.is_empty() {
        String::new()
    } else {
        format!("{shown}{}", "*".repeat(stars))
    }
}

/// Family names of two characters.
const COMPOUND: &[&str] = &[
    "欧阳", "太史", "端木", "上官", "司马", "东方", "独孤", "南宫", "万俟", "闻人", "夏侯", "诸葛",
    "尉迟", "公羊", "赫连", "澹台", "皇甫", "宗政", "濮阳", "公冶", "太叔", "申屠", "公孙", "慕容",
    "仲孙", "钟离", "长孙", "宇文", "司徒", "鲜于", "司空", "闾丘", "令狐", "轩辕", "百里", "呼延",
];

/// The level in words.
pub fn level_name(level: HonourLevel, lang: Lang) -> &'static str {
    match (lang, level) {
        (Lang::Zh, HonourLevel::County) => "县（区）级",
        (Lang::Zh, HonourLevel::City) => "市级",
        (Lang::Zh, HonourLevel::Province) => "省级",
        (Lang::Zh, HonourLevel::Nation) => "国家级",
        (Lang::En, HonourLevel::County) => "County level",
        (Lang::En, HonourLevel::City) => "City level",
        (Lang::En, HonourLevel::Province) => "Province level",
        (Lang::En, HonourLevel::Nation) => "National level",
    }
}

/// A title that a table brings in, to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTitle {
    /// The place in the units.
    pub unit: usize,
    /// The place in the people, for a personal title.
    pub person: Option<usize>,
    pub title: String,
    pub level: HonourLevel,
    pub year: i16,
    pub number: String,
    pub begun_on: Date,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_masked_but_for_the_family_name() {
        let check = |name: &str, expect: &str| assert_eq!(masked(name), expect);
        check("张三", "张*");
        check("张三丰", "张**");
        check("欧阳修", "欧阳*");
        check("欧阳锋华", "欧阳**");
        check("欧阳", "欧*");
        check("买买提·艾力", "买**");
        check(" 李四 ", "李*");
        check("王", "王*");
        check("", "");
    }
}
