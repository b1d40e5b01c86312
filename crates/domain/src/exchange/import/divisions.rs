//! A table of administrative divisions: districts, townships, villages, each under the larger one. A code keeps its level and its place
//! for good; only its name may change.

mod refusal;

use std::collections::HashMap;

use jianjia_standard::{Text, division::DivisionWords};

use crate::{
    core::{
        text::{form::of_name, line},
        width::narrow,
    },
    exchange::import::{
        ImportColumn, ImportRow,
        divisions::refusal::DivisionRowRefusal,
        fate::{ImportReport, Outcome, Reasons, RowFate, Written, repeated},
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
    /// By key or word, as typed, also by a word of the standard.
    fn meant(words: &DivisionWords, typed: &str) -> Option<Level> {
        let form = of_name(typed);
        let mut known = words.levels.iter();
        Level::read(typed).or_else(|| {
            let (key, _) = known.find(|(_, word)| of_name(word) == form)?;
            Level::read(key)
        })
    }

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
    let columns = [
        ("code", "区划代码", "Code", true),
        ("parent_code", "上级区划代码", "Parent code", true),
        ("level", "级别", "Level", true),
        ("name", "名称", "Name", true),
    ]
    .map(|(key, zh, en, is_required)| ImportColumn::new(key, zh, en, is_required));
    ImportColumn::with_own(columns.to_vec(), &["code", "name"])
}

/// Decides about every row; `registered` are the divisions by code.
pub fn plan(
    rows: &[ImportRow],
    words: &DivisionWords,
    registered: &HashMap<String, DivisionRow>,
) -> Plan {
    let columns = columns();
    let known = Known {
        words,
        in_table: rows
            .iter()
            .filter_map(|row| {
                let level = Level::meant(words, row.get("level"))?;
                let code = plain_code(row.get("code"), registered);
                Some((code, (level, line(row.get("name")))))
            })
            .collect(),
        registered,
    };
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut plan = Plan::default();
    for (index, row) in rows.iter().enumerate() {
        let mut reasons = Reasons::of(&columns, row);
        let read = read(row, &columns, &known, &mut reasons);
        let mut written = Written::default();
        let outcome = match read {
            Some(read) if reasons.is_empty() => match seen.get(&read.code) {
                Some(earlier) => repeated(
                    &columns,
                    (&rows[*earlier], row),
                    &["code", "parent_code", "level"],
                ),
                None => {
                    seen.insert(read.code.clone(), index);
                    let writes = written_of(row, &read);
                    let outcome = decide(read, &columns, registered, reasons, &mut plan.set);
                    if matches!(outcome, Outcome::New | Outcome::Changed { .. }) {
                        written = writes;
                    }
                    outcome
                }
            },
            _ => reasons.outcome(),
        };
        plan.report
            .rows
            .push(RowFate::of(row, line(row.get("name")), outcome).writing(written));
    }
    plan
}

/// What the row writes, as it will stand in the list of divisions.
fn written_of(row: &ImportRow, read: &DivisionRow) -> Written {
    let mut written = Written::default();
    written.text(row, "code", &read.code);
    written.text(row, "parent_code", &read.parent_code);
    let (zh, en) = (read.level.word().to_owned(), read.level.key().to_owned());
    written.words(row, "level", Text { zh, en });
    written.text(row, "name", &read.name);
    written
}

/// What is known of divisions beside the row.
struct Known<'a> {
    words: &'a DivisionWords,
    /// The levels and names of the table's own, by code.
    in_table: HashMap<String, (Level, String)>,
    registered: &'a HashMap<String, DivisionRow>,
}

