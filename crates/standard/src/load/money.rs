//! Parsing `standard.toml`: what money may be spent on, and what becomes of what is left.

use crate::load::names::Names;
use crate::load::reader::{Section, Spelled};
use crate::programme::Reward;
use crate::programme::money::{Left, MoneyRules, Over, Purpose};
use crate::spelling::meant;

pub(crate) fn money(
    section: Section<'_>,
    names: &Names,
    rewards: &[Reward],
    purposes: &[Purpose],
) -> MoneyRules {
    if purposes.is_empty() {
        section.ledger.add(
            section.at,
            "`money` has rules, but there is no `[[purpose]]` that money may be spent on",
        );
    }
    let rules = MoneyRules {
        clause: clause(&section, names, rewards),
        asks_voucher: section.truth("voucher", true),
        over: section.keyed("over").unwrap_or(Over::Flag),
        left: section.keyed("left").unwrap_or(Left::Carry),
    };
    section.finish();
    rules
}

/// `[[purpose]]`: each key once, no word for two of them.
pub(crate) fn purposes(
    sections: Vec<Section<'_>>,
    names: &Names,
    rewards: &[Reward],
) -> Vec<Purpose> {
    let plain = |word: &str| word.split_whitespace().collect::<String>().to_lowercase();
    let mut found: Vec<Purpose> = Vec::new();
    let mut seen: Vec<(String, usize)> = Vec::new();
    for (place, section) in sections.into_iter().enumerate() {
        let key = section.spelled("key").unwrap_or_default();
        if !key.word.is_empty() && found.iter().any(|known| known.key == key.word) {
            let message = format!("purpose `{}` is there twice", key.word);
            section.ledger.add(key.at, message);
        }
        let name = section.text("name");
        let words = section.strings("words");
        let own = [&key.word, &name.zh, &name.en].map(|word| Spelled {
            word: word.clone(),
            at: section.at,
        });
        for Spelled { word, at } in own.iter().chain(&words) {
            let form = plain(word);
            let other = seen
                .iter()
                .find(|(known, of)| *known == form && *of != place);
            if form.is_empty() && words.iter().any(|spelled| spelled.at == *at) {
                section.ledger.add(*at, "`words` has a word that is blank");
            } else if let (Some((_, of)), false) = (other, form.is_empty())
                && *found[*of].key != key.word
            {
                let message = format!("\"{word}\" means purpose `{}` already", found[*of].key);
                section.ledger.add(*at, message);
            }
            seen.push((form, place));
        }
        found.push(Purpose {
            clause: clause(&section, names, rewards),
            key: key.word,
            name,
            words: words.into_iter().map(|spelled| spelled.word).collect(),
        });
        section.finish();
    }
    found
}

/// The clause of a reward.
fn clause(section: &Section<'_>, names: &Names, rewards: &[Reward]) -> String {
    let clause = section.spelled("clause").unwrap_or_default();
    let is_known = rewards.iter().any(|reward| reward.clause == clause.word);
    if !is_known && !clause.word.is_empty() && !names.is_lost(&clause.word) {
        let known = rewards.iter().map(|reward| reward.clause.as_str());
        let meant = meant(&clause.word, known);
        section.ledger.add(
            clause.at,
            format!(
                "`clause` names the clause of a reward, and `{}` is none{meant}",
                clause.word
            ),
        );
    }
    clause.word
}
