//! The imprint of an official paper: its number 文号, to whom it goes 主送, who gets a copy 抄送, the day of issue 印发 (GB/T 9704-2012). What nobody
//! said is left to be written by hand.

use jianjia_standard::Lang;
use jiff::{Timestamp, civil::Date};
use serde::Deserialize;

use crate::core::{
    day,
    ids::{AccountId, UnitId},
    policy::Permit,
    refusal::{Refusal, Refuse},
    text,
};

jianjia_standard::keyed! {
    /// The papers that have an imprint, by their kinds. The keys stand in tables.
    pub enum Official {
        Notice = "notice" / "年度申报通知",
        Publication = "publication" / "公示",
        Decision = "decision" / "命名决定",
        SpotCheckReport = "spot-check-report" / "抽查情况通报",
    }
}

impl Official {
    pub fn name(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (kind, Lang::Zh) => kind.word(),
            (Official::Notice, Lang::En) => "the notice of the round",
            (Official::Publication, Lang::En) => "a public notice",
            (Official::Decision, Lang::En) => "the decision on naming",
            (Official::SpotCheckReport, Lang::En) => "the circular on the spot check",
        }
    }

    /// Whether it goes to somebody: a public notice is for everybody.
    pub fn has_addressees(self) -> bool {
        self != Official::Publication
    }
}

/// What the office said of a paper last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imprint {
    pub kind: Official,
    /// What the paper is of: a year, the key of a batch, an id.
    pub subject: String,
    /// The federation whose paper it is.
    pub office: UnitId,
    /// The round's.
    pub year: i16,
    pub said: Said,
    pub said_by: AccountId,
    pub said_by_name: String,
    pub said_at: Timestamp,
    pub revision: i64,
}

/// Where a number of an office stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberPlace {
    Paper(Official),
    /// Titles were named by it, and their decision has no other.
    Naming,
    /// A title was suspended, given back or taken by it.
    Change,
    /// What was decided on a visit of a spot check.
    Visit,
    /// The document by which the programme was set up.
    Programme,
}

impl NumberPlace {
    fn name(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (NumberPlace::Paper(kind), lang) => kind.name(lang),
            (NumberPlace::Naming, Lang::Zh) => "命名",
            (NumberPlace::Naming, Lang::En) => "the naming of titles",
            (NumberPlace::Change, Lang::Zh) => "称号处理",
            (NumberPlace::Change, Lang::En) => "what was decided on a title",
            (NumberPlace::Visit, Lang::Zh) => "抽查处理",
            (NumberPlace::Visit, Lang::En) => "what was decided on a spot check's visit",
            (NumberPlace::Programme, Lang::Zh) => "建家工作文件",
            (NumberPlace::Programme, Lang::En) => "the document of the programme",
        }
    }

    /// What to do where the number stands there by mistake.
    fn remedy(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (NumberPlace::Paper(_), Lang::Zh) => "那一份写错的，先改那一份。",
            (NumberPlace::Paper(_), Lang::En) => "if the other one is wrong, correct that first.",
            (NumberPlace::Naming, Lang::Zh) => {
                "命名时写错的，先在那一批的“文号和印发”里登记正确的文号。"
            }
            (NumberPlace::Naming, Lang::En) => {
                "if it was mistyped when the titles were named, say the right one under “Number and issue” of their decision first."
            }
            (_, Lang::Zh) => "那里写错的已经记录在案，这里请留空，打印以后手写。",
            (_, Lang::En) => {
                "if it was mistyped there, that is on record for good: leave it empty here, and write it by hand after printing."
            }
        }
    }
}

/// A place in which a number stands, and the round's year of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NumberUse {
    pub place: NumberPlace,
    pub year: i16,
}

impl NumberUse {
    /// Whether a paper may have the number, too: one decision names the titles of a round, and each of them has its own list here.
    pub fn is_shared_with(self, kind: Official, year: i16) -> bool {
        let names = [NumberPlace::Paper(Official::Decision), NumberPlace::Naming];
        kind == Official::Decision && names.contains(&self.place) && self.year == year
    }
}

