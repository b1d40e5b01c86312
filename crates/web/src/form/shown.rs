//! How a form shows what is wrong with it. Templates of their own, since what stands in a macro is compiled once more at each of its calls.

use std::fmt::Display;

use askama::Template;

use super::Problems;
use crate::frame::Frame;

/// On top of a form that came back: each sentence leads to its field.
#[derive(Template)]
#[template(path = "components/form/summary.html")]
pub struct Summary<'a> {
    frame: &'a Frame,
    problems: &'a Problems,
}

/// A field's label, its hint, and what is wrong with it.
#[derive(Template)]
#[template(path = "components/form/head.html")]
pub struct Head<'a> {
    name: String,
    label: String,
    hint: String,
    optional: String,
    sentence: Option<&'a str>,
}

/// A field's attributes that name its hint and what is wrong with it.
#[derive(Template)]
#[template(path = "components/form/described.html")]
pub struct Described {
    name: String,
    hint: String,
    is_wrong: bool,
}

impl Problems {
    pub fn summary<'a>(&'a self, frame: &'a Frame) -> Summary<'a> {
        Summary {
            frame,
            problems: self,
        }
    }

    pub fn head(
        &self,
        name: impl Display,
        label: impl Display,
        hint: impl Display,
        optional: impl Display,
    ) -> Head<'_> {
        let name = name.to_string();
        Head {
            sentence: self.of(&name),
            name,
            label: label.to_string(),
            hint: hint.to_string(),
            optional: optional.to_string(),
        }
    }

    pub fn described(&self, name: impl Display, hint: impl Display) -> Described {
        let name = name.to_string();
        Described {
            is_wrong: self.of(&name).is_some(),
            name,
            hint: hint.to_string(),
        }
    }
}
