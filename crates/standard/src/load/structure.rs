//! Parsing `standard.toml`: what lists of candidates are made up of, and how places are proposed.

use std::collections::BTreeSet;

use crate::figure::Rate;
use crate::kinds::{Employer, Kind, Post};
use crate::load::names::Names;
use crate::load::procedure::titles;
use crate::load::reader::{Section, Spelled};
use crate::programme::{
    Apportionment, Bound, ECONOMIC_TYPES, NO_EMPLOYER, Portion, Property, PropertyChoice,
    RegisterField, StructureRule,
};
use crate::spelling::{closest, sentence};

pub(crate) fn properties(sections: Vec<Section<'_>>, names: &Names) -> Vec<Property> {
    let mut found: Vec<Property> = Vec::new();
    for section in sections {
        let key = section.spelled("key").unwrap_or_default();
        if found.iter().any(|known| known.key == key.word) {
            let message = format!("property `{}` is there twice", key.word);
            section.ledger.add(key.at, message);
        }
        section.required("titles");
        section.required("choices");
        let from = section.maybe_keyed::<RegisterField>("from");
        let question = section.maybe_text("question");
        if from.is_none() && question.is_none() && section.value("from").is_none() {
            let message = "a property has a `question`, or a field of the register that says it (`from`), or both";
            section.ledger.add(section.at, message);
        }
        found.push(Property {
            key: key.word,
            name: section.text("name"),
            question,
            titles: titles(&section, names),
            from,
            choices: choices(&section, from),
        });
        section.finish();
    }
    found
}

/// The choices of a property. A value of the register says one of them at most.
fn choices(section: &Section<'_>, from: Option<RegisterField>) -> Vec<PropertyChoice> {
    let mut found: Vec<PropertyChoice> = Vec::new();
    let mut said: BTreeSet<String> = BTreeSet::new();
    for choice in section.sections("choices") {
        let key = choice.spelled("key").unwrap_or_default();
        if found.iter().any(|known| known.key == key.word) {
            let message = format!("choice `{}` is there twice", key.word);
            choice.ledger.add(key.at, message);
        }
        let known_by = choice.strings("known_by");
        for value in &known_by {
            let message = match from {
                None if section.is_whole() => {
                    Some("`known_by` needs `from`, the field of the register".to_owned())
                }
                None => None,
                Some(field) => unknown_value(field, &value.word),
            };
            if let Some(message) = message {
                choice.ledger.add(value.at, message);
            } else if !said.insert(value.word.clone()) {
                let message = format!("\"{}\" says another choice already", value.word);
                choice.ledger.add(value.at, message);
            }
        }
        found.push(PropertyChoice {
            key: key.word,
            name: choice.text("name"),
            known_by: known_by.into_iter().map(|value| value.word).collect(),
        });
        choice.finish();
    }
    found
}

/// What is wrong with a value of a field of the register.
fn unknown_value(field: RegisterField, value: &str) -> Option<String> {
    let known: Vec<&'static str> = match field {
        RegisterField::Employer => Employer::ALL
            .map(Employer::key)
            .into_iter()
            .chain([NO_EMPLOYER])
            .collect(),
        RegisterField::EconomicType => ECONOMIC_TYPES.into_iter().chain([NO_EMPLOYER]).collect(),
        RegisterField::Kind => Kind::ALL.map(Kind::key).to_vec(),
        RegisterField::Post => Post::ALL.map(Post::key).to_vec(),
    };
    if known.contains(&value) {
        return None;
    }
    let meant = sentence(closest(value, known.into_iter()));
    Some(format!(
        "`known_by`: the register's {field} is never `{value}`{meant}"
    ))
}

