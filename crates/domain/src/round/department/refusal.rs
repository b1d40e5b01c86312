//! Why a department's list can't be sent, or an answer can't be taken.

use jianjia_standard::{Lang, Text};
use jiff::civil::Date;

use crate::core::refusal::Refuse;

#[derive(Clone, Debug, PartialEq)]
pub enum DepartmentRefusal {
    /// Nobody new applies for a title that vetoes bar.
    NothingToAsk {
        department: Text,
        is_first: bool,
    },
    NoAnswer,
    /// In a table: a word that is none of the answers.
    UnknownAnswer {
        typed: String,
    },
    /// Nothing, and yet a clause or a day.
    NothingYetSomething,
    NoClause {
        known: Vec<(String, Text)>,
    },
    UnknownClause {
        typed: String,
        known: Vec<(String, Text)>,
    },
    /// A clause that another department answers for.
    NotItsClause {
        clause: String,
        department: Text,
        known: Vec<(String, Text)>,
    },
    NoDay,
    DayUnread {
        typed: String,
    },
    NotYet {
        on: Date,
    },
    OtherYear {
        on: Date,
        clause: String,
        first: i16,
        last: i16,
    },
    NoDocument,
    NoSigner,
    TooLong {
        length: usize,
        most: usize,
    },
    /// It was said before that the unit is in the state.
    StandsInState {
        clause: String,
    },
    SaidOtherwise {
        clause: String,
        on: Date,
        document: String,
    },
    /// The unit is on no list of the department.
    NotAsked {
        unit: String,
        department: Text,
    },
    /// In a table: no department of the standard is called so.
    UnknownDepartment {
        typed: String,
        known: Vec<Text>,
    },
    /// In a department's own table: the row is another's to answer.
    NotYourDepartment {
        typed: Text,
        own: Text,
    },
    NothingChosen,
    /// The standard has nobody named without these departments' answers.
    HoldsNaming {
        departments: Vec<Text>,
    },
}

/// Clauses with their names: V1 拖欠工资.
fn told(known: &[(String, Text)], lang: Lang) -> String {
    let told = known
        .iter()
        .map(|(clause, name)| format!("{clause} {}", name.get(lang)));
    told.collect::<Vec<_>>().join(match lang {
        Lang::Zh => "、",
        Lang::En => "; ",
    })
}

fn names(departments: &[Text], lang: Lang) -> String {
    let names: Vec<&str> = departments.iter().map(|name| name.get(lang)).collect();
    names.join(match lang {
        Lang::Zh => "、",
        Lang::En => ", ",
    })
}

fn years(first: i16, last: i16) -> String {
    match first == last {
        true => first.to_string(),
        false => format!("{first}—{last}"),
    }
}

impl Refuse for DepartmentRefusal {
    fn sentence(&self, lang: Lang) -> String {
        match lang {
            Lang::Zh => self.chinese(),
            Lang::En => self.english(),
        }
    }

    fn key(&self) -> &'static str {
        match self {
            DepartmentRefusal::NothingToAsk { .. } => "department/nothing-to-ask",
            DepartmentRefusal::NoAnswer => "department/no-answer",
            DepartmentRefusal::UnknownAnswer { .. } => "department/unknown-answer",
            DepartmentRefusal::NothingYetSomething => "department/nothing-yet-something",
            DepartmentRefusal::NoClause { .. } => "department/no-clause",
            DepartmentRefusal::UnknownClause { .. } => "department/unknown-clause",
            DepartmentRefusal::NotItsClause { .. } => "department/not-its-clause",
            DepartmentRefusal::NoDay => "department/no-day",
            DepartmentRefusal::DayUnread { .. } => "department/day-unread",
            DepartmentRefusal::NotYet { .. } => "department/not-yet",
            DepartmentRefusal::OtherYear { .. } => "department/other-year",
            DepartmentRefusal::NoDocument => "department/no-document",
            DepartmentRefusal::NoSigner => "department/no-signer",
            DepartmentRefusal::TooLong { .. } => "department/too-long",
            DepartmentRefusal::StandsInState { .. } => "department/stands-in-state",
            DepartmentRefusal::SaidOtherwise { .. } => "department/said-otherwise",
            DepartmentRefusal::NotAsked { .. } => "department/not-asked",
            DepartmentRefusal::UnknownDepartment { .. } => "department/unknown-department",
            DepartmentRefusal::NotYourDepartment { .. } => "department/not-your-department",
            DepartmentRefusal::NothingChosen => "department/nothing-chosen",
            DepartmentRefusal::HoldsNaming { .. } => "department/holds-naming",
        }
    }
}

