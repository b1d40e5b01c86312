//! The questions of the year sheet, whom they are asked, and their typed answers.

mod bounds;
pub(crate) mod reading;

use jiff::civil::Date;

use crate::keyed;
use crate::kinds::Kind;
use crate::text::Text;

pub use crate::fact::bounds::{Impossible, impossible};

/// A group of questions on the year sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactGroup {
    pub key: String,
    pub name: Text,
}

/// One question of the year sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    pub key: String,
    /// Key of its group.
    pub group: String,
    pub kind: FactKind,
    pub name: Text,
    pub question: Text,
    pub hint: Option<Text>,
    /// The unit of a number, such as 人.
    pub unit: Option<Text>,
    /// The answers of a choice.
    pub choices: Vec<String>,
    /// Smallest possible number (yuan for money).
    pub min: Option<u64>,
    /// Largest possible number (yuan for money).
    pub max: Option<u64>,
    /// The fact that this number can't exceed.
    pub at_most: Option<String>,
    /// The kinds that are asked; by default every kind of a title whose criteria use the fact.
    pub ask_kinds: Vec<Kind>,
    /// Asked only where this fact is true.
    pub ask_when: Option<String>,
    /// Whether a reviewer expects a document.
    pub evidence: bool,
    /// False when last year's answer is likely still right.
    pub changes_yearly: bool,
    /// The source from which the system knows it without asking.
    pub from: Option<FactSource>,
    /// What to do about a shortage, with `{n}` for the number: 再发展 {n} 名会员.
    pub more: Option<Text>,
}

impl Fact {
    /// What may stand behind its number: 人.
    pub fn unit_words(&self) -> impl Iterator<Item = &str> + Clone {
        let units = self.unit.iter();
        units.flat_map(|unit| [unit.zh.as_str(), unit.en.as_str()])
    }
}

keyed! {
    /// The type of an answer.
    pub enum FactKind {
        Truth = "truth",
        Count = "count",
        /// Yuan in files and forms, fen in memory.
        Money = "money",
        Date = "date",
        Level = "level",
        Choice = "choice",
    }
}

impl FactKind {
    /// Whether answers are numbers, which may have bounds.
    pub fn is_number(self) -> bool {
        matches!(self, FactKind::Count | FactKind::Money | FactKind::Level)
    }
}

keyed! {
    /// The source from which the system knows a fact.
    pub enum FactSource {
        Register = "register",
        Titles = "titles",
        Activities = "activities",
        Rating = "rating",
    }
}

/// A known answer. Unknown answers have no value at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FactValue {
    Truth(bool),
    /// A count or a level.
    Number(u64),
    /// Money in fen.
    Money(u64),
    Date(Date),
    Choice(String),
}

/// The earliest day of a founding or an election that is accepted: no union is older, and spreadsheets count days from it.
pub const EARLIEST_DAY: Date = Date::constant(1900, 1, 1);
/// The largest number accepted as an answer.
pub const LARGEST_NUMBER: u64 = 4_000_000_000;
/// The largest sum of money accepted, in fen.
pub const LARGEST_MONEY_FEN: u64 = 1_000_000_000_000_000;

impl FactValue {
    /// The answer as stored.
    pub fn to_json(&self) -> serde_json::Value {
        use serde_json::Value;
        match self {
            FactValue::Truth(truth) => Value::from(*truth),
            FactValue::Number(number) => Value::from(*number),
            FactValue::Money(fen) if fen % 100 == 0 => Value::from(fen / 100),
            FactValue::Money(_) => self.to_string().parse().map_or(Value::Null, Value::Number),
            FactValue::Date(date) => Value::from(date.to_string()),
            FactValue::Choice(choice) => Value::from(choice.clone()),
        }
    }
}

impl std::fmt::Display for FactValue {
    /// The answer as typed; money in yuan.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            FactValue::Truth(truth) => write!(formatter, "{truth}"),
            FactValue::Number(number) => write!(formatter, "{number}"),
            FactValue::Money(fen) if fen % 100 == 0 => write!(formatter, "{}", fen / 100),
            FactValue::Money(fen) => write!(formatter, "{}.{:02}", fen / 100, fen % 100),
            FactValue::Date(date) => write!(formatter, "{date}"),
            FactValue::Choice(choice) => formatter.write_str(choice),
        }
    }
}

/// As in a judge line.
impl serde::Serialize for FactValue {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            FactValue::Choice(choice) => match choice.parse::<u64>() {
                Ok(number) if is_whole(choice) => serializer.serialize_u64(number),
                _ => serializer.serialize_str(choice),
            },
            _ => self.to_json().serialize(serializer),
        }
    }
}

/// Whether a choice is written as a whole number.
fn is_whole(choice: &str) -> bool {
    !choice.is_empty() && choice.bytes().all(|byte| byte.is_ascii_digit())
}
