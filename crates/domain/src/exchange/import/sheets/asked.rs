//! What the sheet of a year asks of unions, and what a row's cells answer to it.

use std::collections::{BTreeMap, HashMap, HashSet};

use jianjia_standard::{
    Standard,
    fact::{Fact, FactValue},
    kinds::Kind,
    subject::Subject,
};
use jiff::civil::Date;
use serde_json::Value;

use super::{Before, cell::words_of, columns};
use crate::{
    core::refusal::Refusal,
    exchange::import::{ImportColumn, ImportRow},
    year::{
        sheet::Questions,
        statement::{self, Confirm, Facts, Saying, Source},
    },
};

/// The facts that are asked of unions, in the sheet's order, with the kinds that are asked.
pub fn asked(standard: &Standard) -> Vec<(&Fact, Vec<Kind>)> {
    let subjects: Vec<Subject> = Kind::ALL
        .iter()
        .filter(|kind| **kind != Kind::Person)
        .map(|kind| {
            let mut subject = Subject::unknown("", *kind);
            // With every yes said, the questions that hang on one are asked too.
            let hanging = standard
                .facts
                .iter()
                .filter_map(|fact| fact.ask_when.clone());
            subject
                .facts
                .extend(hanging.map(|key| (key, FactValue::Truth(true))));
            subject
        })
        .collect();
    let questions = Questions::of(standard, &subjects);
    standard
        .facts
        .iter()
        .filter_map(|fact| {
            let kinds: Vec<Kind> = subjects
                .iter()
                .filter(|subject| {
                    questions
                        .put_to(subject, &[])
                        .any(|put| put.key == fact.key)
                })
                .map(|subject| subject.kind)
                .collect();
            (!kinds.is_empty()).then_some((fact, kinds))
        })
        .collect()
}

/// What a year's sheet asks.
pub(super) struct AskedIn<'a> {
    pub(super) standard: &'a Standard,
    pub(super) columns: Vec<ImportColumn>,
    pub(super) questions: Questions<'a>,
    /// The facts that other questions hang on.
    hung_on: HashSet<&'a str>,
}

impl<'a> AskedIn<'a> {
    pub(super) fn of(
        standard: &'a Standard,
        year: i16,
        before: &HashMap<(usize, i16), Before>,
    ) -> AskedIn<'a> {
        let of_year = before.iter().filter(|((_, of), _)| *of == year);
        AskedIn {
            standard,
            columns: columns(standard),
            questions: Questions::of(standard, of_year.map(|(_, before)| &before.subject)),
            hung_on: standard
                .facts
                .iter()
                .filter_map(|fact| fact.ask_when.as_deref())
                .collect(),
        }
    }

    /// The cells of facts that aren't empty, as the sheet's form would bring them.
    pub(super) fn cells_of(&self, row: &ImportRow) -> Vec<(&'a Fact, String)> {
        self.standard
            .facts
            .iter()
            .filter_map(|fact| Some((fact, row.cells.get(fact.key.as_str())?)))
            .map(|(fact, cell)| (fact, words_of(fact, cell)))
            .collect()
    }

    /// The union as it would be with the row's cells: a question that hangs on a yes of the same row is asked with it.
    pub(super) fn subject_with(&self, cells: &[(&Fact, String)], before: &Subject) -> Subject {
        let mut subject = before.clone();
        for (fact, words) in cells {
            if self.hung_on.contains(fact.key.as_str())
                && let Ok(value) = FactValue::from_words(fact, words)
            {
                subject.facts.insert(fact.key.clone(), value);
            }
        }
        subject
    }

    pub(super) fn newly_said(
        &self,
        cells: Vec<(&Fact, String)>,
        asked: &[&Fact],
        (now, today): (&Facts, Date),
    ) -> Result<BTreeMap<String, Value>, Refusal> {
        let typed: BTreeMap<String, String> = cells
            .into_iter()
            .map(|(fact, words)| (fact.key.clone(), words))
            .collect();
        let changes = statement::say(&Saying {
            standard: self.standard,
            source: Source::Import,
            asked,
            now,
            seen: now,
            typed: &typed,
            offers: &BTreeMap::new(),
            confirm: &Confirm::None,
            today,
        })?;
        let by_source = changes.by_source.into_iter();
        Ok(by_source.flat_map(|(_, facts)| facts).collect())
    }
}