impl DepartmentRefusal {
    fn chinese(&self) -> String {
        match self {
            DepartmentRefusal::NothingToAsk {
                department,
                is_first: true,
            } => format!(
                "现在没有单位申报受否决限制的称号，没有要请{}答复的。有单位提交申报以后再发。",
                department.zh
            ),
            DepartmentRefusal::NothingToAsk { department, .. } => format!(
                "{}的清单上已经有全部申报单位，没有要补充的。",
                department.zh
            ),
            DepartmentRefusal::NoAnswer => {
                "没有选择答复。请选“无情形”“有情形”或“不清楚”；不选就是未答复，不会当成“无情形”。"
                    .to_owned()
            }
            DepartmentRefusal::UnknownAnswer { typed } => {
                format!("答复写的是“{typed}”，看不出是哪一种。请改成“无情形”“有情形”或“不清楚”。")
            }
            DepartmentRefusal::NothingYetSomething => {
                "答复不是“有情形”，却填了情形、日期或文号。请改成“有情形”，或者把它们空着。"
                    .to_owned()
            }
            DepartmentRefusal::NoClause { known } => {
                format!("没有选择情形。请选一项：{}。", told(known, Lang::Zh))
            }
            DepartmentRefusal::UnknownClause { typed, known } => format!(
                "没有“{typed}”这一项情形。请从这些当中选一项：{}。",
                told(known, Lang::Zh)
            ),
            DepartmentRefusal::NotItsClause {
                clause,
                department,
                known,
            } => format!(
                "{clause} 不由{}答复。请从这些当中选一项：{}。",
                department.zh,
                told(known, Lang::Zh)
            ),
            DepartmentRefusal::NoDay => {
                "没有填日期。请填发生或认定的那一天，例如 2016-05-03。".to_owned()
            }
            DepartmentRefusal::DayUnread { typed } => {
                format!("日期“{typed}”看不懂。请写成 2016-05-03 这样。")
            }
            DepartmentRefusal::NotYet { on } => {
                format!("日期 {on} 还没有到。请填发生或认定的那一天。")
            }
            DepartmentRefusal::OtherYear {
                on,
                clause,
                first,
                last,
            } => format!(
                "{clause} 看的是 {} 年，{on} 不在其中，不影响这一轮。日期填错的请改；没有填错的，请答“没有”。",
                years(*first, *last)
            ),
            DepartmentRefusal::NoDocument => {
                "没有填文号。请填认定它的文书编号，被认定的单位会看到。".to_owned()
            }
            DepartmentRefusal::NoSigner => {
                "没有填答复人。请填部门里对这份答复负责的人的姓名。".to_owned()
            }
            DepartmentRefusal::TooLong { length, most } => {
                format!("写了{length}个字，最多{most}个字。请缩短一些。")
            }
            DepartmentRefusal::StandsInState { clause } => format!(
                "此前已答复这个单位有 {clause} 的情形，还没有解除。认定有误的，请先在认定页面写明理由解除。"
            ),
            DepartmentRefusal::SaidOtherwise {
                clause,
                on,
                document,
            } => format!(
                "此前已答复这个单位有 {clause} 的情形（{on}，{document}），不能再答复一次。前一次有误的，请先写明理由解除。"
            ),
            DepartmentRefusal::NotAsked { unit, department } => format!(
                "“{unit}”不在发给{}的清单上，没有请它答复。核对一下单位；确实要登记否决情形的，请在“否决登记”里办理。",
                department.zh
            ),
            DepartmentRefusal::UnknownDepartment { typed, known } => {
                let known: Vec<&str> = known.iter().map(|name| name.zh.as_str()).collect();
                format!("标准里没有“{typed}”这个部门。请填：{}。", known.join("、"))
            }
            DepartmentRefusal::NotYourDepartment { typed, own } => format!(
                "这一行是{}的，您只替{}答复。请只交本部门的清单。",
                typed.zh, own.zh
            ),
            DepartmentRefusal::HoldsNaming { departments } => format!(
                "{}还没有明确答复，标准要求答复以后才能命名；没有答复不等于没有情形。请催它答复。",
                names(departments, Lang::Zh)
            ),
            DepartmentRefusal::NothingChosen => {
                "没有勾选单位。请勾选要答复的单位，再选答复。".to_owned()
            }
        }
    }

