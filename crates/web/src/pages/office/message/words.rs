//! A message in words: its kind's sentence with its places filled, why, what to do and by when.

use jianjia_domain::core::message::{Line, Received};
use jianjia_standard::Standard;
use jianjia_words::message::{said_in, sentence_of};

use crate::frame::Frame;

/// What happened. A kind that another version wrote is told of as such.
pub(super) fn told(frame: &Frame, message: &Received) -> String {
    match message.kind {
        Some(kind) => sentence_of(frame.lang, kind, message.tally, &message.detail.says),
        None => frame
            .t("这条消息是另一版本的系统写的，这里看不懂。")
            .to_owned(),
    }
}

pub(super) fn line(frame: &Frame, line: &Line) -> String {
    sentence_of(frame.lang, line.kind, 0, &line.says)
}

pub(super) fn because(frame: &Frame, message: &Received) -> Vec<String> {
    let because = message.detail.because.iter();
    because.map(|said| said_in(frame.lang, said)).collect()
}

/// How many working days are left, and how certain that is; empty once the day has passed.
pub(super) fn left(frame: &Frame, standard: &Standard, message: &Received) -> String {
    let Some(due) = message.due_on.filter(|due| *due >= frame.today) else {
        return String::new();
    };
    let counted = standard.working_days.working_days_between(frame.today, due);
    let left = match counted.value {
        0 => frame.t("今天是最后一天").to_owned(),
        days => frame.t1("还有 {} 个工作日", days),
    };
    format!("{left}{}", frame.basis(counted.basis))
}
