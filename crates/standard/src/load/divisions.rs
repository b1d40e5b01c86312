//! Parsing `[divisions]`.

use crate::division::{DivisionWords, FormerDivision};
use crate::load::reader::Section;

pub(crate) fn division_words(section: Section<'_>) -> DivisionWords {
    let words = |section: &Section<'_>, key: &'static str| -> Vec<String> {
        let spelled = section.strings(key);
        spelled.into_iter().map(|spelled| spelled.word).collect()
    };
    let above = words(&section, "above");
    let mut former = Vec::new();
    for one in section.sections("former") {
        one.required("names");
        let codes = one.strings("codes");
        for code in &codes {
            if code.word.len() < 4 || !code.word.bytes().all(|byte| byte.is_ascii_digit()) {
                let message = format!(
                    "`codes` has \"{}\", which is no code of a division",
                    code.word
                );
                one.ledger.add(code.at, message);
            }
        }
        former.push(FormerDivision {
            codes: codes.into_iter().map(|code| code.word).collect(),
            names: words(&one, "names"),
            text: one.text("text"),
        });
        one.finish();
    }
    section.finish();
    DivisionWords { above, former }
}
