//! A table of administrative divisions: districts, townships, villages, each under the larger one. A code keeps its level and its place
//! for good; only its name may change.

use crate::core::refusal::Refuse;
use std::collections::HashMap;

use jianjia_standard::{Lang, Text};

use crate::{
    core::{text::line, width::narrow},
    exchange::import::{
        ImportColumn, ImportRow,
        fate::{ImportReport, Outcome, Reasons, RowFate, repeated},
    },
};

jianjia_standard::keyed! {
    /// How large a division is, the largest first.
    pub enum Level {
        City = "city" / "市",
        District = "district" / "辖市、区",
        Township = "township" / "镇（街道）",
        Village = "village" / "村（社区）",
    }
}

impl Level {
    /// By key or word, as typed.
    pub fn read(typed: &str) -> Option<Level> {
        let typed = narrow(typed).to_lowercase();
        Level::ALL
            .into_iter()
            .find(|level| level.key() == typed || narrow(level.word()) == typed)
    }

    /// The level right above; none above a city, and a district may be the largest that the table knows.
    fn above(self) -> Option<Level> {
        match self {
            Level::City | Level::District => None,
            Level::Township => Some(Level::District),
            Level::Village => Some(Level::Township),
        }
    }
}

/// A division as a row has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DivisionRow {
    pub code: String,
    /// Empty: none.
    pub parent_code: String,
    pub level: Level,
    pub name: String,
}

/// What importing the table does: the divisions that are new or have a new name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    pub report: ImportReport,
    pub set: Vec<DivisionRow>,
}

const NAME_AT_MOST: usize = 60;

pub fn columns() -> Vec<ImportColumn> {
    [
        ("code", "区划代码", "Code", true),
        ("parent_code", "上级区划代码", "Parent code", true),
        ("level", "级别", "Level", true),
        ("name", "名称", "Name", true),
    ]
    .map(|(key, zh, en, is_required)| ImportColumn::new(key, zh, en, is_required))
    .to_vec()
}

/// Decides about every row; `registered` are the divisions by code.
pub fn plan(rows: &[ImportRow], registered: &HashMap<String, DivisionRow>) -> Plan {
    let columns = columns();
    let in_table: HashMap<String, Level> = rows
        .iter()
        .filter_map(|row| Some((narrow(row.get("code")), Level::read(row.get("level"))?)))
        .collect();
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut plan = Plan::default();
    for (index, row) in rows.iter().enumerate() {
        let level_of = |code: &str| {
            let known = registered.get(code).map(|known| known.level);
            known.or_else(|| in_table.get(code).copied())
        };
        let mut reasons = Reasons::of(&columns, row);
        let read = read(row, &columns, level_of, &mut reasons);
        let outcome = match read {
            Some(read) if reasons.is_empty() => match seen.get(&read.code) {
                Some(earlier) => repeated(
                    &columns,
                    (&rows[*earlier], row),
                    &["code", "parent_code", "level"],
                ),
                None => {
                    seen.insert(read.code.clone(), index);
                    decide(read, &columns, registered, reasons, &mut plan.set)
                }
            },
            _ => reasons.outcome(),
        };
        plan.report
            .rows
            .push(RowFate::of(row, line(row.get("name")), outcome));
    }
    plan
}

fn read(
    row: &ImportRow,
    columns: &[ImportColumn],
    level_of: impl Fn(&str) -> Option<Level>,
    reasons: &mut Reasons,
) -> Option<DivisionRow> {
    let mut wrong =
        |key: &str, refusal: DivisionRowRefusal| reasons.add(columns, key, &refusal.into());
    let code = narrow(row.get("code"));
    if !(2..=12).contains(&code.len()) || !code.bytes().all(|byte| byte.is_ascii_digit()) {
        let typed = code.clone();
        wrong("code", DivisionRowRefusal::NotACode { typed });
    }
    let name = line(row.get("name"));
    if name.is_empty() || name.chars().count() > NAME_AT_MOST {
        wrong("name", DivisionRowRefusal::NameWrong { most: NAME_AT_MOST });
    }
    let level = Level::read(row.get("level"));
    let parent_code = narrow(row.get("parent_code"));
    match level {
        None => {
            let typed = line(row.get("level"));
            wrong("level", DivisionRowRefusal::LevelUnknown { typed });
        }
        Some(level) => {
            if let Some(above) = level.above()
                && level_of(&parent_code) != Some(above)
            {
                let typed = parent_code.clone();
                wrong(
                    "parent_code",
                    DivisionRowRefusal::ParentUnknown { typed, above },
                );
            }
        }
    }
    Some(DivisionRow {
        code,
        parent_code,
        level: level?,
        name,
    })
}

