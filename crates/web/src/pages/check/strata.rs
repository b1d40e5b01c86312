//! The sizes of a frame: a line for each federation right under the city and class of risk, and their sums.

use jianjia_domain::check::spot_check::Stratum;
use jianjia_standard::Standard;

use crate::{frame::Frame, pages::check::address};

pub(super) struct StrataTable {
    pub lines: Vec<Line>,
    /// By class, and of all.
    pub sums: Vec<Line>,
}

pub(super) struct Line {
    pub district: String,
    pub class: String,
    pub units: i64,
    pub sample: i64,
    /// Where the units of the stratum are listed; empty on pages for everybody.
    pub href: String,
    /// In the frame's file.
    pub name: String,
}

impl StrataTable {
    pub(super) fn of(frame: &Frame, standard: &Standard, strata: &[Stratum]) -> StrataTable {
        let lines = strata
            .iter()
            .map(|stratum| Line {
                district: stratum.district_name.clone(),
                class: class_name(frame, standard, &stratum.class),
                units: stratum.units,
                sample: stratum.sample,
                href: String::new(),
                name: stratum.name.clone(),
            })
            .collect();
        let rules = standard.spot_check.iter();
        let sum = |name: String, of: Vec<&Stratum>| Line {
            district: frame.t("合计").to_owned(),
            class: name,
            units: of.iter().map(|stratum| stratum.units).sum(),
            sample: of.iter().map(|stratum| stratum.sample).sum(),
            href: String::new(),
            name: String::new(),
        };
        let mut sums: Vec<Line> = rules
            .flat_map(|rules| &rules.classes)
            .map(|class| {
                let of = strata.iter().filter(|stratum| stratum.class == class.key);
                sum(frame.text(&class.name).to_owned(), of.collect())
            })
            .collect();
        sums.push(sum(frame.t("全部").to_owned(), strata.iter().collect()));
        StrataTable { lines, sums }
    }

    /// With links to the units of each.
    pub(super) fn linked(mut self, year: i16) -> StrataTable {
        for line in &mut self.lines {
            line.href = address::frame(year, &line.name);
        }
        self
    }
}

/// What a class of risk is called.
pub(super) fn class_name(frame: &Frame, standard: &Standard, key: &str) -> String {
    let class = standard.spot_check.as_ref().and_then(|of| of.class(key));
    class.map_or_else(
        || key.to_owned(),
        |class| frame.text(&class.name).to_owned(),
    )
}
