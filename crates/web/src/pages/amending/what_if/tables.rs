//! The tables of who moves: by title, by place and by kind, each number with the list behind it.

use jianjia_app::amending::what_if::{Tally, TitleEffect};
use jianjia_standard::what_if::effect::Move;

use super::{Index, words};
use crate::pages::amending::address::WHAT_IF;

/// A table by place or by kind, over the titles that are listed.
pub(super) struct Row {
    pub(super) name: String,
    /// Where to look on; empty where there is no further.
    pub(super) href: String,
    pub(super) cells: Vec<(u64, String)>,
}

impl Index {
    /// The tables' columns.
    pub(super) fn moves(&self) -> [(Move, &'static str); 3] {
        Move::ALL.map(|what| (what, self.frame.t_fixed(words::moved(what))))
    }

    /// How many of a title move so, with the list behind it.
    fn cells(&self, tally: &Tally, field: &str, value: &str) -> Vec<(u64, String)> {
        let names = ["year", "place", "proposal", "title"];
        let own = names.iter().filter(|name| **name != field).copied();
        let names: Vec<&str> = own.collect();
        let cells = Move::ALL.into_iter();
        cells
            .map(|what| {
                let others = [(field, value), ("what", what.key())];
                let address = self.asked.with(WHAT_IF, &self.changes, &names, &others);
                let address = format!("{}#moved", address.trim_end_matches('&'));
                (tally.of(what), address)
            })
            .collect()
    }

    pub(super) fn title_cells(&self, title: &TitleEffect) -> Vec<(u64, String)> {
        self.cells(&title.tally, "title", &title.key)
    }

    /// The sum over the titles that are listed.
    fn sum(&self, tallies: &[Tally]) -> Tally {
        let mut sum = Tally::default();
        for (title, tally) in self.titles().iter().zip(tallies) {
            let wanted = self.asked.field("title");
            if wanted.is_empty() || title.key == wanted {
                sum.gained += tally.gained;
                sum.lost += tally.lost;
                sum.unsure += tally.unsure;
            }
        }
        sum
    }

    pub(super) fn places(&self) -> Vec<Row> {
        let places = self.effect.iter().flat_map(|effect| &effect.places);
        let rows = places.map(|found| {
            let tally = self.sum(&found.tallies);
            let id = found.place.id.to_string();
            let is_below =
                found.place.kind.is_federation() && found.place.id != self.stage.place.id;
            let href = if is_below {
                let others = [("place", id.as_str())];
                let address = self.asked.with(WHAT_IF, &self.changes, &["year"], &others);
                address.trim_end_matches('&').to_owned()
            } else {
                String::new()
            };
            (
                tally,
                Row {
                    name: found.place.name.clone(),
                    href,
                    cells: self.cells(&tally, "under", &id),
                },
            )
        });
        moving(rows)
    }

    pub(super) fn kinds(&self) -> Vec<Row> {
        let kinds = self.effect.iter().flat_map(|effect| &effect.kinds);
        let rows = kinds.map(|found| {
            let tally = self.sum(&found.tallies);
            (
                tally,
                Row {
                    name: words::kind(&self.frame, found.kind).to_owned(),
                    href: String::new(),
                    cells: self.cells(&tally, "kind", found.kind.key()),
                },
            )
        });
        moving(rows)
    }
}

/// Those of whom somebody moves.
fn moving(rows: impl Iterator<Item = (Tally, Row)>) -> Vec<Row> {
    rows.filter(|(tally, _)| *tally != Tally::default())
        .map(|(_, row)| row)
        .collect()
}