/// Its words; none where nothing was said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    pub number: Option<String>,
    /// None: as the register has it.
    pub addressees: Option<String>,
    pub copies: Vec<String>,
    pub issued_on: Option<Date>,
}

/// What was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ImprintInput {
    pub number: String,
    pub addressees: String,
    pub copies: String,
    pub issued_on: String,
    /// The revision that the form was made from; `0` or empty before anything was said.
    pub revision: String,
}

/// The most characters of the addressees, and of all who get a copy.
const LONGEST: usize = 300;

/// The most characters of the name by which an office is known in a number: 常工发.
const LONGEST_CODE: usize = 20;

/// Reads what was typed.
///
/// # Errors
/// By field: `NumberShape`, `TooLong`, `NotADay`.
pub fn read(_permit: &Permit, kind: Official, input: &ImprintInput) -> Result<Said, Refusal> {
    let mut wrong: Vec<(String, Refusal)> = Vec::new();
    let mut refuse = |field: &str, refusal: ImprintRefusal| {
        wrong.push((field.to_owned(), refusal.into()));
    };
    let number = number(&input.number).unwrap_or_else(|refusal| {
        refuse("number", refusal);
        None
    });
    let addressees = match kind.has_addressees() {
        true => text::line(&input.addressees),
        false => String::new(),
    };
    let addressees = addressees.trim_end_matches(['：', ':', '。']).to_owned();
    if addressees.chars().count() > LONGEST {
        refuse("addressees", ImprintRefusal::TooLong { most: LONGEST });
    }
    let copies = copies(&input.copies);
    let characters: usize = copies.iter().map(|copy| copy.chars().count()).sum();
    if characters > LONGEST {
        refuse("copies", ImprintRefusal::TooLong { most: LONGEST });
    }
    let issued_on = day::read(&input.issued_on);
    if issued_on.is_none() && !input.issued_on.trim().is_empty() {
        refuse("issued_on", ImprintRefusal::NotADay);
    }
    if !wrong.is_empty() {
        return Err(Refusal::Fields(wrong));
    }
    Ok(Said {
        number,
        addressees: Some(addressees).filter(|addressees| !addressees.is_empty()),
        copies,
        issued_on,
    })
}

/// The brackets around a year: those that are printed, and those that are typed for them.
const BRACKETS: [(char, char); 7] = [
    ('〔', '〕'),
    ('[', ']'),
    ('［', '］'),
    ('(', ')'),
    ('（', '）'),
    ('【', '】'),
    ('﹝', '﹞'),
];

/// The ways in which a number may have been kept where its shape was not asked for.
pub fn spellings(number: &str) -> [String; 7] {
    BRACKETS.map(|(open, close)| {
        let number = number.replace('〔', &open.to_string());
        number.replace('〕', &close.to_string())
    })
}

/// What somebody typed as the number of a document: as it is printed, or as it was typed where it has not the shape of one.
pub fn as_printed(typed: &str) -> String {
    let made = number(typed).ok().flatten();
    made.unwrap_or_else(|| typed.trim().to_owned())
}

/// A number as it is printed, `常工发〔2017〕12号`; none where nothing was typed. Whoever has no 〔〕 on the keyboard types other brackets.
///
/// # Errors
/// `NumberShape`.
pub fn number(typed: &str) -> Result<Option<String>, ImprintRefusal> {
    let typed: String = text::line(typed).split_whitespace().collect();
    if typed.is_empty() {
        return Ok(None);
    }
    let made: String = typed
        .chars()
        .map(|character| {
            let is_typed = |(open, close): &&(char, char)| [*open, *close].contains(&character);
            match BRACKETS.iter().find(is_typed) {
                Some((open, _)) if *open == character => '〔',
                Some(_) => '〕',
                None => character,
            }
        })
        .collect();
    if is_number(&made) {
        Ok(Some(made))
    } else {
        Err(ImprintRefusal::NumberShape { typed })
    }
}

