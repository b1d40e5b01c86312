//! What a row of unions writes, as it will stand in the register: whoever confirms sees that, not what was typed.

use jianjia_standard::{Lang, Text};

use super::{Planner, Upper};
use crate::{
    core::{place::UnitKind, text::line},
    exchange::import::fate::Written,
    register::unit::{
        UnitDetails,
        codes::word_of,
        form::{self, FIELDS, list_of},
    },
};

impl Planner<'_> {
    pub(super) fn written_of(
        &self,
        index: usize,
        kind: UnitKind,
        details: &UnitDetails,
        upper: Upper,
    ) -> Written {
        let row = &self.rows[index];
        let form = form::of(details);
        let mut written = Written::default();
        for field in FIELDS {
            let typed = row.get(field.key);
            let text = form.get(field.key).unwrap_or_default();
            if typed.is_empty() || typed == text {
                continue;
            }
            match list_of(field.key) {
                Some(list) => {
                    let word = |lang| word_of(list, text, lang).to_owned();
                    let (zh, en) = (word(Lang::Zh), word(Lang::En));
                    written.words(row, field.key, Text { zh, en });
                }
                None if field.key == "division" => {
                    let typed = line(typed);
                    let (zh, en) = (format!("{typed}（{text}）"), format!("{typed} ({text})"));
                    written.words(row, field.key, Text { zh, en });
                }
                None => written.text(row, field.key, text),
            }
        }
        if !row.get("kind").is_empty() {
            written.words(row, "kind", kind_words(kind));
        }
        if !row.get("chair").is_empty() {
            written.text(row, "chair", &line(row.get("chair")));
        }
        if !row.get("upper").is_empty() {
            let name = match upper {
                Upper::Nobody => None,
                Upper::Registered(id) => self
                    .by_id
                    .get(&id)
                    .map(|place| &self.register.units[*place].details.name),
                Upper::New(place) => Some(&self.plan.new[place].details.name),
            };
            if let Some(name) = name {
                written.text(row, "upper", name);
            }
        }
        written
    }
}

pub(super) fn kind_words(kind: UnitKind) -> Text {
    Text {
        zh: kind.word().to_owned(),
        en: kind.key().to_owned(),
    }
}
