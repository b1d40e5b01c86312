//! One question of a sheet as its page shows it: how it is answered, what holds, what is offered, what proves it.

use std::collections::BTreeMap;

use jianjia_app::year::sheet::Sheet;
use jianjia_domain::year::{
    evidence::Target,
    sheet::Question,
    statement::{self, Said, Source},
};
use jianjia_standard::fact::{Fact, FactKind};

use crate::{frame::Frame, pages::year::address};

/// One question as the page shows it.
pub(super) struct QuestionView {
    pub(super) key: String,
    pub(super) question: String,
    pub(super) hint: String,
    /// `choice`, `date` or `number`.
    pub(super) shape: &'static str,
    pub(super) options: Vec<(String, String)>,
    pub(super) value: String,
    pub(super) unit: String,
    pub(super) offer: Option<String>,
    pub(super) offer_from_register: bool,
    pub(super) said: Option<SaidView>,
    /// Earlier answers, newest first.
    pub(super) history: Vec<SaidView>,
    pub(super) evidence: Vec<(String, String, bool)>,
    pub(super) wants_evidence: bool,
    pub(super) evidence_href: String,
    pub(super) clauses: String,
    pub(super) title: String,
}

pub(super) struct SaidView {
    pub(super) words: String,
    pub(super) source: &'static str,
    pub(super) by: String,
    pub(super) at: String,
}

impl QuestionView {
    pub(super) fn of(
        frame: &Frame,
        sheet: &Sheet,
        question: &Question<'_>,
        typed: &BTreeMap<String, String>,
    ) -> QuestionView {
        let fact = question.fact;
        let (shape, options) = shape_of(frame, fact);
        let mut history: Vec<SaidView> = sheet
            .history(&fact.key)
            .iter()
            .map(|said| said_view(frame, fact, said))
            .collect();
        let said = if history.is_empty() {
            None
        } else {
            Some(history.remove(0))
        };
        let offer = sheet.offers.get(&fact.key);
        let person = sheet.person.as_ref().map(|person| person.id);
        let target = Target::fact(person.as_ref(), &fact.key);
        let text = |text: Option<&jianjia_standard::Text>| {
            text.map_or_else(String::new, |text| frame.text(text).to_owned())
        };
        QuestionView {
            key: fact.key.clone(),
            question: frame.text(&fact.question).to_owned(),
            hint: text(fact.hint.as_ref()),
            value: value_of(sheet, fact, shape, typed),
            shape,
            options,
            unit: text(fact.unit.as_ref()),
            offer: offer.map(|offer| statement::words(fact, &offer.value, frame.lang)),
            offer_from_register: offer.is_some_and(|offer| offer.source == Source::Register),
            said,
            history,
            evidence: sheet
                .evidence_of(&fact.key)
                .into_iter()
                .map(|kept| {
                    let is_image = kept.media_type.is_image();
                    (address::file(&kept.id), kept.name.clone(), is_image)
                })
                .collect(),
            wants_evidence: fact.evidence,
            evidence_href: address::evidence_for(&sheet.unit.id, &target, sheet.year),
            clauses: question.clauses.join(frame.t("、")),
            title: frame.text(&question.title.name).to_owned(),
        }
    }
}

/// How a fact is answered, with what there is to choose from.
fn shape_of(frame: &Frame, fact: &Fact) -> (&'static str, Vec<(String, String)>) {
    let option = |key: &str, word: &str| (key.to_owned(), word.to_owned());
    let unknown = option("unknown", frame.t("还不清楚"));
    match fact.kind {
        FactKind::Truth => {
            let options = vec![
                option("true", frame.t("是")),
                option("false", frame.t("否")),
                unknown,
            ];
            ("choice", options)
        }
        FactKind::Choice => {
            let unit = fact.unit.as_ref().map_or("", |unit| frame.text(unit));
            let choices = fact.choices.iter();
            let mut options: Vec<(String, String)> = choices
                .map(|choice| (choice.clone(), format!("{choice} {unit}")))
                .collect();
            options.push(unknown);
            ("choice", options)
        }
        FactKind::Date => ("date", Vec::new()),
        FactKind::Count | FactKind::Money | FactKind::Level => ("number", Vec::new()),
    }
}

/// What stands in the field: what was typed, else what holds. Only a choice can say that it is not known.
fn value_of(sheet: &Sheet, fact: &Fact, shape: &str, typed: &BTreeMap<String, String>) -> String {
    let value = typed
        .get(&fact.key)
        .cloned()
        .unwrap_or_else(|| statement::form_words(sheet.facts.get(&fact.key)));
    if shape != "choice" && value == "unknown" {
        String::new()
    } else {
        value
    }
}

fn said_view(frame: &Frame, fact: &Fact, said: &Said) -> SaidView {
    SaidView {
        words: said.known(fact).map_or_else(
            || frame.t("还不清楚").to_owned(),
            |value| statement::words(fact, &value, frame.lang),
        ),
        source: frame.t_fixed(said.source.word()),
        by: said.by.clone(),
        at: frame.minute(said.at),
    }
}