/// The office's code, the year in its brackets, and which one of the year, without zeros before it.
fn is_number(text: &str) -> bool {
    let Some((code, rest)) = text.split_once('〔') else {
        return false;
    };
    let Some((year, place)) = rest.split_once('〕') else {
        return false;
    };
    let Some(place) = place.strip_suffix('号') else {
        return false;
    };
    let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    (1..=LONGEST_CODE).contains(&code.chars().count())
        && code.chars().all(char::is_alphabetic)
        && year.len() == 4
        && are_digits(year)
        && (year.starts_with("19") || year.starts_with("20"))
        && (1..=5).contains(&place.len())
        && are_digits(place)
        && !place.starts_with('0')
}

/// The names between commas, semicolons and line ends: a 、 stands within names, as in 各辖市、区总工会.
fn copies(typed: &str) -> Vec<String> {
    let typed = typed.trim().trim_start_matches("抄送");
    let names = typed.split(['，', ',', '；', ';', '\n', '：', ':']);
    let names = names.map(|name| text::line(name).trim_end_matches('。').to_owned());
    names.filter(|name| !name.is_empty()).collect()
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImprintRefusal {
    NumberShape {
        typed: String,
    },
    /// Another paper of the office has the number, or it acted by it.
    NumberUsed {
        number: String,
        by: NumberUse,
    },
    TooLong {
        most: usize,
    },
    NotADay,
}

impl Refuse for ImprintRefusal {
    fn key(&self) -> &'static str {
        match self {
            ImprintRefusal::NumberShape { .. } => "imprint/number-shape",
            ImprintRefusal::NumberUsed { .. } => "imprint/number-used",
            ImprintRefusal::TooLong { .. } => "imprint/too-long",
            ImprintRefusal::NotADay => "imprint/not-a-day",
        }
    }

    fn sentence(&self, lang: Lang) -> String {
        match (self, lang) {
            (ImprintRefusal::NumberShape { typed }, Lang::Zh) => format!(
                "“{typed}”不是文号的写法（GB/T 9704-2012）：机关代字、括号里的年份、序号，如“常工发〔2017〕12号”；序号前面不写 0，也不写“第”。还没有编号的请留空，打印以后手写。"
            ),
            (ImprintRefusal::NumberShape { typed }, Lang::En) => format!(
                "“{typed}” is not how a document number is written (GB/T 9704-2012): the office's code, the year in brackets, and which one of the year, such as 常工发〔2017〕12号, without zeros before it and without 第. Leave it empty where there is none yet, and write it by hand after printing."
            ),
            (ImprintRefusal::NumberUsed { number, by }, Lang::Zh) => format!(
                "{number}已经用在 {} 年度的{}上，同一机关同一年的文号不能重复（GB/T 9704-2012）。请核对发文登记；{}",
                by.year,
                by.place.name(lang),
                by.place.remedy(lang)
            ),
            (ImprintRefusal::NumberUsed { number, by }, Lang::En) => format!(
                "{number} is on {} of {} already, and an office gives a number once a year (GB/T 9704-2012). Check the register of documents; {}",
                by.place.name(lang),
                by.year,
                by.place.remedy(lang)
            ),
            (ImprintRefusal::TooLong { most }, Lang::Zh) => {
                format!("最多 {most} 个字，请写短一些。")
            }
            (ImprintRefusal::TooLong { most }, Lang::En) => {
                format!("At most {most} characters; please shorten it.")
            }
            (ImprintRefusal::NotADay, Lang::Zh) => {
                "请写日期，如 2017-04-21；还没有印发的请留空。".to_owned()
            }
            (ImprintRefusal::NotADay, Lang::En) => {
                "Please write a day such as 2017-04-21, or leave it empty where it was not issued yet.".to_owned()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::policy::{Act, any_permit};

    #[test]
    fn a_number_is_taken_as_it_is_printed_whatever_the_brackets() {
        let check = |typed: &str, expect: Option<&str>| {
            assert_eq!(number(typed), Ok(expect.map(str::to_owned)), "{typed}");
        };
        check("", None);
        check(" \u{3000}", None);
        for typed in [
            "常工发〔2017〕12号",
            " 常工发 [2017] 12 号 ",
            "常工发［２０１７］１２号",
            "常工发（2017）12号",
            "常工发【2017】12号",
        ] {
            check(typed, Some("常工发〔2017〕12号"));
        }
    }

    #[test]
    fn what_is_no_number_is_refused_with_how_one_is_written() {
        for typed in [
            "常工发2017年12号",
            "常工发〔2017〕第12号",
            "常工发〔2017〕012号",
            "常工发〔17〕12号",
            "常工发〔2017〕12",
            "〔2017〕12号",
            "常工发〔2017〕号",
            "常工发〔3017〕1号",
            "常工发1〔2017〕1号",
        ] {
            let refused = number(typed).unwrap_err();
            assert_eq!(refused.key(), "imprint/number-shape", "{typed}");
            assert!(refused.sentence(Lang::Zh).contains("常工发〔2017〕12号"));
        }
    }

    #[test]
    fn a_number_is_found_however_its_brackets_were_typed() {
        let spelt = spellings("常工发〔2017〕12号");
        assert_eq!(spelt[0], "常工发〔2017〕12号");
        for typed in &spelt {
            assert_eq!(as_printed(typed), spelt[0]);
        }
        assert_eq!(as_printed(" 常工发 [2017] 12 号"), spelt[0]);
        assert_eq!(as_printed(" 主席办公会纪要 "), "主席办公会纪要");
    }

    #[test]
    fn the_decisions_of_a_year_share_a_number_and_nothing_else_does() {
        let used = |place, year| NumberUse { place, year };
        let naming = used(NumberPlace::Naming, 2016);
        let decision = used(NumberPlace::Paper(Official::Decision), 2016);
        for shared in [naming, decision] {
            assert!(shared.is_shared_with(Official::Decision, 2016));
            assert!(!shared.is_shared_with(Official::Decision, 2017));
            assert!(!shared.is_shared_with(Official::Notice, 2016));
        }
        for place in [
            NumberPlace::Change,
            NumberPlace::Visit,
            NumberPlace::Programme,
            NumberPlace::Paper(Official::Publication),
        ] {
            let used = used(place, 2016);
            assert!(!used.is_shared_with(Official::Decision, 2016), "{place:?}");
            let refused = ImprintRefusal::NumberUsed {
                number: "常工发〔2017〕12号".to_owned(),
                by: used,
            };
            let told = refused.sentence(Lang::Zh);
            assert!(
                told.starts_with("常工发〔2017〕12号已经用在 2016 年度的"),
                "{told}"
            );
        }
    }

    #[test]
    fn copies_stand_between_commas_and_a_public_notice_goes_to_nobody() {
        let permit = any_permit(Act::SetCalendar);
        let input = ImprintInput {
            addressees: "各辖市、区总工会：".to_owned(),
            copies: "抄送：江苏省总工会，各辖市、区总工会;\n中共常州市委办公室。".to_owned(),
            issued_on: "2017年4月21日".to_owned(),
            ..ImprintInput::default()
        };
        let said = read(&permit, Official::Decision, &input).unwrap();
        assert_eq!(said.addressees.as_deref(), Some("各辖市、区总工会"));
        assert_eq!(
            said.copies,
            ["江苏省总工会", "各辖市、区总工会", "中共常州市委办公室"]
        );
        assert_eq!(said.issued_on, Some(jiff::civil::date(2017, 4, 21)));
        let said = read(&permit, Official::Publication, &input).unwrap();
        assert_eq!(said.addressees, None);
        let input = ImprintInput {
            number: "12号".to_owned(),
            issued_on: "明天".to_owned(),
            ..ImprintInput::default()
        };
        let Err(Refusal::Fields(wrong)) = read(&permit, Official::Notice, &input) else {
            panic!("taken");
        };
        let fields: Vec<&str> = wrong.iter().map(|(field, _)| field.as_str()).collect();
        assert_eq!(fields, ["number", "issued_on"]);
    }
}