impl Known<'_> {
    fn level_of(&self, code: &str) -> Option<Level> {
        let known = self.registered.get(code).map(|known| known.level);
        known.or_else(|| self.in_table.get(code).map(|(level, _)| *level))
    }

    fn name_of(&self, code: &str) -> Option<&str> {
        let known = self.registered.get(code).map(|known| known.name.as_str());
        known.or_else(|| self.in_table.get(code).map(|(_, name)| name.as_str()))
    }

    /// The division's own name of one with those above it in front: 某某街道 of 江苏省常州市天宁区某某街道.
    fn own_name(&self, typed: &str, parent_code: &str) -> String {
        let typed = line(typed);
        let mut name = typed.as_str();
        for above in &self.words.above {
            // 常州 alone may begin a name of its own.
            if above.ends_with(['省', '市']) {
                name = without(name, above);
            }
        }
        let mut above: Vec<&str> = Vec::new();
        let mut code = parent_code;
        while let Some(name) = self.name_of(code) {
            above.push(name);
            let Some(upper) = self.registered.get(code) else {
                // A township's code begins with its district's.
                code = code.get(..6).filter(|upper| *upper != code).unwrap_or("");
                continue;
            };
            if upper.parent_code == code || above.len() > Level::ALL.len() {
                break;
            }
            code = &upper.parent_code;
        }
        let mut larger: Vec<&str> = self.words.above.iter().map(String::as_str).collect();
        for above in above.into_iter().rev() {
            // The table may write those above it in full, too.
            let above = larger
                .iter()
                .fold(above, |name, front| without(name, front));
            name = without(name, above);
            larger.push(above);
        }
        name.to_owned()
    }

    /// What became of a division of the past: by its code, or a district by its name.
    fn former(&self, code: &str, level: Option<Level>, name: &str) -> Option<DivisionRowRefusal> {
        let is_registered = self.registered.contains_key(code);
        let by_code = || self.words.of_code(code).filter(|_| !is_registered);
        let by_name = || {
            let is_of_now = self.name_of(code) == Some(name) && is_registered;
            let is_district = level == Some(Level::District) && !is_of_now;
            is_district.then(|| self.words.of_name(name)).flatten()
        };
        let former = by_code().or_else(by_name)?;
        Some(DivisionRowRefusal::Former {
            typed: format!("{code} {name}"),
            told: former.text.clone(),
        })
    }
}

/// A name without what stands in front of it, if a name is left: more than 社区 or 街道.
fn without<'a>(name: &'a str, front: &str) -> &'a str {
    let rest = name.strip_prefix(front).map(str::trim_start);
    rest.filter(|rest| rest.chars().count() > 2).unwrap_or(name)
}

/// A code without the zeros that fill it up to 12 or 6 digits, unless it is registered with them.
fn plain_code(typed: &str, registered: &HashMap<String, DivisionRow>) -> String {
    let typed = narrow(typed);
    if !typed.bytes().all(|byte| byte.is_ascii_digit()) {
        return typed;
    }
    let mut code = typed.as_str();
    while !registered.contains_key(code) {
        let shorter = match code.len() {
            12 | 9 => code.strip_suffix("000"),
            6 => code.strip_suffix("00"),
            _ => None,
        };
        match shorter {
            Some(shorter) => code = shorter,
            None => break,
        }
    }
    code.to_owned()
}

fn read(
    row: &ImportRow,
    columns: &[ImportColumn],
    known: &Known<'_>,
    reasons: &mut Reasons,
) -> Option<DivisionRow> {
    let mut wrong =
        |key: &str, refusal: DivisionRowRefusal| reasons.add(columns, key, &refusal.into());
    let code = plain_code(row.get("code"), known.registered);
    let parent_code = plain_code(row.get("parent_code"), known.registered);
    let level = Level::meant(known.words, row.get("level"));
    let name = known.own_name(row.get("name"), &parent_code);
    if !(2..=12).contains(&code.len()) || !code.bytes().all(|byte| byte.is_ascii_digit()) {
        let typed = code.clone();
        wrong("code", DivisionRowRefusal::NotACode { typed });
    } else if let Some(former) = known.former(&code, level, &name) {
        wrong("code", former);
    } else if !known.registered.contains_key(&code) {
        let city = &known.words.city;
        if !code.starts_with(city.as_str()) {
            let (typed, city) = (code.clone(), city.clone());
            wrong("code", DivisionRowRefusal::OutsideTheCity { typed, city });
        } else if parent_code.bytes().all(|byte| byte.is_ascii_digit())
            && !(code.starts_with(&parent_code) && code != parent_code)
        {
            let (typed, parent) = (code.clone(), parent_code.clone());
            wrong("code", DivisionRowRefusal::NotBelow { typed, parent });
        }
    }
    if name.is_empty() || name.chars().count() > NAME_AT_MOST {
        wrong("name", DivisionRowRefusal::NameWrong { most: NAME_AT_MOST });
    }
    match level {
        None => {
            let typed = line(row.get("level"));
            wrong("level", DivisionRowRefusal::LevelUnknown { typed });
        }
        Some(level) => {
            if let Some(above) = level.above()
                && known.level_of(&parent_code) != Some(above)
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
    let registered_parent = plain_code(&known.parent_code, registered);
    if (known.level, &registered_parent) != (read.level, &read.parent_code) {
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
    // What is registered with its zeros keeps them.
    let parent_code = known.parent_code.clone();
    set.push(DivisionRow {
        parent_code,
        ..read
    });
    Outcome::Changed {
        fields: vec![Text {
            zh: "名称".to_owned(),
            en: "Name".to_owned(),
        }],
    }
}
