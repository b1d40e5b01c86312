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
    let city = section.maybe_spelled("city");
    if let Some(city) = &city
        && !city.word.bytes().all(|byte| byte.is_ascii_digit())
    {
        let message = format!(
            "`city` is \"{}\", which is no beginning of codes",
            city.word
        );
        section.ledger.add(city.at, message);
    }
    let levels = levels(&section);
    section.finish();
    DivisionWords {
        city: city.map(|city| city.word).unwrap_or_default(),
        levels,
        above,
        former,
    }
}

/// What else the levels are called, `{ level = "township", words = ["镇"] }`.
fn levels(section: &Section<'_>) -> Vec<(String, String)> {
    const LEVELS: [&str; 4] = ["city", "district", "township", "village"];
    let mut found = Vec::new();
    for one in section.sections("levels") {
        let level = one.spelled("level");
        one.required("words");
        for word in one.strings("words") {
            if let Some(level) = &level {
                found.push((level.word.clone(), word.word));
            }
        }
        if let Some(level) = level
            && !LEVELS.contains(&level.word.as_str())
        {
            let message = format!(
                "`level` is \"{}\", but the levels are {}",
                level.word,
                LEVELS.join(", ")
            );
            one.ledger.add(level.at, message);
        }
        one.finish();
    }
    found
}
