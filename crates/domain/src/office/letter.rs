//! Letters of the public: a question, a complaint, a suggestion, by anybody, with a name or without. It is answered in writing; whoever wrote follows it
//! by its number and a code.

use jianjia_standard::Lang;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::core::{
    ids::LetterId,
    refusal::{Refusal, Refuse},
    text,
};

jianjia_standard::keyed! {
    /// What is written. The keys stand in tables.
    pub enum LetterKind {
        Question = "question" / "来信|咨询",
        Complaint = "complaint" / "来信|投诉举报",
        Suggestion = "suggestion" / "来信|意见建议",
    }
}

/// The most characters of a letter, and of its answer.
pub const LONGEST: usize = 4_000;

/// The most characters of a name of a person or a union.
const LONGEST_NAME: usize = 60;

/// What somebody typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct LetterForm {
    pub kind: String,
    /// The union that it is about, by name; may be empty.
    pub about: String,
    pub text: String,
    pub name: String,
    pub telephone: String,
    /// A field that no person sees: programs that fill in everything fill it in, too.
    pub website: String,
    /// Of the form: what is sent twice with it is one letter.
    pub request_key: String,
}

/// Who wrote, as far as they say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Writer {
    pub name: String,
    pub telephone: String,
}

/// What is to be kept of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    pub kind: LetterKind,
    pub about: String,
    pub text: String,
    pub writer: Writer,
}

/// Reads a form.
///
/// # Errors
/// A refusal for each field that can't be taken.
pub fn read(form: &LetterForm) -> Result<Written, Refusal> {
    if !form.website.is_empty() {
        return Err(LetterRefusal::ByProgram.into());
    }
    let mut wrong: Vec<(String, Refusal)> = Vec::new();
    let mut refuse = |field: &str, refusal: LetterRefusal| {
        wrong.push((field.to_owned(), refusal.into()));
    };
    let kind = LetterKind::from_key(&form.kind);
    if kind.is_none() {
        refuse("kind", LetterRefusal::NoKind);
    }
    let said = form.text.trim().replace("\r\n", "\n");
    if said.is_empty() {
        refuse("text", LetterRefusal::NoText);
    }
    if said.chars().count() > LONGEST {
        refuse("text", LetterRefusal::TooLong { most: LONGEST });
    }
    let lines = [
        ("about", text::line(&form.about)),
        ("name", text::line(&form.name)),
        ("telephone", text::line(&form.telephone)),
    ];
    for (field, line) in &lines {
        if line.chars().count() > LONGEST_NAME {
            refuse(field, LetterRefusal::TooLong { most: LONGEST_NAME });
        }
    }
    let [(_, about), (_, name), (_, telephone)] = lines;
    match kind {
        Some(kind) if wrong.is_empty() => Ok(Written {
            kind,
            about,
            text: said,
            writer: Writer { name, telephone },
        }),
        _ => Err(Refusal::Fields(wrong)),
    }
}

/// A letter as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    pub id: LetterId,
    pub number: i64,
    pub kind: LetterKind,
    pub about: String,
    pub text: String,
    /// Who wrote, encrypted.
    pub sealed: String,
    pub code_hash: String,
    /// By what it is known again when it is sent twice.
    pub request_hash: String,
    pub received_at: Timestamp,
    pub answer: Option<LetterAnswer>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LetterAnswer {
    pub text: String,
    pub by: String,
    pub by_name: String,
    pub at: Timestamp,
}

