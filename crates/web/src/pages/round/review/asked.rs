//! Which list of the queue somebody is in: read from an address, and taken along so that one comes back to it.

use axum::{extract::Query, http::Uri};
use jianjia_app::round::review::{self as reviews, BulkAct, InHands, QueueInput, Where};
use serde::Deserialize;

use crate::{page::PageError, path, visit::percent_encoded};

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    pub place: String,
    pub year: String,
    pub title: String,
    pub state: String,
    pub act: String,
    pub q: String,
    pub hands: String,
    pub order: String,
    pub page: String,
    /// `all`: every box of the page is ticked.
    pub tick: String,
}

impl Asked {
    /// The list that a form or link took along; the queue as it first shows where that can't be read.
    pub(super) fn of(back: &str) -> Asked {
        let uri: Option<Uri> = format!("/reviews?{back}").parse().ok();
        let asked = uri.and_then(|uri| Query::<Asked>::try_from_uri(&uri).ok());
        asked.map_or_else(Asked::default, |Query(asked)| asked)
    }

    pub(super) fn input(&self) -> Result<QueueInput, PageError> {
        Ok(QueueInput {
            place: if self.place == "all" {
                Where::All
            } else {
                Where::Mine
            },
            year: match self.year.trim() {
                "" => None,
                typed => Some(path::read(typed)?),
            },
            title: self.title.clone(),
            state: self.state.clone(),
            act: self.act.clone(),
            search: self.q.clone(),
            hands: InHands::from_key(&self.hands).unwrap_or_default(),
            order: reviews::order(&self.order),
            page: self.page.trim().parse().unwrap_or(1),
        })
    }

    /// The list's address with other values; ends ready for the page.
    pub(super) fn address(&self, title: &str, state: &str) -> String {
        let asked = Asked {
            title: title.to_owned(),
            state: state.to_owned(),
            page: String::new(),
            tick: String::new(),
            ..self.clone()
        };
        let query = asked.query();
        let and = if query.is_empty() { "" } else { "&" };
        format!("/reviews?{query}{and}page=")
    }

    /// The question without the page, by the names of its fields.
    pub(super) fn fields(&self) -> [(&str, &str); 8] {
        [
            ("place", &self.place),
            ("year", &self.year),
            ("title", &self.title),
            ("state", &self.state),
            ("act", &self.act),
            ("q", &self.q),
            ("hands", &self.hands),
            ("order", &self.order),
        ]
    }

    /// What is asked for, without what is not.
    pub(super) fn query(&self) -> String {
        let fields = self.fields().into_iter();
        let pairs = fields.chain([("page", self.page.as_str())]);
        let asked = pairs.filter(|(_, value)| !value.is_empty());
        let pairs: Vec<String> = asked
            .map(|(name, value)| format!("{name}={}", percent_encoded(value)))
            .collect();
        pairs.join("&")
    }

    /// Where the files are after an act on some of this list, the newest first.
    pub(super) fn done(&self, act: BulkAct) -> Asked {
        let all = Asked {
            place: "all".to_owned(),
            year: self.year.clone(),
            title: self.title.clone(),
            order: "newest".to_owned(),
            ..Asked::default()
        };
        match act {
            BulkAct::Endorse => all,
            BulkAct::Decide => Asked {
                state: "named".to_owned(),
                ..all
            },
            BulkAct::Confirm => self.clone(),
        }
    }

    /// The list itself.
    pub(super) fn list(&self) -> String {
        let query = self.query();
        if query.is_empty() {
            "/reviews".to_owned()
        } else {
            format!("/reviews?{query}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_comes_back_as_it_was_left() {
        for query in [
            "",
            "place=all&year=2016&q=%E7%BA%BA&order=name&page=2",
            "hands=mine",
        ] {
            assert_eq!(Asked::of(query).query(), query);
        }
        // What belongs to no list is left out, and so is what can't be read.
        assert_eq!(Asked::of("evil=1&q=a%0D%0Ab").query(), "q=a%0D%0Ab");
        assert_eq!(Asked::of("\r\n x").query(), "");
    }
}
