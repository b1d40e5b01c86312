//! Parsing `standard.toml`: the honours for which holders of a title are put forward first.

use crate::load::names::Names;
use crate::load::reader::Section;
use crate::programme::{Bar, HigherHonour, HonouredOf, OrderRule};

/// `ladders`: a title's key with its ladder, so that units are not asked for a person's title.
pub(crate) fn higher_honours(
    sections: Vec<Section<'_>>,
    names: &Names,
    ladders: &[(String, String)],
) -> Vec<HigherHonour> {
    let mut found: Vec<HigherHonour> = Vec::new();
    for section in sections {
        let key = section.spelled("key").unwrap_or_default();
        if found.iter().any(|known| known.key == key.word) {
            let message = format!("higher honour `{}` is there twice", key.word);
            section.ledger.add(key.at, message);
        }
        if let Some(odd) = key
            .word
            .bytes()
            .find(|byte| !(byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'-'))
        {
            let message = format!(
                "`{}`: a key has lower-case letters, digits and `-`, not `{}`",
                key.word,
                char::from(odd)
            );
            section.ledger.add(key.at, message);
        }
        let of: Option<HonouredOf> = section.keyed("of");
        section.required("requires");
        let mut requires = Vec::new();
        for title in section.strings("requires") {
            if !names.defined(section.ledger, "title", &title, &names.titles) {
                continue;
            }
            let ladder = ladders.iter().find(|(known, _)| *known == title.word);
            if let (Some(of), Some((_, ladder))) = (of, ladder)
                && (ladder == "person") != (of == HonouredOf::People)
            {
                let message = format!("`{}` is no title of {of}", title.word);
                section.ledger.add(title.at, message);
            }
            requires.push(title.word);
        }
        if requires.is_empty() && section.is_whole() && section.value("requires").is_some() {
            let message = "`requires` names at least one title: whoever holds it goes first";
            section.ledger.add(section.at, message);
        }
        section.required("order");
        let order: Vec<OrderRule> = section.keyed_list("order");
        if (1..order.len()).any(|place| order[..place].contains(&order[place])) {
            let message = "`order` names a rule twice";
            section.ledger.add(section.at, message);
        }
        let barred_by: Vec<Bar> = section.keyed_list("barred_by");
        found.push(HigherHonour {
            key: key.word,
            clause: section.string("clause"),
            name: section.text("name"),
            of: of.unwrap_or(HonouredOf::Units),
            requires,
            order,
            barred_by,
        });
        section.finish();
    }
    found
}
