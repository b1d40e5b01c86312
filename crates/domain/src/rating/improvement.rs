//! What a union will improve after its rating, and its report the year after (clause M5b).

use crate::core::refusal::Refuse;
use jianjia_standard::Lang;
use jiff::Timestamp;

use crate::core::{
    ids::{ImprovementId, UnitId},
    refusal::Refusal,
    width::has_control,
};

/// One thing to improve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Improvement {
    pub id: ImprovementId,
    pub unit: UnitId,
    pub unit_path: String,
    /// The year of the rating that it follows.
    pub year: i16,
    pub text: String,
    pub said_by_name: String,
    pub said_at: Timestamp,
    pub report: Option<Report>,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    pub text: String,
    pub by_name: String,
    pub at: Timestamp,
}

const LONGEST: usize = 500;

/// The text of a plan or a report.
///
/// # Errors
/// `Empty` or `TooLong` at the field.
pub fn text(field: &str, typed: &str) -> Result<String, Refusal> {
    let text = typed.trim().replace("\r\n", "\n");
    let length = text.chars().count();
    let refusal = if text.is_empty() || has_control(&text) {
        ImprovementRefusal::Empty
    } else if length > LONGEST {
        ImprovementRefusal::TooLong {
            length,
            most: LONGEST,
        }
    } else {
        return Ok(text);
    };
    Err(Refusal::at(field, refusal))
}

#[derive(Clone, Debug, PartialEq)]
pub enum ImprovementRefusal {
    Empty,
    TooLong {
        length: usize,
        most: usize,
    },
    /// There is no signed rating of the year.
    NoRating {
        year: i16,
    },
    /// The report on it is given already.
    ReportedAlready,
}

impl Refuse for ImprovementRefusal {
    fn key(&self) -> &'static str {
        match self {
            ImprovementRefusal::Empty => "improvement/empty",
            ImprovementRefusal::TooLong { .. } => "improvement/too-long",
            ImprovementRefusal::NoRating { .. } => "improvement/no-rating",
            ImprovementRefusal::ReportedAlready => "improvement/reported-already",
        }
    }

    fn sentence(&self, lang: Lang) -> String {
        match (self, lang) {
            (ImprovementRefusal::Empty, Lang::Zh) => {
                "请写一两句话：改进什么，或者改进得怎样。".to_owned()
            }
            (ImprovementRefusal::Empty, Lang::En) => {
                "Please write a sentence or two: what will be improved, or how it went.".to_owned()
            }
            (ImprovementRefusal::TooLong { length, most }, Lang::Zh) => {
                format!("写了 {length} 个字，最多 {most} 个字。请分成几条，或写短一些。")
            }
            (ImprovementRefusal::TooLong { length, most }, Lang::En) => {
                format!("This has {length} characters; at most {most} are kept. Please split or shorten it.")
            }
            (ImprovementRefusal::NoRating { year }, Lang::Zh) => {
                format!("{year} 年的测评结果还没有签字。先把测评办完，再写改进计划。")
            }
            (ImprovementRefusal::NoRating { year }, Lang::En) => {
                format!("The rating of {year} is not signed off yet. Please finish it before planning improvements.")
            }
            (ImprovementRefusal::ReportedAlready, Lang::Zh) => {
                "这一条已经报告过改进情况，不能再改。需要补充的，请另写一条。".to_owned()
            }
            (ImprovementRefusal::ReportedAlready, Lang::En) => {
                "The report on this is given already and stays. Please write another point for what is to be added.".to_owned()
            }
        }
    }
}
