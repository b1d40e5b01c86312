//! Addresses of polls and their results; a year's rating stands at [`crate::pages::year::address::rating`].

use jianjia_domain::core::ids::{PollId, UnitId};

use crate::pages::year;

/// Where a poll is planned.
pub fn plan(unit: &UnitId, year: i16) -> String {
    format!("{}/plan", year::address::rating(unit, year))
}

/// What a union will improve, on the page of the year's rating.
pub fn improvements(unit: &UnitId, year: i16) -> String {
    format!("{}#improvements", year::address::rating(unit, year))
}

/// A poll as its union works on it.
pub fn poll(poll: &PollId) -> String {
    format!("/polls/{poll}")
}

/// The slips on a poll's page.
pub fn slips(poll: &PollId) -> String {
    format!("/polls/{poll}#slips")
}

/// The end of voting on a poll's page.
pub fn closing(poll: &PollId) -> String {
    format!("/polls/{poll}#closing")
}

/// The desk of the members who count.
pub fn group(poll: &PollId) -> String {
    format!("/polls/{poll}/group")
}

/// The result, for everybody who has this address.
pub fn result(poll: &PollId) -> String {
    format!("/ratings/{poll}")
}

/// Where the voters at a union's tablet are thanked.
pub fn tablet_thanks(poll: &PollId) -> String {
    format!("/kiosk/{poll}/thanks")
}