pub(crate) fn rules(
    sections: Vec<Section<'_>>,
    names: &Names,
    properties: &[Property],
) -> Vec<StructureRule> {
    let mut found: Vec<StructureRule> = Vec::new();
    for section in sections {
        let key = section.spelled("key").unwrap_or_default();
        if found.iter().any(|known| known.key == key.word) {
            let message = format!("structure `{}` is there twice", key.word);
            section.ledger.add(key.at, message);
        }
        section.required("titles");
        section.required("choices");
        let property = section.spelled("property").unwrap_or_default();
        let titles = titles(&section, names);
        let counted = counted(&section, names, properties, &property, &titles);
        let bound = bound(&section);
        let rule = StructureRule {
            key: key.word,
            clause: section.string("clause"),
            name: section.text("name"),
            text: section.text("text"),
            titles,
            property: property.word,
            choices: counted,
            bound: bound.unwrap_or(Bound::AtLeast(Portion::Count(0))),
            counted_from: section.maybe_number("counted_from").unwrap_or(1).max(1),
            holds: section
                .keyed("holds")
                .unwrap_or(crate::programme::Holds::Warn),
        };
        section.finish();
        found.push(rule);
    }
    found
}

/// The choices that count, each of the property, which each of the titles has.
fn counted(
    section: &Section<'_>,
    names: &Names,
    properties: &[Property],
    named: &Spelled,
    titles: &[String],
) -> Vec<String> {
    let spelled = section.strings("choices");
    let property = properties.iter().find(|known| known.key == named.word);
    match property {
        None => {
            let known: Vec<String> = properties.iter().map(|known| known.key.clone()).collect();
            names.unknown(section.ledger, "property", named, known.iter());
        }
        Some(property) => {
            let keys: Vec<String> = property.choices.iter().map(|one| one.key.clone()).collect();
            for choice in &spelled {
                if !keys.contains(&choice.word) {
                    let what = format!("choice of `{}`", property.key);
                    names.unknown(section.ledger, &what, choice, keys.iter());
                }
            }
            for title in titles {
                if !property.titles.contains(title) {
                    let message = format!("property `{}` is not of title `{title}`", property.key);
                    section.ledger.add(named.at, message);
                }
            }
        }
    }
    spelled.into_iter().map(|choice| choice.word).collect()
}

/// `at_least` or `at_most`: a share or a number.
fn bound(section: &Section<'_>) -> Option<Bound> {
    let (least, most) = (portion(section, "at_least"), portion(section, "at_most"));
    match (least, most) {
        (Some(least), None) => least.map(Bound::AtLeast),
        (None, Some(most)) => most.map(Bound::AtMost),
        _ => {
            let message = "a rule has either `at_least` or `at_most`";
            section.ledger.add(section.at, message);
            None
        }
    }
}

/// None: it isn't there. Some(None): it was reported.
fn portion(section: &Section<'_>, key: &'static str) -> Option<Option<Portion>> {
    let value = section.value(key)?;
    if let Some(count) = crate::load::reader::number(value) {
        return Some(Some(Portion::Count(count)));
    }
    let Some(spelled) = crate::load::reader::spelled(value) else {
        section.wrong_type(key, value, "a share such as \"30%\" or a whole number");
        return Some(None);
    };
    match spelled.word.parse::<Rate>() {
        Ok(rate) if rate.numerator <= rate.denominator => Some(Some(Portion::Share(rate))),
        Ok(_) => {
            let message = format!("`{key}` is over 100% of the candidates");
            section.ledger.add(spelled.at, message);
            Some(None)
        }
        Err(message) => {
            section.ledger.add(spelled.at, message);
            Some(None)
        }
    }
}

pub(crate) fn apportionments(sections: Vec<Section<'_>>, names: &Names) -> Vec<Apportionment> {
    let mut found: Vec<Apportionment> = Vec::new();
    for section in sections {
        section.required("titles");
        let titles = titles(&section, names);
        for title in &titles {
            if found.iter().any(|known| known.titles.contains(title)) {
                let message = format!("title `{title}` has an apportionment already");
                section.ledger.add(section.at, message);
            }
        }
        let by = section.keyed("by");
        let clause = section.string("clause");
        let kinds = section.keyed_list("kinds");
        let least = section.maybe_number("least").unwrap_or(0);
        if let Some(by) = by {
            found.push(Apportionment {
                clause,
                titles,
                by,
                kinds,
                least,
            });
        }
        section.finish();
    }
    found
}