fn decide(
    read: DivisionRow,
    columns: &[ImportColumn],
    registered: &HashMap<String, DivisionRow>,
    mut reasons: Reasons,
    set: &mut Vec<DivisionRow>,
) -> Outcome {
    let Some(known) = registered.get(&read.code) else {
        set.push(read);
        return Outcome::New;
    };
    if (known.level, &known.parent_code) != (read.level, &read.parent_code) {
        let refusal = DivisionRowRefusal::Moved {
            parent_code: known.parent_code.clone(),
            level: known.level,
        };
        reasons.add(columns, "code", &refusal.into());
        return reasons.outcome();
    }
    if known.name == read.name {
        return Outcome::Unchanged;
    }
    set.push(read);
    Outcome::Changed {
        fields: vec![Text {
            zh: "名称".to_owned(),
            en: "Name".to_owned(),
        }],
    }
}

/// Why a row can't be taken.
#[derive(Clone, Debug, PartialEq)]
pub enum DivisionRowRefusal {
    NotACode {
        typed: String,
    },
    NameWrong {
        most: usize,
    },
    LevelUnknown {
        typed: String,
    },
    ParentUnknown {
        typed: String,
        above: Level,
    },
    /// The code is registered elsewhere or as something else.
    Moved {
        parent_code: String,
        level: Level,
    },
}

impl Refuse for DivisionRowRefusal {
    fn key(&self) -> &'static str {
        match self {
            DivisionRowRefusal::NotACode { .. } => "division-row/not-a-code",
            DivisionRowRefusal::NameWrong { .. } => "division-row/name-wrong",
            DivisionRowRefusal::LevelUnknown { .. } => "division-row/level-unknown",
            DivisionRowRefusal::ParentUnknown { .. } => "division-row/parent-unknown",
            DivisionRowRefusal::Moved { .. } => "division-row/moved",
        }
    }

    fn sentence(&self, lang: Lang) -> String {
        match (self, lang) {
            (DivisionRowRefusal::NotACode { typed }, Lang::Zh) => {
                format!("“{typed}”不是区划代码。请填统计用区划代码，2 到 12 位数字，如 320402。")
            }
            (DivisionRowRefusal::NotACode { typed }, Lang::En) => format!(
                "“{typed}” is not a division code. Enter the statistical code of 2 to 12 digits, such as 320402."
            ),
            (DivisionRowRefusal::NameWrong { most }, Lang::Zh) => {
                format!("名称没有填，或超过 {most} 个字。请填区划的名称，如“天宁区”。")
            }
            (DivisionRowRefusal::NameWrong { most }, Lang::En) => format!(
                "The name is missing or longer than {most} characters. Enter the name of the division."
            ),
            (DivisionRowRefusal::LevelUnknown { typed }, Lang::Zh) => format!(
                "“{typed}”不是区划的级别。请从这些当中选一个：{}。",
                Level::ALL.map(Level::word).join("；")
            ),
            (DivisionRowRefusal::LevelUnknown { typed }, Lang::En) => format!(
                "“{typed}” is not a level of divisions. Choose one of: {}.",
                Level::ALL.map(Level::key).join(", ")
            ),
            (DivisionRowRefusal::ParentUnknown { typed, above }, Lang::Zh) => format!(
                "上级区划“{typed}”不在表里，也没有登记过，或者不是{}。请核对代码，或把上级也放进表里。",
                above.word()
            ),
            (DivisionRowRefusal::ParentUnknown { typed, above }, Lang::En) => format!(
                "The parent “{typed}” is neither in the table nor registered, or is not a {}. Check the code, or add the parent to the table.",
                above.key()
            ),
            (DivisionRowRefusal::Moved { parent_code, level }, Lang::Zh) => format!(
                "这个代码登记的是{}，上级代码“{parent_code}”，与表里的不同。代码的级别和上级不会改变：区划调整后有新代码的，请另起一行登记新代码。",
                level.word()
            ),
            (DivisionRowRefusal::Moved { parent_code, level }, Lang::En) => format!(
                "The code is registered as a {} under “{parent_code}”, not as in the table. A code never changes its level or parent: enter the new code in a row of its own.",
                level.key()
            ),
        }
    }
}