    fn english(&self) -> String {
        match self {
            DepartmentRefusal::NothingToAsk {
                department,
                is_first: true,
            } => format!(
                "No unit applies for a title that vetoes bar yet, so there is nothing to ask of {}. Send the list once applications were submitted.",
                department.en
            ),
            DepartmentRefusal::NothingToAsk { department, .. } => format!(
                "All units that apply are on the list of {} already; there is nothing to add.",
                department.en
            ),
            DepartmentRefusal::NoAnswer => {
                "No answer was chosen. Choose nothing, in the state, or not known; without one the unit stays unanswered, which is not read as nothing.".to_owned()
            }
            DepartmentRefusal::UnknownAnswer { typed } => format!(
                "The answer reads \"{typed}\", which is none of the three. Write \"nothing\", \"in the state\" or \"not known\"."
            ),
            DepartmentRefusal::NothingYetSomething => {
                "The answer is not \"in the state\", and yet a clause, a day or a document is given. Change the answer, or leave these empty.".to_owned()
            }
            DepartmentRefusal::NoClause { known } => {
                format!("No clause was chosen. Choose one of: {}.", told(known, Lang::En))
            }
            DepartmentRefusal::UnknownClause { typed, known } => format!(
                "There is no clause \"{typed}\". Choose one of: {}.",
                told(known, Lang::En)
            ),
            DepartmentRefusal::NotItsClause {
                clause,
                department,
                known,
            } => format!(
                "{clause} is not for {} to answer. Choose one of: {}.",
                department.en,
                told(known, Lang::En)
            ),
            DepartmentRefusal::NoDay => {
                "The day is missing. Give the day on which it happened or was found, such as 2016-05-03.".to_owned()
            }
            DepartmentRefusal::DayUnread { typed } => {
                format!("The day \"{typed}\" can't be read. Write it as 2016-05-03.")
            }
            DepartmentRefusal::NotYet { on } => {
                format!("{on} has not come yet. Give the day on which it happened or was found.")
            }
            DepartmentRefusal::OtherYear {
                on,
                clause,
                first,
                last,
            } => format!(
                "{clause} looks at {}; {on} is outside and does not count in this round. Correct the day, or answer that there is nothing.",
                years(*first, *last)
            ),
            DepartmentRefusal::NoDocument => {
                "The document number is missing. Give the number of the paper that found it; the unit concerned will read it.".to_owned()
            }
            DepartmentRefusal::NoSigner => {
                "The name of who answers is missing. Give the person in the department who stands for this answer.".to_owned()
            }
            DepartmentRefusal::TooLong { length, most } => {
                format!("This has {length} characters; at most {most} can be kept. Please shorten it.")
            }
            DepartmentRefusal::StandsInState { clause } => format!(
                "It was answered before that this unit is in the state of {clause}, and that was not lifted. If it was wrong, lift it first, with the reason."
            ),
            DepartmentRefusal::SaidOtherwise {
                clause,
                on,
                document,
            } => format!(
                "It was answered before that this unit is in the state of {clause} ({on}, {document}), and can't be answered again. If that was wrong, lift it first, with the reason."
            ),
            DepartmentRefusal::NotAsked { unit, department } => format!(
                "\"{unit}\" is not on the list sent to {}, which was not asked about it. Check the unit; a veto that is to be recorded all the same is recorded in the register of vetoes.",
                department.en
            ),
            DepartmentRefusal::UnknownDepartment { typed, known } => {
                let known: Vec<&str> = known.iter().map(|name| name.en.as_str()).collect();
                format!(
                    "The standard has no department \"{typed}\". Give one of: {}.",
                    known.join("; ")
                )
            }
            DepartmentRefusal::NotYourDepartment { typed, own } => format!(
                "This row is for {} to answer; you answer for {}. Send the list of your own department alone.",
                typed.en, own.en
            ),
            DepartmentRefusal::HoldsNaming { departments } => format!(
                "There is no clear answer of {} yet, and by the standard nobody is named before; silence is not an answer that there is nothing. Ask for the answer.",
                names(departments, Lang::En)
            ),
            DepartmentRefusal::NothingChosen => {
                "No unit was ticked. Tick those to answer for, then choose the answer.".to_owned()
            }
        }
    }
}