/// The answer to a letter, as it was typed.
///
/// # Errors
/// When it says nothing or too much, or the letter was answered meanwhile.
pub fn answered(letter: &Letter, typed: &str) -> Result<String, Refusal> {
    if letter.answer.is_some() {
        return Err(LetterRefusal::Answered.into());
    }
    let answer = typed.trim().replace("\r\n", "\n");
    if answer.is_empty() {
        return Err(Refusal::at("answer", LetterRefusal::NoAnswer));
    }
    if answer.chars().count() > LONGEST {
        return Err(Refusal::at(
            "answer",
            LetterRefusal::TooLong { most: LONGEST },
        ));
    }
    Ok(answer)
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LetterRefusal {
    NoKind,
    NoText,
    NoAnswer,
    TooLong {
        most: usize,
    },
    /// The field that no person sees was filled in.
    ByProgram,
    /// Too many letters, or wrong codes, from one network.
    Slowed {
        minutes: i64,
    },
    /// No letter has this number and this code.
    NotFollowed,
    /// Somebody answered it before.
    Answered,
    /// There is no city federation yet that could read it.
    NoReader,
}

impl Refuse for LetterRefusal {
    fn key(&self) -> &'static str {
        match self {
            LetterRefusal::NoKind => "letter/no-kind",
            LetterRefusal::NoText => "letter/no-text",
            LetterRefusal::NoAnswer => "letter/no-answer",
            LetterRefusal::TooLong { .. } => "letter/too-long",
            LetterRefusal::ByProgram => "letter/by-program",
            LetterRefusal::Slowed { .. } => "letter/slowed",
            LetterRefusal::NotFollowed => "letter/not-followed",
            LetterRefusal::Answered => "letter/answered",
            LetterRefusal::NoReader => "letter/no-reader",
        }
    }

    fn sentence(&self, lang: Lang) -> String {
        let sentence = match (self, lang) {
            (LetterRefusal::NoKind, Lang::Zh) => "请选择是咨询、投诉举报还是意见建议。",
            (LetterRefusal::NoKind, Lang::En) => {
                "Please choose whether it is a question, a complaint or a suggestion."
            }
            (LetterRefusal::NoText, Lang::Zh) => "请写下要说的事。",
            (LetterRefusal::NoText, Lang::En) => "Please write what it is about.",
            (LetterRefusal::NoAnswer, Lang::Zh) => "请写下答复，来信人凭编号和查询码能看到。",
            (LetterRefusal::NoAnswer, Lang::En) => {
                "Please write the answer; whoever wrote reads it by number and code."
            }
            (LetterRefusal::TooLong { most }, Lang::Zh) => {
                return format!("最多 {most} 个字，请写短一些。");
            }
            (LetterRefusal::TooLong { most }, Lang::En) => {
                return format!("At most {most} characters. Please shorten it.");
            }
            (LetterRefusal::ByProgram, Lang::Zh) => {
                "没有收下：表单里有一格是防自动程序的，不该填写，却填了。请重新打开这一页再写；一直这样的，请打电话。"
            }
            (LetterRefusal::ByProgram, Lang::En) => {
                "This was not received: a field that keeps programs away was filled in. Open the page anew and write again; if it stays so, please telephone."
            }
            (LetterRefusal::Slowed { minutes }, Lang::Zh) => {
                return format!(
                    "从您这个网络一天里来得太多，为防滥用，这一次没有办。请 {minutes} 分钟后再试；急的请打电话。"
                );
            }
            (LetterRefusal::Slowed { minutes }, Lang::En) => {
                return format!(
                    "Too much has come from your network in a day; to prevent misuse, nothing was done this time. Try again in {minutes} minute{}, or telephone if it is urgent.",
                    if *minutes == 1 { "" } else { "s" }
                );
            }
            (LetterRefusal::NotFollowed, Lang::Zh) => {
                "编号和查询码对不上。请照寄信时页面上显示的再输一次；忘了查询码的，只能另写一封。"
            }
            (LetterRefusal::NotFollowed, Lang::En) => {
                "Number and code do not belong together. Type them as the page showed them when you wrote; without its code a letter can't be followed, so write another."
            }
            (LetterRefusal::Answered, Lang::Zh) => {
                "这封信刚刚已经有人答复，您的答复没有保存。答复以后不能再改，请看下面的答复。"
            }
            (LetterRefusal::Answered, Lang::En) => {
                "Somebody has answered this letter meanwhile, so your answer was not saved. An answer stays as it is: see below."
            }
            (LetterRefusal::NoReader, Lang::Zh) => {
                "平台还没有登记市总工会，没有人能收信，所以没有收下。请直接联系市总工会。"
            }
            (LetterRefusal::NoReader, Lang::En) => {
                "No city federation is registered here yet, so nobody could read it and it was not received. Please ask the federation directly."
            }
        };
        sentence.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> LetterForm {
        LetterForm {
            kind: "complaint".to_owned(),
            text: " 食堂\r\n问题 ".to_owned(),
            name: "王 师傅".to_owned(),
            ..LetterForm::default()
        }
    }

    #[test]
    fn a_letter_needs_a_kind_and_a_text_and_no_name() {
        let written = read(&form()).unwrap();
        assert_eq!(
            (written.kind, written.text.as_str()),
            (LetterKind::Complaint, "食堂\n问题")
        );
        let nameless = LetterForm {
            name: String::new(),
            ..form()
        };
        assert!(read(&nameless).is_ok());
        let Err(Refusal::Fields(fields)) = read(&LetterForm::default()) else {
            panic!("kind and text are missing");
        };
        let fields: Vec<&str> = fields.iter().map(|(field, _)| field.as_str()).collect();
        assert_eq!(fields, ["kind", "text"]);
        let filled = LetterForm {
            website: "http://example.com".to_owned(),
            ..form()
        };
        assert_eq!(read(&filled).unwrap_err().key(), "letter/by-program");
    }
}
