//! What is asked of those who lack something, as it stands in the address.

use jianjia_app::insight::holding_back::{Only, Question, Stands};
use jianjia_domain::{core::ids::UnitId, year::shortfall::Facet};
use serde::Deserialize;

use crate::{page::PageError, pages::insight::holding_back::read_value, path};

/// The list's question, as it stands in the address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    /// A federation's id.
    pub(super) under: String,
    /// `1`: only what stands below none of the federations right below it.
    pub(super) own: String,
    pub(super) year: String,
    pub(super) title: String,
    pub(super) clause: String,
    pub(super) stands: String,
    pub(super) kind: String,
    pub(super) employer: String,
    pub(super) trade: String,
    pub(super) size: String,
    pub(super) page: String,
}

impl Asked {
    /// The question without the page, by the names of its fields.
    pub(super) fn fields(&self) -> [(&str, &str); 10] {
        [
            ("under", &self.under),
            ("own", &self.own),
            ("year", &self.year),
            ("title", &self.title),
            ("clause", &self.clause),
            ("stands", &self.stands),
            ("kind", &self.kind),
            ("employer", &self.employer),
            ("trade", &self.trade),
            ("size", &self.size),
        ]
    }

    pub(super) fn under(&self) -> Result<Option<UnitId>, PageError> {
        match self.under.as_str() {
            "" => Ok(None),
            id => Ok(Some(path::read(id)?)),
        }
    }

    /// What is asked of those who lack a clause.
    pub(super) fn question(&self) -> Result<Question, PageError> {
        let values = [
            (Facet::Kind, &self.kind),
            (Facet::Employer, &self.employer),
            (Facet::Trade, &self.trade),
            (Facet::Size, &self.size),
        ];
        Ok(Question {
            under: self.under()?,
            is_own: self.own == "1",
            year: self.year.trim().parse().ok(),
            title: self.title.clone(),
            clause: Some(self.clause.clone())
                .filter(|clause| !clause.is_empty())
                .map(|clause| (clause, Stands::from_key(&self.stands))),
            step: None,
            values: values
                .into_iter()
                .filter_map(|(facet, value)| Some((facet, read_value(value)?)))
                .collect(),
        })
    }

    /// What is asked of those who lack one clause alone: then the clause is that one.
    pub(super) fn question_of_steps(&self) -> Result<Question, PageError> {
        let question = self.question()?;
        let clause = question.clause.as_ref().map(|(clause, _)| clause.clone());
        Ok(Question {
            clause: None,
            step: Some(Only {
                clause,
                is_unknown: match self.stands.as_str() {
                    "unmet" => Some(false),
                    "unknown" => Some(true),
                    _ => None,
                },
            }),
            ..question
        })
    }
}

/// The same question of those who lack one clause alone.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct OneStep {
    #[serde(flatten)]
    pub(super) asked: Asked,
}
