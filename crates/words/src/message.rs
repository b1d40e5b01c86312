//! A message in words: its kind's sentence with its places filled, and what to do by when. The inbox and letters say the same.

use std::fmt::Display;

use jianjia_domain::core::message::{Kind, Received, Said};
use jianjia_standard::Lang;

use crate::{format, sentence, t};

/// What happened: `tally` fills the first place of a kind that counts.
pub fn sentence_of(lang: Lang, kind: Kind, tally: i64, says: &[Said]) -> String {
    let tally = kind.is_counted().then(|| tally.to_string());
    let said = says.iter().map(|said| said_in(lang, said));
    let values: Vec<String> = tally.into_iter().chain(said).collect();
    let values: Vec<&dyn Display> = values.iter().map(|value| value as &dyn Display).collect();
    sentence(lang, kind.word(), &values)
}

/// What fills a place of a sentence, or says why.
pub fn said_in(lang: Lang, said: &Said) -> String {
    match said {
        Said::Number(number) => format::count(&number.to_string()),
        Said::Plain(text) => text.clone(),
        Said::Both(text) => text.get(lang).to_owned(),
        Said::Word { word } => t(lang, word).to_owned(),
        Said::Day { on } => format::day(lang, *on),
    }
}

/// What to do, by when where a day is told; empty where nothing is.
pub fn todo(lang: Lang, message: &Received) -> String {
    let Some(kind) = message.kind else {
        return String::new();
    };
    match (message.due_on, kind.todo_by(), kind.todo()) {
        (Some(on), Some(todo), _) => sentence(lang, todo, &[&format::day(lang, on)]),
        (_, _, Some(todo)) => t(lang, todo).to_owned(),
        _ => String::new(),
    }
}
