//! How the rules on what a list is made up of are shown.

use jianjia_domain::round::structure::{Holding, Tally};

use crate::frame::Frame;

pub(crate) fn tally(frame: &Frame, tally: &Tally) -> String {
    frame.t3(
        "符合 {}，不符合 {}，未知 {}",
        tally.yes,
        tally.no,
        tally.unknown,
    )
}

pub(crate) fn holding_class(holding: Holding) -> &'static str {
    match holding {
        Holding::Met => "tag-met",
        Holding::Broken => "tag-unmet",
        Holding::Unknown => "tag-unknown",
        Holding::TooFew => "tag-na",
    }
}
